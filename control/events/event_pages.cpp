#include "control/events/event_pages.hpp"

#include "control/json_writer.hpp"

#include <algorithm>
#include <utility>

namespace cafnode::control {

namespace {

class page_on_its_way : public std::enable_shared_from_this<page_on_its_way> {
public:
  page_on_its_way(post_function post, std::shared_ptr<net::http_reply> reply, observe::event_page page, bool from_start)
      : post_{std::move(post)}, reply_{std::move(reply)}, page_{std::move(page)}, from_start_{from_start} {
    out_.open_object().key("events").open_array();
  }

  void go_on() {
    if (next_ == events_per_turn) // to move what has been written each time that it has doubled takes a turn by itself
      out_.reserve(out_.size() / events_per_turn * (page_.events.size() + events_per_turn));
    const auto end = std::min(next_ + events_per_turn, page_.events.size());
    for (; next_ < end; ++next_)
      out_.raw(observe::to_json(*std::exchange(page_.events[next_], nullptr)));
    if (next_ < page_.events.size())
      return post_([self = shared_from_this()] { self->go_on(); });
    out_.close_array().field("last_seq", page_.last_seq).field("gap", page_.gap && !from_start_).close_object();
    reply_->send({200, "application/json", std::move(out_).take()});
  }

private:
  post_function post_;
  std::shared_ptr<net::http_reply> reply_;
  observe::event_page page_;
  bool from_start_;
  std::size_t next_ = 0;
  json_writer out_;
};

} // namespace

void answer_in_turns(const post_function& post, std::shared_ptr<net::http_reply> reply, matching_events found,
                     bool from_start) {
  std::make_shared<page_on_its_way>(post, std::move(reply), std::move(found.page), from_start)->go_on();
}

} // namespace cafnode::control

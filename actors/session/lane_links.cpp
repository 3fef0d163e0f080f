#include "actors/session/lane_links.hpp"

#include "actors/session/messages.hpp"
#include "runtime/base/invariant.hpp"

#include <caf/mailbox_element.hpp>

#include <limits>
#include <utility>

namespace cafnode::session {

/// One lane: turns callbacks into messages.
class lane_links::line final : public net::ws_link_handler {
public:
  line(caf::abstract_actor& owner, venues::lane lane)
      : owner_{&owner}, lane_{lane}, frame_ready_{caf::make_message(link_frame_ready{lane})} {}

  void on_link_open() override { tell(caf::make_message(link_opened{lane_})); }

  void on_link_frame() override { tell(frame_ready_); }

  void on_link_ping() override {
    if (!std::exchange(ping_told, true))
      tell(caf::make_message(link_pinged{lane_}));
  }

  void on_link_closed(const net::close_info& info) override { tell(caf::make_message(link_gone{lane_, info})); }

  std::unique_ptr<net::ws_link> link;
  bool ping_told = false; // and not read yet

private:
  void tell(caf::message content) {
    owner_->enqueue(caf::make_mailbox_element(nullptr, caf::make_message_id(), {}, std::move(content)), nullptr);
  }

  caf::abstract_actor* owner_;
  venues::lane lane_;
  caf::message frame_ready_; // one message, sent for every frame
};

lane_links::lane_links(caf::abstract_actor& owner) noexcept : owner_{&owner} {}

lane_links::~lane_links() = default;

bool lane_links::open(const std::vector<venues::lane_spec>& lanes, const link_maker& make) {
  CAFNODE_INVARIANT(lines_.empty(), "the links of a connection were opened twice");
  CAFNODE_INVARIANT(!lanes.empty() && lanes.size() <= std::numeric_limits<venues::lane>::max(),
                    "a connection has a lane, and not hundreds");
  for (std::size_t lane = 0; lane < lanes.size(); ++lane)
    lines_.push_back(std::make_unique<line>(*owner_, static_cast<venues::lane>(lane)));
  for (std::size_t lane = 0; lane < lanes.size(); ++lane)
    if (!lanes[lane].later)
      dial(*lines_[lane], lanes[lane], make);
  return dialed_ == 0;
}

void lane_links::open_later(venues::lane lane, const venues::lane_spec& where, const link_maker& make) {
  CAFNODE_INVARIANT(lane < lines_.size() && !lines_[lane]->link, "a lane for later was opened that there is not");
  dial(*lines_[lane], where, make);
}

void lane_links::dial(line& one, const venues::lane_spec& where, const link_maker& make) {
  ++dialed_;
  one.link = make(where, one);
  one.link->open();
}

void lane_links::drop() {
  lines_.clear();
}

bool lane_links::opened(venues::lane lane) {
  CAFNODE_INVARIANT(lane < lines_.size() && open_ < dialed_, "a link opened that there is not");
  return ++open_ == dialed_;
}

bool lane_links::closed(venues::lane lane) {
  CAFNODE_INVARIANT(lane < lines_.size() && closed_ < dialed_, "a link ended that there is not");
  return ++closed_ == dialed_;
}

void lane_links::read_all() {
  for (const auto& one : lines_)
    if (one->link)
      one->link->read_next();
}

void lane_links::read_next(venues::lane lane) {
  lines_[lane]->link->read_next();
}

std::string_view lane_links::frame(venues::lane lane) const {
  return lines_[lane]->link->frame();
}

void lane_links::took_ping(venues::lane lane) {
  lines_[lane]->ping_told = false;
}

bool lane_links::send(venues::lane lane, std::string_view text) {
  return lane < lines_.size() && lines_[lane]->link && lines_[lane]->link->send(text);
}

void lane_links::close(std::uint16_t code, std::string_view reason) {
  for (const auto& one : lines_)
    if (one->link)
      one->link->close(code, reason);
}

void lane_links::proven() {
  for (const auto& one : lines_)
    if (one->link)
      one->link->proven();
}

void lane_links::acquit() {
  for (const auto& one : lines_)
    if (one->link)
      one->link->acquit();
}

std::uint64_t lane_links::bytes_received() const noexcept {
  std::uint64_t bytes = 0;
  for (const auto& one : lines_)
    bytes += one->link ? one->link->bytes_received() : 0;
  return bytes;
}

std::string lane_links::peer() const {
  for (const auto& one : lines_)
    if (one->link)
      return one->link->peer();
  return {};
}

} // namespace cafnode::session

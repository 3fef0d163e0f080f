#include "tests/control/api_rig.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <doctest/doctest.h>

#include <utility>

namespace cafnode::test {

namespace {

class recording_stream final : public net::http_stream {
public:
  explicit recording_stream(std::shared_ptr<heard_reply> heard) : heard_{std::move(heard)} {}

  bool write(std::string_view text) override {
    if (!heard_->client_gone)
      heard_->streamed += text;
    return !heard_->client_gone;
  }

  void finish() override {}

private:
  std::shared_ptr<heard_reply> heard_;
};

class recording_reply final : public net::http_reply {
public:
  explicit recording_reply(std::shared_ptr<heard_reply> heard) : heard_{std::move(heard)} {}

  void send(net::http_response response) override {
    REQUIRE_FALSE(heard_->answered);
    heard_->answered = true;
    heard_->response = std::move(response);
  }

  std::shared_ptr<net::http_stream> stream(int status, std::string content_type) override {
    REQUIRE_FALSE(heard_->answered);
    heard_->answered = heard_->streaming = true;
    heard_->response = {status, std::move(content_type), {}};
    return std::make_shared<recording_stream>(heard_);
  }

private:
  std::shared_ptr<heard_reply> heard_;
};

void split_query(const std::string& target, net::http_request& request) {
  const auto mark = target.find('?');
  request.path = target.substr(0, mark);
  std::string rest = mark == std::string::npos ? "" : target.substr(mark + 1);
  while (!rest.empty()) {
    const auto end = rest.find('&');
    const std::string pair = rest.substr(0, end);
    const auto cut = pair.find('=');
    request.query.emplace_back(pair.substr(0, cut), cut == std::string::npos ? "" : pair.substr(cut + 1));
    rest = end == std::string::npos ? "" : rest.substr(end + 1);
  }
}

} // namespace

boost::json::value heard_reply::json() const {
  boost::json::error_code bad;
  boost::json::value parsed = boost::json::parse(response.body, bad);
  REQUIRE_MESSAGE(!bad, response.body);
  return parsed;
}

std::string heard_reply::at(std::string_view pointer) const {
  const boost::json::value whole = json();
  boost::json::error_code none;
  const boost::json::value* found = whole.find_pointer(pointer, none);
  if (found == nullptr)
    return "none";
  return found->is_string() ? std::string{std::string_view{found->get_string()}} : boost::json::serialize(*found);
}

api_rig::api_rig()
    : stage{std::make_shared<control::node_stage_cell>(control::node_stage::serving)},
      events{std::make_shared<observe::event_log>(observe::event_log_config{})},
      sink{tree, events, metrics} {}

control::http_api& api_rig::api() {
  if (api_ == nullptr) {
    control::node_views views;
    views.facts = {"tokyo-1", "tokyo", "0.1.0", 42, hand_clock{}.at};
    views.stage = stage;
    views.clock = clock;
    views.board = board;
    views.tree = tree;
    views.events = events;
    views.metrics_text = [] { return std::string{"caf_node_build_info 1\n"}; };
    views.dead_letters = [this] { return dead_letters; };
    views.post = [this](std::function<void()> work) { posted_.push_back(std::move(work)); };
    api_ = std::make_unique<control::http_api>(std::move(views), actions, rules);
  }
  return *api_;
}

std::shared_ptr<heard_reply> api_rig::ask(const std::string& method, const std::string& target,
                                          const std::string& body) {
  net::http_request request;
  request.method = method;
  request.body = body;
  request.origin = net::http_origin::local;
  split_query(target, request);
  request.headers.emplace_back("x-caf-node", "1");
  return send(std::move(request));
}

std::shared_ptr<heard_reply> api_rig::send(net::http_request request) {
  auto heard = std::make_shared<heard_reply>();
  api().handle(std::move(request), std::make_shared<recording_reply>(heard));
  return heard;
}

void api_rig::turn() {
  for (const auto& work : std::exchange(posted_, {}))
    work();
}

void api_rig::settle() {
  while (!posted_.empty())
    turn();
}

std::shared_ptr<session::connection_record> api_rig::connection(const std::string& name, session::phase phase) {
  auto record = board->open(name, "deribit", "tokyo/deribit/" + name);
  record->set_phase(phase, clock->at, "because");
  return record;
}

std::uint64_t api_rig::happened(const std::string& kind, const std::string& subject) {
  observe::event event;
  event.at = clock->at;
  event.kind = kind;
  event.subject = subject;
  return events->publish(std::move(event));
}

supervision::event child_event(supervision::transition what, const std::string& path, const std::string& child,
                               supervision::child_state state) {
  supervision::event happened;
  happened.what = what;
  happened.supervisor = path;
  happened.child = child;
  happened.state = state;
  happened.incarnation = 1;
  happened.intensity = 3;
  happened.period = std::chrono::seconds{60};
  return happened;
}

} // namespace cafnode::test

#pragma once

#include "actors/session/connection_supervisor.hpp"
#include "actors/session/order_messages.hpp"
#include "runtime/virtual/virtual_world.hpp"
#include "tests/actors/session/session_world.hpp"
#include "tests/actors/venues/toy/toy_exchange.hpp"
#include "tests/actors/venues/toy/toy_machine.hpp"

#include <array>
#include <deque>
#include <memory>
#include <optional>
#include <string>

namespace cafnode::test {

/// One lane to the toy exchange, as the session sees it.
class toy_link final : public net::ws_link {
public:
  using hearer = std::function<void(std::string_view text)>;

  toy_link(net::ws_link_handler& handler, hearer peer) : handler_{&handler}, peer_{std::move(peer)} {}

  void open() override {}

  void read_next() override {
    wants_ = true;
    deliver();
  }

  [[nodiscard]] std::string_view frame() const noexcept override { return frame_; }

  bool send(std::string_view text) override {
    peer_(text);
    return true;
  }

  void close(std::uint16_t, std::string_view) override {
    closing = true;
    if (closes_at_once)
      closed();
  }

  [[nodiscard]] std::string peer() const override { return "toy.test"; }

  [[nodiscard]] std::size_t queued_bytes() const noexcept override { return 0; }

  // -- the peer ------------------------------------------------------------------------------------------------------
  void accept() {
    if (!std::exchange(accepted_, true))
      handler_->on_link_open();
  }

  void ping() { handler_->on_link_ping(); }

  void end() { handler_->on_link_closed({net::close_cause::reset, 0, "", "test"}); }

  /// Has closed in turn.
  void closed() { handler_->on_link_closed({net::close_cause::by_us, 0, "", "test"}); }

  bool closes_at_once = true;
  bool closing = false;

  void deliver(std::string text) {
    waiting_.push_back(std::move(text));
    deliver();
  }

private:
  void deliver() {
    if (!wants_ || waiting_.empty())
      return;
    wants_ = false;
    frame_ = std::move(waiting_.front());
    waiting_.pop_front();
    handler_->on_link_frame();
  }

  net::ws_link_handler* handler_;
  hearer peer_;
  std::deque<std::string> waiting_;
  std::string frame_;
  bool wants_ = false;
  bool accepted_ = false;
};

/// One HTTP request to the toy exchange, and who waits for its answer.
struct toy_call {
  venues::http_request request;
  std::function<bool()> may_write;
  std::function<void(net::http_outcome)> done;
  std::weak_ptr<int> held; // by the session
};

/// What was said of the market, as the channels' names and data.
class market_log final : public session::market_sink {
public:
  void on_market(std::string_view, const venues::event& happened) override {
    if (const auto* raw = std::get_if<venues::raw_notification>(&happened))
      said.push_back(std::string{raw->channel} + "=" + std::string{raw->data});
  }

  std::vector<std::string> said;
};

/// What a session of the toy venue is made from.
[[nodiscard]] session::session_config toy_session();
[[nodiscard]] venues::machine_config toy_machine_config();

/// One connection of the toy venue under its real supervisor, in virtual time.
class toy_world {
public:
  /// `dials`: how fast its address may be dialed; null: at once.
  explicit toy_world(std::shared_ptr<session::dial_pace> dials = nullptr,
                     const venues::venue& venue = toy::description());

  /// Accepts all lanes of the connection that are dialed now.
  void accept();

  /// The exchange answers all HTTP requests that wait.
  void answer_calls();

  /// The HTTP requests that wait.
  [[nodiscard]] std::size_t open_calls() const;

  void go_live();

  [[nodiscard]] toy_link& lane(venues::lane which) { return *links_.at(which); }

  [[nodiscard]] session::phase phase() const { return record->view().phase; }

  /// Sends what the exchange says by itself.
  void say(const std::vector<toy::frame>& frames);

  /// Asks the gate and gives its answer, once there is one.
  template<class Question>
  std::shared_ptr<std::optional<session::order_outcome>> ask(Question question);

  virtual_time::virtual_world world;
  toy::exchange exchange;
  std::shared_ptr<session::connection_record> record;
  std::shared_ptr<notice_log> notices = std::make_shared<notice_log>();
  std::shared_ptr<session::session_context> context;
  std::shared_ptr<market_log> market = std::make_shared<market_log>();
  caf::actor supervisor;
  std::vector<std::string> dialed; // the paths, over all connections
  std::vector<toy_call> calls;     // all of them

private:
  [[nodiscard]] caf::actor gate();

  std::array<toy_link*, 2> links_{}; // null: not dialed yet
  std::size_t answered_ = 0;         // of the calls
};

template<class Question>
std::shared_ptr<std::optional<session::order_outcome>> toy_world::ask(Question question) {
  auto answer = std::make_shared<std::optional<session::order_outcome>>();
  world.spawn_function("asker", [gate = gate(), question, answer](process::process_base& self) {
    self.request(gate, caf::infinite, question)
        .then([answer](const session::order_outcome& outcome) { *answer = outcome; }, [](const caf::error&) {});
    return caf::behavior{[](int) {}};
  });
  world.run();
  return answer;
}

} // namespace cafnode::test

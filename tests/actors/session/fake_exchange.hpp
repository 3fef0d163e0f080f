#pragma once

#include "actors/venues/machine.hpp"
#include "runtime/net/ws_link.hpp"

#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace cafnode::test {

/// What a session's link was told to do, and the strings by which a test plays the peer.
class fake_link final : public net::ws_link {
public:
  /// `verdicts` gets what its owner says of the address, and outlives it.
  fake_link(net::ws_link_handler& handler, std::vector<std::string>& verdicts)
      : handler_{&handler}, verdicts_{&verdicts} {}

  void open() override { opened = true; }

  void proven() override { verdicts_->emplace_back("proven"); }

  void acquit() override { verdicts_->emplace_back("acquitted"); }

  void read_next() override {
    wants_frame = true;
    deliver();
  }

  [[nodiscard]] std::string_view frame() const noexcept override { return frame_; }

  bool send(std::string_view text) override {
    if (!takes)
      return false;
    sent.emplace_back(text);
    if (text == "test" && answers)
      peer_sends("pong");
    return true;
  }

  void close(std::uint16_t code, std::string_view) override { close_code = code; }

  [[nodiscard]] std::string peer() const override { return "toy.test:443 (192.0.2.1)"; }

  [[nodiscard]] std::size_t queued_bytes() const noexcept override { return 0; }

  [[nodiscard]] std::uint64_t bytes_received() const noexcept override { return bytes; }

  // -- the peer ------------------------------------------------------------------------------------------------------
  void peer_accepts() { handler_->on_link_open(); }

  void peer_sends(std::string text) {
    waiting_.push_back(std::move(text));
    deliver();
  }

  void peer_closes(net::close_cause cause, std::uint16_t code = 0) {
    handler_->on_link_closed({cause, code, "", "test"});
  }

  void peer_refuses(std::uint16_t status, std::chrono::milliseconds retry_after) {
    handler_->on_link_closed({net::close_cause::upgrade_refused, status, "", "test", status, retry_after});
  }

  bool answers = true; // questions after a sign of life, as a living exchange does
  bool takes = true;   // what is sent; false: its queue is full
  bool opened = false;
  std::uint64_t bytes = 0; // that came and made no frame
  bool wants_frame = false;
  std::uint16_t close_code = 0;
  std::vector<std::string> sent;

private:
  void deliver() {
    if (!wants_frame || waiting_.empty())
      return;
    wants_frame = false;
    frame_ = std::move(waiting_.front());
    waiting_.pop_front();
    handler_->on_link_frame();
  }

  net::ws_link_handler* handler_;
  std::vector<std::string>* verdicts_;
  std::deque<std::string> waiting_;
  std::string frame_;
};

/// A machine of a toy protocol: each frame is one word that makes it emit one event, each request is one word sent.
class fake_machine final : public venues::machine {
public:
  void open(base::moment, venues::outbox& out) override;
  void receive(venues::lane from, std::string_view frame, base::moment now, venues::outbox& out) override;

  [[nodiscard]] std::optional<base::time_point> next_due() const override { return std::nullopt; }

  void tick(base::moment, venues::outbox&) override {}

  void change(const venues::live_settings& settings, base::moment, venues::outbox&) override {
    changes.push_back(settings);
  }

  void answer_heartbeat(base::moment, venues::outbox& out) override {
    if (before_send)
      before_send();
    ++tests_;
    spent.sent.other += test_credits;
    out.send("test");
  }

  venues::request_id place(const venues::order_request& order, base::moment, venues::outbox& out) override;
  venues::request_id edit(const venues::edit_request& change, base::moment, venues::outbox& out) override;
  venues::request_id cancel(std::string_view order_id, base::moment, venues::outbox& out) override;

  venues::request_id cancel_by_label(std::string_view, base::moment, venues::outbox&) override { return 0; }

  venues::request_id list_open_orders(base::moment, venues::outbox& out) override;

  venues::request_id query_order(std::string_view order_id, base::moment, venues::outbox& out) override;

  venues::request_id query_label(std::string_view label, std::string_view, base::moment, venues::outbox& out) override;
  venues::request_id list_fills_of_order(std::string_view order_id, base::moment, venues::outbox& out) override;

  venues::request_id list_fills_since(std::string_view, std::uint64_t, base::moment, venues::outbox&) override {
    return 0;
  }

  venues::request_id list_positions(base::moment, venues::outbox& out) override;

  [[nodiscard]] bool ends_for_heartbeat(std::uint16_t code) const noexcept override { return code == 4000; }

  void log_out(base::moment, venues::outbox& out) override { out.send("logout"); }

  void abandon(base::moment now, venues::outbox& out) override;

  [[nodiscard]] venues::credits setup_cost() const override { return {0, 1000, 3000}; }

  [[nodiscard]] venues::traffic traffic() const noexcept override { return spent; }

  [[nodiscard]] std::size_t pending() const noexcept override { return pending_.size(); }

  std::vector<venues::live_settings> changes; // that it was told of

  /// Emits `what` as if a frame had said so; the request is taken off the list of those that wait.
  void say(const venues::event& what, venues::outbox& out);

  bool full = false;                 // it sends no request more
  std::function<void()> before_send; // called before each frame that answers or asks
  /// What the frames "event" emit, in order.
  std::deque<venues::event> script;
  std::vector<venues::order_request> placed;
  std::vector<venues::edit_request> edited;
  venues::traffic spent;

private:
  venues::request_id send(std::string word, venues::outbox& out, const venues::credits& cost = {0, 500, 0});
  void settle(venues::request_id id);
  void acknowledge(venues::outbox& out);

  static constexpr std::int64_t test_credits = 500;

  venues::request_id last_ = 0;
  int tests_ = 0; // without an answer

  struct waiting {
    venues::request_id id = 0;
    venues::credits cost;
  };

  std::vector<waiting> pending_;
};

} // namespace cafnode::test

#pragma once

#include "runtime/net/ws_link.hpp"
#include "sim/virtual/agenda.hpp"
#include "sim/virtual/virtual_exchange.hpp"

#include <deque>
#include <memory>
#include <string>

namespace cafnode::chaos {

/// What befell dials and links from outside, for the links of one node.
struct link_weather {
  bool refuses = false; // nobody listens at the exchange's address
  bool hangs = false;   // what a dial sends is swallowed
};

/// A node's link to the virtual exchange: what Beast's link does, in memory. Calls to its handler come out of the
/// agenda or of the exchange, never from inside a call to the link.
class memory_link final : public net::ws_link, private sim::client_events {
public:
  /// All that is given by reference outlives the link.
  memory_link(sim::virtual_exchange& exchange, sim::agenda& time, const link_weather& weather,
              net::dial_options options, net::link_limits limits, net::ws_link_handler& handler);
  ~memory_link() override;

  // -- what a network does --------------------------------------------------------------------------------------------

  /// The connection breaks; both sides hear of it.
  void cut();

  /// Nothing comes through any more, and nobody hears of it; or it does again.
  void hold(bool still);

  [[nodiscard]] bool is_open() const noexcept { return phase_ == phase::open; }

  /// Finds this link for as long as it is there.
  [[nodiscard]] std::weak_ptr<memory_link*> handle() const noexcept { return self_; }

  // -- ws_link --------------------------------------------------------------------------------------------------------

  void open() override;
  void read_next() override;

  [[nodiscard]] std::string_view frame() const noexcept override { return {frame_.data(), frame_bytes_}; }

  bool send(std::string_view text) override;
  void close(std::uint16_t code, std::string_view reason) override;
  [[nodiscard]] std::string peer() const override;
  [[nodiscard]] std::size_t queued_bytes() const noexcept override;

  [[nodiscard]] std::uint64_t bytes_received() const noexcept override { return received_; }

private:
  enum class phase : std::uint8_t { idle, dialing, open, closing, closed };

  void on_answer(int status, std::string_view body) override;
  void on_open() override;
  void on_text(std::string_view text) override;
  void on_binary() override;
  void on_end(int code, std::string_view reason) override;

  void later(base::duration wait, void (memory_link::*what)());
  void dial();
  void deliver();
  void give_up_dial();
  void give_up_close();
  void end(net::close_info why);
  void tell_end();

  sim::virtual_exchange& exchange_;
  sim::agenda& time_;
  const link_weather& weather_;
  net::dial_options options_;
  net::link_limits limits_;
  net::ws_link_handler& handler_;
  std::shared_ptr<memory_link*> self_; // empty for what is still in the agenda when this is gone
  std::unique_ptr<sim::memory_client> client_;
  phase phase_ = phase::idle;
  bool wants_ = false;
  bool is_over_ = false;            // the exchange's side has ended; what had come before is read first
  std::deque<std::string> waiting_; // bounded by what the exchange lets be under way
  std::string frame_;
  std::size_t frame_bytes_ = 0;
  std::uint64_t received_ = 0;
  net::close_info end_;
};

} // namespace cafnode::chaos

#pragma once

#include "sim/deribit/exchange_front.hpp"
#include "sim/virtual/agenda.hpp"
#include "sim/virtual/audit_text.hpp"
#include "sim/virtual/memory_client.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

namespace cafnode::sim {

struct virtual_options {
  front_options front;
  base::moment start{base::time_point{std::chrono::hours{1}},
                     base::wall_time{std::chrono::seconds{1'767'225'600}}}; // 2026-01-01
  travel_time travel{std::chrono::microseconds{100}, std::chrono::milliseconds{20}};

  exchange* market = nullptr; // behind the front, and outlives it; null: the simulator's own, by the seed of `front`
};

/// A whole exchange in virtual time: the front and the market of exchange-sim, lines in memory and an audit log in
/// memory. No socket, no thread, no clock of the machine: the same options and the same calls give the same audit log,
/// byte for byte. One thread.
class virtual_exchange final : private alarm {
public:
  explicit virtual_exchange(virtual_options options);
  ~virtual_exchange() override;
  virtual_exchange(const virtual_exchange&) = delete;
  virtual_exchange& operator=(const virtual_exchange&) = delete;

  /// A new client, which is not upgraded yet. `address` is what connections are counted by.
  [[nodiscard]] std::unique_ptr<memory_client> connect(client_events& events, const std::string& address = "127.0.0.1");

  [[nodiscard]] base::moment now() const { return agenda_.now(); }

  /// When something happens next, by the steady clock.
  [[nodiscard]] base::time_point next_due() const noexcept { return std::min(front_due_, agenda_.next_due()); }

  /// Lets happen what is due until `at`, each thing at its time.
  void turn_to(base::time_point at);

  void pass(base::duration span) { turn_to(now().steady + span); }

  /// What the control API answers.
  [[nodiscard]] control_answer control(const http_call& call) { return front_.control(call); }

  /// The audit log so far: one JSON object a line.
  [[nodiscard]] const std::string& audit() const noexcept { return audit_text_.text(); }

  void stop() { front_.stop(); }

private:
  void wake_at(base::time_point due) override { front_due_ = due; }

  agenda agenda_;
  audit_text audit_text_;
  audit_log audit_;
  travel_time travel_;
  base::rng chance_; // of the lines
  std::unique_ptr<exchange> own_market_;
  base::time_point front_due_ = base::time_point::max();
  exchange_front front_;
  std::uint32_t next_port_ = 40'000;
};

} // namespace cafnode::sim

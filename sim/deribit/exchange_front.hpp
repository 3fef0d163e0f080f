#pragma once

#include "sim/deribit/control_api.hpp"
#include "sim/deribit/fault_injector.hpp"
#include "sim/deribit/feed_publisher.hpp"
#include "sim/deribit/front_core.hpp"
#include "sim/deribit/request_handler.hpp"
#include "sim/deribit/session_handler.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace cafnode::sim {

struct front_options {
  std::uint64_t seed = 1;
  settings rules;
  std::vector<fault_spec> script; // faults that start at their `at_ms`
};

/// What a client of Deribit meets, over lines of any kind: logins, heartbeats, requests, feeds, credits and faults, all
/// put down in the audit log. No socket, no thread, no clock of its own; chance comes from the seed. What is given by
/// reference has to outlive it.
class exchange_front final : public line_events {
public:
  exchange_front(front_options options, const base::clock_source& clock, alarm& bell, audit_log& audit,
                 exchange& market);
  ~exchange_front() override;

  /// Lets the market move, and the script of faults begin.
  void start();

  /// Does what is due: the alarm's call, never from within another one.
  void run();

  /// Takes over a line that speaks to this front; its id comes from `next_id`. `address` is what connections are
  /// counted by.
  void welcome(std::shared_ptr<line> fresh, std::string address);

  [[nodiscard]] std::uint64_t next_id() noexcept { return core_.next_connection++; }

  /// What a line has to keep to.
  [[nodiscard]] line_limits limits() const;

  /// What the control API answers.
  [[nodiscard]] control_answer control(const http_call& call) { return control_.serve(call); }

  /// Closes every line with 1001, and nothing happens any more; orders stay as they are.
  void stop();

private:
  void on_call(line& from, http_call call) override;
  void on_message(line& from, std::string_view text) override;
  void on_oversized(line& from) override;
  void on_too_slow(line& from) override;
  void on_closed(line& from, const close_report& why) override;

  void add_accounts();
  void on_upgrade(client& from, const http_call& call);
  void refuse_upgrade(client& from, int status);
  void tick();
  void watch_lines(base::time_point now);
  void watch_line(client& one, base::time_point now);

  front_core core_;
  std::vector<fault_spec> script_;
  feed_publisher feeds_;
  session_handler sessions_;
  fault_injector faults_;
  request_handler requests_;
  control_api control_;
  std::vector<std::uint64_t> gone_; // closed; whoever served them has gone from the stack when `run` is called
  base::time_point tick_due_{};
  base::time_point sessions_due_{};
  bool stopped_ = false;
};

} // namespace cafnode::sim

#pragma once

#include "runtime/base/time.hpp"
#include "sim/market/exchange.hpp"

#include <boost/json/object.hpp>

#include <cstdint>
#include <string_view>

namespace cafnode::sim {

/// Where the lines of an audit log are kept.
class audit_store {
public:
  virtual ~audit_store() = default;

  /// Keeps one line, which ends with its newline; or loses it, and counts that. Does not wait.
  virtual void append(std::string_view line) = 0;

  [[nodiscard]] virtual std::uint64_t lines_lost() const noexcept = 0;
};

/// The append-only log that judges read: one JSON object a line, `t_us` since the start on the one monotonic clock,
/// `at` as UTC, `kind`, then the fields of the event.
class audit_log final : public audit_sink {
public:
  /// `store` null: a log that counts and keeps nothing. Both outlive it.
  audit_log(const base::clock_source& clock, audit_store* store);

  void record(std::string_view kind, const boost::json::object& fields) override;

  [[nodiscard]] std::uint64_t lines() const noexcept { return lines_; }

  [[nodiscard]] std::uint64_t lines_lost() const noexcept;

private:
  const base::clock_source& clock_;
  base::moment start_;
  audit_store* store_;
  std::uint64_t lines_ = 0;
};

} // namespace cafnode::sim

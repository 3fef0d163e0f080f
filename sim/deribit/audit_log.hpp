#pragma once

#include "runtime/base/result.hpp"
#include "runtime/base/time.hpp"
#include "sim/market/exchange.hpp"

#include <boost/json/object.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace cafnode::sim {

/// The append-only log that judges read: one JSON object a line, `t_us` since the start on the one monotonic clock,
/// `at` as UTC, `kind`, then the fields of the event. Lines are handed to a thread of its own, which writes them out
/// every few milliseconds and at the end, so that recording never waits for a disk.
class audit_log final : public audit_sink {
public:
  /// A log that keeps nothing.
  explicit audit_log(const base::clock_source& clock);
  ~audit_log() override;
  audit_log(const audit_log&) = delete;
  audit_log& operator=(const audit_log&) = delete;

  /// Appends to `path` from here on. The fault names the file and says why it cannot be written.
  [[nodiscard]] base::result<bool, std::string> open(const std::string& path);

  void record(std::string_view kind, const boost::json::object& fields) override;

  [[nodiscard]] std::uint64_t lines() const noexcept { return lines_; }

  [[nodiscard]] std::uint64_t lines_lost() const noexcept;

private:
  class writer;

  const base::clock_source& clock_;
  base::moment start_;
  std::unique_ptr<writer> writer_;
  std::uint64_t lines_ = 0;
};

} // namespace cafnode::sim

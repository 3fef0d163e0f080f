#include "sim/deribit/audit_log.hpp"

#include "sim/deribit/rpc_text.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <chrono>
#include <iterator>
#include <string>

namespace cafnode::sim {

namespace {

std::string utc(base::wall_time at) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(at);
  const auto micros = (at - seconds).count();
  return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:06}Z", fmt::gmtime(std::chrono::system_clock::to_time_t(seconds)), micros);
}

} // namespace

audit_log::audit_log(const base::clock_source& clock, audit_store* store)
    : clock_{clock}, start_{clock.now()}, store_{store} {}

void audit_log::record(std::string_view kind, const boost::json::object& fields) {
  ++lines_;
  if (store_ == nullptr)
    return;
  const base::moment now = clock_.now();
  const auto since = std::chrono::duration_cast<std::chrono::microseconds>(now.steady - start_.steady).count();
  std::string line;
  fmt::format_to(std::back_inserter(line), R"({{"t_us":{},"at":"{}","kind":"{}")", since, utc(now.wall), kind);
  if (!fields.empty()) {
    line.push_back(',');
    line.append(json_text(fields).substr(1));
  } else {
    line.push_back('}');
  }
  line.push_back('\n');
  store_->append(line);
}

std::uint64_t audit_log::lines_lost() const noexcept {
  return store_ == nullptr ? 0 : store_->lines_lost();
}

} // namespace cafnode::sim

#include "supervisors/restart_record.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace cafnode::supervision {

std::string to_text(const restart_record& record) {
  auto out = fmt::format("{} failed: {}", record.child, process::to_string(record.why.code));
  if (!record.why.text.empty())
    out += ": " + record.why.text;
  out += fmt::format("; restarted {}", fmt::join(record.restarted, ", "));
  if (record.restarted_count > record.restarted.size())
    out += fmt::format(" and {} more", record.restarted_count - record.restarted.size());
  out += fmt::format("; back after {} ms", record.away.count());
  if (record.attempts > 1)
    out += fmt::format(", {} attempts", record.attempts);
  if (record.joined > 0)
    out += fmt::format(", {} more failures meanwhile", record.joined);
  return out;
}

} // namespace cafnode::supervision

#include "control/events/event_kinds.hpp"

#include "actors/session/notice.hpp"
#include "control/push/config_news.hpp"
#include "control/telemetry/telemetry.hpp"
#include "supervisors/words.hpp"

#include <algorithm>
#include <limits>
#include <set>

namespace cafnode::control {

namespace {

std::set<std::string, std::less<>> known_kinds() {
  std::set<std::string, std::less<>> kinds(session::fact::kinds.begin(), session::fact::kinds.end());
  for (int number = 0; number <= static_cast<int>(supervision::transition::change_undone); ++number)
    kinds.emplace(supervision::to_string(static_cast<supervision::transition>(number)));
  kinds.insert(config_kinds.begin(), config_kinds.end());
  kinds.emplace(telemetry::log_failing);
  return kinds;
}

std::vector<observe::event_ptr> all_of(const observe::event_log& log) {
  return log.since(0, std::numeric_limits<std::size_t>::max()).events;
}

} // namespace

std::vector<std::string> event_kinds(const observe::event_log& log) {
  auto kinds = known_kinds();
  for (const auto& each : all_of(log))
    if (!kinds.contains(each->kind))
      kinds.insert(each->kind);
  return {kinds.begin(), kinds.end()};
}

bool is_event_kind(const observe::event_log& log, std::string_view kind) {
  static const auto known = known_kinds();
  return known.contains(kind) ||
         std::ranges::any_of(all_of(log), [kind](const auto& each) { return each->kind == kind; });
}

} // namespace cafnode::control

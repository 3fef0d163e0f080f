#include "control/event_kinds.hpp"

#include "actors/session/notice.hpp"
#include "control/push/config_keeper.hpp"
#include "supervisors/event.hpp"
#include "supervisors/words.hpp"

#include <limits>
#include <set>

namespace cafnode::control {

std::vector<std::string> event_kinds(const observe::event_log& log) {
  std::set<std::string> kinds(session::fact::kinds.begin(), session::fact::kinds.end());
  for (int number = 0; number <= static_cast<int>(supervision::transition::change_undone); ++number)
    kinds.emplace(supervision::to_string(static_cast<supervision::transition>(number)));
  kinds.insert(config_kinds.begin(), config_kinds.end());
  for (const auto& each : log.since(0, std::numeric_limits<std::size_t>::max()).events)
    kinds.insert(each->kind);
  return {kinds.begin(), kinds.end()};
}

} // namespace cafnode::control

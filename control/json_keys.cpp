#include "control/json_keys.hpp"

namespace cafnode::control {

namespace {

/// Behind the string that begins at `at`.
std::size_t end_of_string(std::string_view json, std::size_t at) {
  for (++at; at < json.size() && json[at] != '"'; ++at)
    if (json[at] == '\\')
      ++at;
  return at + 1;
}

} // namespace

std::size_t count_members(std::string_view json) {
  std::size_t members = 0;
  int depth = 0;
  for (std::size_t at = 0; at < json.size();) {
    const char letter = json[at];
    if (letter == '"') {
      at = end_of_string(json, at);
      continue;
    }
    depth += letter == '{' || letter == '[' ? 1 : letter == '}' || letter == ']' ? -1 : 0;
    members += letter == ':' && depth == 1 ? 1 : 0;
    ++at;
  }
  return members;
}

} // namespace cafnode::control

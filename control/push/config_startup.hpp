#pragma once

#include "conf/loader.hpp"
#include "control/config/config_store.hpp"
#include "control/push/config_keeper.hpp"

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace cafnode::control {

/// What a node begins with, and what it says of that.
struct chosen_start {
  config_start start;
  std::vector<std::string> notes; // for the log, in order
};

/// Chooses what a node begins with: its file (or what it is built with), or the version that ran last. The file wins
/// when it was edited since the node saw it last, and in a new store; otherwise what was pushed since still holds. A
/// change that was cut short by the end of the process before did not happen: the version before it runs, whole. A kept
/// version that cannot be read any more gives way to the file.
///
/// `file` is usable. `read` reads a text as the node reads its file. What runs is in the store when this returns; the
/// fault is a sentence for the operator.
[[nodiscard]] base::result<chosen_start, std::string>
choose_start(config_store& store, const conf::loaded& file, const std::string& file_text, std::string_view file_name,
             const std::function<conf::loaded(std::string name, std::string text)>& read, std::int64_t now_ms);

} // namespace cafnode::control

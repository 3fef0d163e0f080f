#pragma once

#include "apps/ctl/grammar.hpp"

namespace CLI {
class App;
}

namespace cafnode::ctl {

/// The commands that a command line is read by, as completion and suggestions want them.
[[nodiscard]] command_word grammar_of(const CLI::App& app);

} // namespace cafnode::ctl

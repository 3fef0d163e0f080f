#pragma once

#include "runtime/base/result.hpp"

#include <cstddef>
#include <string>

namespace cafnode::host {

/// Starts `count` threads that live all at once, and ends them again: whether this process may have as many (`ulimit
/// -u`, `ulimit -v`, TasksMax=). For the start of a program, before it starts what could not be ended when half of its
/// threads are refused. The fault says which one was refused and why.
[[nodiscard]] base::result<bool, std::string> rehearse_threads(std::size_t count);

} // namespace cafnode::host

#pragma once

namespace cafnode::host {

/// Says in one line on standard error that the memory is at its end, and ends the process with 70, without a
/// destructor: half of what a program does when memory is gone fails in its turn. Takes no memory itself. Any thread.
[[noreturn]] void end_out_of_memory() noexcept;

/// From here on memory that cannot be had ends the process so, wherever it is asked for, and so does an exception that
/// nobody caught for want of a thread or another thing of the system's. What else reaches std::terminate() is a bug: it
/// is named on standard error, and the process aborts.
void use_last_words() noexcept;

} // namespace cafnode::host

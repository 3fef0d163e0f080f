#pragma once

#include <string>
#include <string_view>

/// What a program says. None of it is kept back, and no failure ends the program: it is the caller's to tell.
namespace cafnode::base {

/// Writes `text` to standard output. Gives why the system did not take all of it; empty: it did.
[[nodiscard]] std::string write_output(std::string_view text);

/// Writes `text` to standard error. Where that is closed or full there is nobody to tell, and the text is lost.
void write_error(std::string_view text) noexcept;

} // namespace cafnode::base

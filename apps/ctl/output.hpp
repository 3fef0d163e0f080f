#pragma once

#include <stdexcept>
#include <string_view>

/// Standard output, where an answer counts as given only once the system has taken all of it.
namespace cafnode::ctl {

/// The answer could not be written. The text says why.
class output_failed : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// Writes `text` to standard output at once. Throws output_failed.
void put(std::string_view text);

/// Fills descriptors 0 to 2 where the caller closed them, so that no socket takes their place and gets what is written
/// there. Writing to a filled standard output fails. To be called before anything is opened.
void hold_standard_descriptors();

} // namespace cafnode::ctl

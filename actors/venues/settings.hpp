#pragma once

#include <string>

namespace cafnode::venues {

struct deribit_settings {
  std::string scope = {}; // what a login asks to be allowed; empty: all that its key may
};

/// What configurations say of one venue alone, each in a section of its own. A machine looks at its own.
struct venue_settings {
  deribit_settings deribit = {};
};

} // namespace cafnode::venues

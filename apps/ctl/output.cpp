#include "apps/ctl/output.hpp"

#include "runtime/base/standard_output.hpp"

#include <cerrno>
#include <fcntl.h>
#include <unistd.h>

namespace cafnode::ctl {

void put(std::string_view text) {
  if (const auto why = base::write_output(text); !why.empty())
    throw output_failed{"the answer could not be written to standard output: " + why};
}

void hold_standard_descriptors() {
  for (const int each : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
    if (::fcntl(each, F_GETFD) < 0 && errno == EBADF) {
      // The lowest free number is this one. The wrong direction on purpose: reading or writing there is an error.
      static_cast<void>(::open("/dev/null", (each == STDIN_FILENO ? O_WRONLY : O_RDONLY)));
    }
}

} // namespace cafnode::ctl

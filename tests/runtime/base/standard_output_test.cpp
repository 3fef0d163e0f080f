#include "runtime/base/standard_output.hpp"

#include <doctest/doctest.h>

#include <fcntl.h>
#include <string>
#include <unistd.h>

using namespace cafnode;

namespace {

/// Puts `file` in the place of standard output or error for as long as it lives.
class instead {
public:
  instead(int standard, int file) : standard_{standard}, saved_{::dup(standard)} { ::dup2(file, standard); }

  instead(const instead&) = delete;
  instead& operator=(const instead&) = delete;

  ~instead() {
    ::dup2(saved_, standard_);
    ::close(saved_);
  }

private:
  int standard_;
  int saved_;
};

} // namespace

SCENARIO("what is said goes out at once, and what a full disk does not take is told or lost, and ends nothing") {
  int ends[2];
  REQUIRE(::pipe(ends) == 0);
  const int full = ::open("/dev/full", O_WRONLY | O_CLOEXEC);
  REQUIRE(full >= 0);
  std::string taken, refused;
  {
    const instead out{STDOUT_FILENO, ends[1]}, err{STDERR_FILENO, ends[1]};
    taken = base::write_output("one");
    base::write_error("two");
  }
  {
    const instead out{STDOUT_FILENO, full}, err{STDERR_FILENO, full};
    refused = base::write_output("one");
    base::write_error("two");
  }
  std::string said(16, '\0');
  said.resize(static_cast<std::size_t>(::read(ends[0], said.data(), said.size())));
  for (const int file : {ends[0], ends[1], full})
    ::close(file);
  CHECK(taken.empty());
  CHECK(said == "onetwo");
  CHECK(refused == "No space left on device");
}

#pragma once

#include <doctest/doctest.h>

#include <cstddef>
#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>
#include <vector>

namespace cafnode::test {

/// While it lives, this process may open no more than `left` files.
class scarce_files {
public:
  explicit scarce_files(std::size_t left) {
    REQUIRE(::getrlimit(RLIMIT_NOFILE, &before_) == 0);
    const rlimit few{128, before_.rlim_max};
    REQUIRE(::setrlimit(RLIMIT_NOFILE, &few) == 0);
    for (int file = ::open("/dev/null", O_RDONLY | O_CLOEXEC); file >= 0;
         file = ::open("/dev/null", O_RDONLY | O_CLOEXEC))
      taken_.push_back(file);
    for (; left > 0; --left) {
      ::close(taken_.back());
      taken_.pop_back();
    }
  }

  scarce_files(const scarce_files&) = delete;
  scarce_files& operator=(const scarce_files&) = delete;

  ~scarce_files() {
    for (const int file : taken_)
      ::close(file);
    ::setrlimit(RLIMIT_NOFILE, &before_);
  }

private:
  rlimit before_{};
  std::vector<int> taken_;
};

} // namespace cafnode::test

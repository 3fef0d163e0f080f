#pragma once

#include <array>
#include <fcntl.h>
#include <unistd.h>

namespace cafnode::net {

/// A few open files that are good for nothing but their numbers: when a process may open no more, one of them gives
/// way to something that matters. One thread.
class spare_files {
public:
  spare_files() noexcept { refill(); }

  spare_files(const spare_files&) = delete;
  spare_files& operator=(const spare_files&) = delete;

  ~spare_files() {
    while (give_way())
      continue;
  }

  /// Makes room for one file. False: there is no spare one left.
  bool give_way() noexcept {
    for (auto& each : files_)
      if (each >= 0) {
        ::close(each);
        each = -1;
        return true;
      }
    return false;
  }

  void refill() noexcept {
    for (auto& each : files_)
      if (each < 0)
        each = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
  }

private:
  std::array<int, 4> files_{-1, -1, -1, -1};
};

} // namespace cafnode::net

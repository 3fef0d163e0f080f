#pragma once

#include <unistd.h>

namespace cafnode::base {

/// An open file that closes itself. Negative: the open failed, and there is nothing to close.
class descriptor {
public:
  explicit descriptor(int number) noexcept : number_{number} {}

  descriptor(const descriptor&) = delete;
  descriptor& operator=(const descriptor&) = delete;

  ~descriptor() {
    if (number_ >= 0)
      ::close(number_);
  }

  [[nodiscard]] int get() const noexcept { return number_; }

private:
  int number_;
};

} // namespace cafnode::base

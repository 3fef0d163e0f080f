#include "runtime/base/secret.hpp"

#include <cstddef>
#include <utility>

namespace cafnode::base {

secret::secret(secret&& other) noexcept : text_{std::move(other.text_)} {
  other.wipe(); // a short text is copied by a move, and would stay behind
}

secret& secret::operator=(const secret& other) {
  if (this != &other) {
    wipe();
    text_ = other.text_;
  }
  return *this;
}

secret& secret::operator=(secret&& other) noexcept {
  if (this != &other) {
    wipe();
    text_ = std::move(other.text_);
    other.wipe();
  }
  return *this;
}

secret::~secret() {
  wipe();
}

void secret::wipe() noexcept {
  // Through a volatile pointer, so that the compiler does not drop writes to memory that is about to be freed.
  volatile char* bytes = text_.data();
  for (std::size_t i = 0; i < text_.capacity(); ++i)
    bytes[i] = '\0';
  text_.clear();
}

bool equal_in_constant_time(std::string_view left, std::string_view right) noexcept {
  unsigned difference = left.size() == right.size() ? 0U : 1U;
  for (std::size_t i = 0; i < left.size(); ++i) {
    const auto other = right.empty() ? '\0' : right[i % right.size()];
    difference |= static_cast<unsigned>(static_cast<unsigned char>(left[i]) ^ static_cast<unsigned char>(other));
  }
  return difference == 0;
}

} // namespace cafnode::base

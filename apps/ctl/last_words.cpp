#include "apps/ctl/last_words.hpp"

#include "apps/ctl/fault.hpp"

#include <atomic>
#include <cstring>
#include <unistd.h>

namespace cafnode::ctl {

namespace {

std::atomic<const char*> words{nullptr};
static_assert(std::atomic<const char*>::is_always_lock_free, "a signal handler reads it");

} // namespace

last_words::last_words(const char* text) noexcept {
  words.store(text);
}

last_words::~last_words() {
  words.store(nullptr);
}

void end_interrupted(int) noexcept {
  if (const char* text = words.load())
    static_cast<void>(::write(STDERR_FILENO, text, std::strlen(text)) > 0);
  ::_exit(static_cast<int>(exit_code::interrupted));
}

} // namespace cafnode::ctl

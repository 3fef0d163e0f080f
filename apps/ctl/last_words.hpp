#pragma once

namespace cafnode::ctl {

/// What is said on standard error when Ctrl-C ends the program while this lives.
class last_words {
public:
  /// `text` has a line end, and lasts as long as the program.
  explicit last_words(const char* text) noexcept;
  ~last_words();
  last_words(const last_words&) = delete;
  last_words& operator=(const last_words&) = delete;
};

/// The handler of SIGINT: says them, and ends the program with exit_code::interrupted.
void end_interrupted(int signal) noexcept;

} // namespace cafnode::ctl

#include "apps/ctl/text.hpp"

#include <doctest/doctest.h>

#include <cstdlib>

using namespace cafnode::ctl;

namespace {

/// Sets a variable of the environment for one scope.
class with_variable {
public:
  with_variable(const char* name, const char* value) : name_{name} { ::setenv(name, value, 1); }

  ~with_variable() { ::unsetenv(name_); }

  with_variable(const with_variable&) = delete;
  with_variable& operator=(const with_variable&) = delete;

private:
  const char* name_;
};

} // namespace

SCENARIO("width counts columns of a terminal, not bytes") {
  CHECK(display_width("") == 0);
  CHECK(display_width("alpha") == 5);
  CHECK(display_width("Zürich") == 6);
  CHECK(display_width("東京") == 4);
  CHECK(display_width("e\xCC\x81") == 1);
  CHECK(display_width("\xFF\xFF") == 2);
}

SCENARIO("text that is too long ends in a sign that something was cut") {
  const look unicode{false, true, 0}, ascii{};
  CHECK(fitted("abcdef", 6, unicode) == "abcdef");
  CHECK(fitted("abcdef", 4, unicode) == "abc…");
  CHECK(fitted("abcdef", 4, ascii) == "abc~");
  CHECK(fitted("東京都", 5, unicode) == "東京…");
  CHECK(fitted("abc", 0, ascii).empty());
}

SCENARIO("text from outside cannot steer the terminal") {
  CHECK(printable("plain, Zürich") == "plain, Zürich");
  CHECK(printable("a\x1b[31mb\r\n\tc") == "a?[31mb???c");
  CHECK(printable("a\x7f\xC2\x9b"
                  "b") == "a??b");
  CHECK(printable("\xE2\x80\xAE"
                  "evil") == "?evil");
  CHECK(printable("\xC3(") == "?(");
}

SCENARIO("spans of time are as short as they stay clear") {
  CHECK(span_text(-5) == "0ms");
  CHECK(span_text(999) == "999ms");
  CHECK(span_text(59'999) == "59s");
  CHECK(span_text(192'000) == "3m 12s");
  CHECK(span_text(18'180'000) == "5h 3m");
  CHECK(span_text(1'051'200'000) == "12d 4h");
  CHECK(micro_text(870) == "870us");
  CHECK(micro_text(1'234) == "1.2ms");
  CHECK(micro_text(14'999) == "14ms");
  CHECK(micro_text(2'345'678) == "2.3s");
}

SCENARIO("colour is for terminals whose owner wants it") {
  const with_variable term{"TERM", "xterm"};
  CHECK(look_of_terminal(true, false, 80).color);
  CHECK_FALSE(look_of_terminal(false, false, 80).color);
  CHECK_FALSE(look_of_terminal(true, true, 80).color);
  {
    const with_variable refused{"NO_COLOR", "1"};
    CHECK_FALSE(look_of_terminal(true, false, 80).color);
  }
  {
    const with_variable empty{"NO_COLOR", ""};
    CHECK(look_of_terminal(true, false, 80).color);
  }
  const with_variable dumb{"TERM", "dumb"};
  CHECK_FALSE(look_of_terminal(true, false, 80).color);
}

SCENARIO("lines are drawn in Unicode where the locale has it") {
  ::unsetenv("LC_ALL");
  ::unsetenv("LC_CTYPE");
  const with_variable language{"LANG", "de_DE.UTF-8"};
  CHECK(look_of_terminal(true, false, 80).unicode);
  const with_variable stronger{"LC_ALL", "C"};
  CHECK_FALSE(look_of_terminal(true, false, 80).unicode);
}

SCENARIO("what is no terminal has no width to cut at") {
  CHECK(look_of_terminal(true, false, 80).columns == 80);
  CHECK(look_of_terminal(false, false, 80).columns == 0);
}

SCENARIO("a live view is drawn over its last frame, and not over what stood above it") {
  live_view view;
  CHECK(view.frame("a\nb\n", 0) == "\x1b[?7la\x1b[K\nb\x1b[K\n\x1b[J\x1b[?7h");
  CHECK(view.frame("c", 0) == "\x1b[?7l\x1b[2A\rc\x1b[K\n\x1b[J\x1b[?7h");
  CHECK(view.frame("", 0) == "\x1b[?7l\x1b[1A\r\x1b[J\x1b[?7h");
}

SCENARIO("a live view is no higher than the terminal, so that its top stays where it is") {
  live_view view;
  CHECK(view.frame("a\nb\nc\n", 3) == "\x1b[?7la\x1b[K\n(2 more lines)\x1b[K\n\x1b[J\x1b[?7h");
  CHECK(view.frame("d\n", 3).starts_with("\x1b[?7l\x1b[2A\r"));
}

SCENARIO("after a change of the terminal's size a live view starts on a clean screen") {
  live_view view;
  static_cast<void>(view.frame("a\nb\n", 0));
  view.start_over();
  CHECK(view.frame("c\n", 0) == "\x1b[?7l\x1b[H\x1b[2Jc\x1b[K\n\x1b[J\x1b[?7h");
  CHECK(view.frame("c\n", 0).starts_with("\x1b[?7l\x1b[1A\r"));
}

SCENARIO("a long line goes on behind its indent, broken between words") {
  CHECK(wrapped("  one two three four five", 4, {false, false, 24}) == "  one two three four\n    five");
  CHECK(wrapped("one two", 4, {}) == "one two");
  CHECK(wrapped("", 4, {false, false, 24}).empty());
  CHECK(wrapped("a-word-that-is-longer-than-any-line", 2, {false, false, 10}) == "a-word-that-is-longer-than-any-line");
}

SCENARIO("a tint is an escape sequence with its end, or nothing") {
  CHECK(tinted("live", tint::good, {true, true, 0}) == "\x1b[32mlive\x1b[0m");
  CHECK(tinted("live", tint::good, {}) == "live");
  CHECK(tinted("live", tint::none, {true, true, 0}) == "live");
}

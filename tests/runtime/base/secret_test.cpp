#include "runtime/base/secret.hpp"

#include <doctest/doctest.h>

#include <ostream>
#include <type_traits>
#include <utility>

using cafnode::base::equal_in_constant_time;
using cafnode::base::secret;

namespace {

template<class T>
concept printable = requires(std::ostream& out, const T& value) {
  out << value;
};

} // namespace

SCENARIO("a secret prints nowhere and turns into a text only when asked to") {
  static_assert(!printable<secret>);
  static_assert(!std::is_convertible_v<secret, std::string>);
  static_assert(!std::is_convertible_v<secret, std::string_view>);
  static_assert(!std::is_convertible_v<std::string, secret>);
  CHECK(secret{"abc"}.reveal() == "abc");
  CHECK(secret{}.empty());
}

SCENARIO("copies live on their own, and assignment takes the text over") {
  secret first{"one"};
  const secret copy{first};
  first = secret{"two"};
  CHECK(copy.reveal() == "one");
  CHECK(first.reveal() == "two");
  first = copy;
  CHECK(first.reveal() == "one");
  const auto& same = first;
  first = same;
  CHECK(first.reveal() == "one");
}

SCENARIO("what was moved from holds nothing any more, however short the text is") {
  // A short text lives inside the string object, where a move leaves the bytes behind.
  for (const auto* text : {"short", "a text too long to live inside the string object itself"}) {
    secret from{text};
    const auto at = from.reveal();
    secret to{std::move(from)};
    CHECK(to.reveal() == text);
    CHECK(from.empty());
    if (at.size() < 16)
      CHECK(at.find_first_not_of('\0') == std::string_view::npos);
    secret assigned;
    assigned = std::move(to);
    CHECK(assigned.reveal() == text);
    CHECK(to.empty());
  }
}

SCENARIO("comparison in constant time agrees with the ordinary one") {
  CHECK(equal_in_constant_time("", ""));
  CHECK(equal_in_constant_time("abc", "abc"));
  CHECK_FALSE(equal_in_constant_time("abc", "abd"));
  CHECK_FALSE(equal_in_constant_time("abc", "ab"));
  CHECK_FALSE(equal_in_constant_time("abab", "ab"));
  CHECK_FALSE(equal_in_constant_time("", "a"));
  CHECK_FALSE(equal_in_constant_time("a", ""));
}

#pragma once

#include "control/api_fault.hpp"
#include "control/request_text.hpp"
#include "runtime/base/decimal.hpp"

#include <boost/json/object.hpp>

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace cafnode::control {

/// Takes a JSON object apart field by field and keeps the first fault, so that reading code has no branch for each.
/// What nobody took is a fault too: a misspelled field must not be ignored on an order.
class body_fields {
public:
  explicit body_fields(std::string_view body);

  /// A string that must be there, not be empty, and be able to name such a thing.
  [[nodiscard]] std::string text(std::string_view name, text_kind kind);

  /// A decimal above zero, written as a JSON string, that must be there.
  [[nodiscard]] base::decimal amount(std::string_view name);

  /// The same of any sign: what is a spread of two prices may cost nothing, or less.
  [[nodiscard]] base::decimal price(std::string_view name);

  /// True or false; false when it is absent.
  [[nodiscard]] bool flag(std::string_view name);

  /// One of some words; `otherwise` when it is absent, and a fault when there is no `otherwise`.
  template<class Value>
  [[nodiscard]] Value word(std::string_view name, std::initializer_list<std::pair<std::string_view, Value>> words,
                           std::optional<Value> otherwise = std::nullopt) {
    const boost::json::value* given = take(name);
    if (given == nullptr && otherwise)
      return *otherwise;
    std::string known;
    for (const auto& [spelling, value] : words) {
      if (given != nullptr && given->is_string() && std::string_view{given->get_string()} == spelling)
        return value;
      known += (known.empty() ? "" : ", ") + std::string{spelling};
    }
    fail(name, "is not one of " + known);
    return words.begin()->second;
  }

  /// A fault if the field is there.
  void forbid(std::string_view name, std::string_view why);

  /// The first fault, after everything that may be there was taken.
  [[nodiscard]] std::optional<api_fault> finish();

private:
  const boost::json::value* take(std::string_view name);
  std::optional<base::decimal> number(std::string_view name, std::string_view what, bool above_zero);
  void fail(std::string_view name, std::string_view what, std::string hint = {});

  boost::json::object fields_;
  std::size_t taken_ = 0;
  std::string names_;
  std::optional<api_fault> fault_;
};

} // namespace cafnode::control

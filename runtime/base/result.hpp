#pragma once

#include "runtime/base/invariant.hpp"

#include <utility>
#include <variant>

namespace cafnode::base {

/// Wraps a fault so that a `result` can be built from it even where value and fault are of one type.
template<class Fault>
struct failure {
  Fault fault;
};

template<class Fault>
failure(Fault) -> failure<Fault>;

/// The outcome of something that may fail as expected: a value, or the fault that explains its absence.
template<class Value, class Fault>
class [[nodiscard]] result {
public:
  result(Value value) : content_{std::in_place_index<0>, std::move(value)} {}

  template<class Other>
  result(failure<Other> failed) : content_{std::in_place_index<1>, std::move(failed.fault)} {}

  [[nodiscard]] bool has_value() const noexcept { return content_.index() == 0; }

  explicit operator bool() const noexcept { return has_value(); }

  [[nodiscard]] const Value& value() const& {
    CAFNODE_INVARIANT(has_value(), "the value of a failed result was asked for");
    return *std::get_if<0>(&content_);
  }

  [[nodiscard]] Value& value() & {
    CAFNODE_INVARIANT(has_value(), "the value of a failed result was asked for");
    return *std::get_if<0>(&content_);
  }

  [[nodiscard]] Value&& value() && {
    CAFNODE_INVARIANT(has_value(), "the value of a failed result was asked for");
    return std::move(*std::get_if<0>(&content_));
  }

  [[nodiscard]] const Fault& fault() const {
    CAFNODE_INVARIANT(!has_value(), "the fault of a successful result was asked for");
    return *std::get_if<1>(&content_);
  }

private:
  std::variant<Value, Fault> content_;
};

} // namespace cafnode::base

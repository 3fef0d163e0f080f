#pragma once

#include "sim/market/exchange.hpp"
#include "sim/market/number.hpp"

#include <boost/json/object.hpp>

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cafnode::sim {

/// Reads the parameters of one request. Remembers the first fault as the error that the exchange answers (-32602 with
/// reason and param); after it, what is read is a default.
class params {
public:
  explicit params(const boost::json::object& given) : given_{given} {}

  [[nodiscard]] bool has(std::string_view name) const;

  /// A text; a required one that is not there is a fault. Longest allowed: 1,024 bytes.
  std::string text(std::string_view name);
  std::string text_or(std::string_view name, std::string_view otherwise);

  /// One of `allowed`; anything else is `invalid value`.
  std::string choice(std::string_view name, std::initializer_list<std::string_view> allowed,
                     std::string_view otherwise);

  /// A list of texts, or one text; at most 100.
  std::vector<std::string> texts(std::string_view name);

  decimal number(std::string_view name);
  std::optional<decimal> maybe_number(std::string_view name);

  /// A whole number within [low, high].
  std::int64_t whole(std::string_view name, std::int64_t otherwise, std::int64_t low, std::int64_t high);
  std::optional<std::int64_t> maybe_whole(std::string_view name);

  bool flag(std::string_view name, bool otherwise);
  std::optional<bool> maybe_flag(std::string_view name);

  void refuse(std::string_view name, std::string_view reason);
  void refuse(rpc_error why);

  [[nodiscard]] bool failed() const { return fault_.code != 0; }

  [[nodiscard]] const rpc_error& why() const { return fault_; }

private:
  [[nodiscard]] const boost::json::value* find(std::string_view name) const;

  const boost::json::object& given_;
  rpc_error fault_;
};

} // namespace cafnode::sim

#pragma once

#include "runtime/base/decimal.hpp"

#include <caf/error.hpp>
#include <caf/fwd.hpp>
#include <caf/meta/load_callback.hpp>
#include <caf/optional.hpp>

#include <array>
#include <chrono>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

namespace cafnode::base {

/// A decimal travels as its count of hundred-millionths.
template<class Inspector>
typename Inspector::result_type inspect(Inspector& inspector, decimal& value) {
  auto raw = value.raw();
  auto load = [&]() -> caf::error {
    value = decimal::from_raw(raw);
    return caf::none;
  };
  return inspector(raw, caf::meta::load_callback(load));
}

auto message_fields(decimal& value) -> std::tuple<std::int64_t&>;

} // namespace cafnode::base

namespace cafnode::process {

/// Whether a value may be written to the wire: it holds, however deep, only whole numbers, enums, texts, durations,
/// wall times, handles, containers of such, and structs that list such fields (CAFNODE_FIELDS). What is unknown may
/// not.
template<class T>
struct may_cross_nodes;

template<class T>
inline constexpr bool may_cross_nodes_v = may_cross_nodes<std::remove_cvref_t<T>>::value;

template<class... Ts>
struct all_may_cross : std::bool_constant<(may_cross_nodes_v<Ts> && ...)> {};

template<class... Ts>
struct all_may_cross<std::tuple<Ts...>> : all_may_cross<Ts...> {};

template<class T>
concept lists_fields = requires(T& value) {
  message_fields(value);
};

template<class T>
struct may_cross_nodes : std::bool_constant<std::is_integral_v<T> || std::is_enum_v<T>> {};

template<lists_fields T>
struct may_cross_nodes<T> : all_may_cross<decltype(message_fields(std::declval<T&>()))> {};

template<>
struct may_cross_nodes<std::string> : std::true_type {};

template<>
struct may_cross_nodes<caf::actor> : std::true_type {};

template<>
struct may_cross_nodes<caf::strong_actor_ptr> : std::true_type {};

template<>
struct may_cross_nodes<caf::node_id> : std::true_type {};

template<>
struct may_cross_nodes<caf::error> : std::true_type {};

template<class Rep, class Period>
struct may_cross_nodes<std::chrono::duration<Rep, Period>> : may_cross_nodes<Rep> {};

template<class Span>
struct may_cross_nodes<std::chrono::sys_time<Span>> : may_cross_nodes<Span> {};

template<class T>
struct may_cross_nodes<std::vector<T>> : all_may_cross<T> {};

template<class T, std::size_t Size>
struct may_cross_nodes<std::array<T, Size>> : all_may_cross<T> {};

template<class T>
struct may_cross_nodes<std::set<T>> : all_may_cross<T> {};

template<class Key, class T>
struct may_cross_nodes<std::map<Key, T>> : all_may_cross<Key, T> {};

template<class First, class Second>
struct may_cross_nodes<std::pair<First, Second>> : all_may_cross<First, Second> {};

template<class... Ts>
struct may_cross_nodes<std::tuple<Ts...>> : all_may_cross<Ts...> {};

template<class T>
struct may_cross_nodes<caf::optional<T>> : all_may_cross<T> {};

} // namespace cafnode::process

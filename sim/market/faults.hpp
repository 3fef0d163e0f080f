#pragma once

#include "sim/market/exchange.hpp"

#include <string>
#include <string_view>
#include <utility>

namespace cafnode::sim {

/// The exchange's errors in its own words (the RPC error table; parameter errors as seen on the wire).
[[nodiscard]] inline rpc_error fault(int code, std::string message) {
  return {code, std::move(message), nullptr};
}

/// -32602 with what is wrong with which parameter.
[[nodiscard]] rpc_error bad_parameter(std::string_view name, std::string_view reason);

[[nodiscard]] inline rpc_answer failed(rpc_error error) {
  return {nullptr, std::move(error)};
}

} // namespace cafnode::sim

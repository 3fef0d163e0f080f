#pragma once

#include "runtime/base/time.hpp"
#include "sim/market/exchange.hpp"

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace cafnode::sim {

/// One request as its sender wrote it. `id` is JSON text, ready to be echoed; empty when there was none.
struct rpc_request {
  std::string id;
  std::string method; // without a leading slash
  boost::json::object params;
};

/// A request that could not be understood, and what can still be echoed of it.
struct rpc_refusal {
  std::string id;
  rpc_error error;
};

using rpc_reading = std::variant<rpc_request, rpc_refusal>;

/// JSON text as a value; no value when it is not JSON. Numbers that are not whole stay text (see
/// sim/market/exact_json.hpp).
[[nodiscard]] std::optional<boost::json::value> parse_json(std::string_view text);

/// `value` as JSON text; numbers kept as text come out as they were written.
[[nodiscard]] std::string json_text(const boost::json::value& value);

/// `method` is what is asked for when the request itself names nothing (HTTP has it in the path); empty: nothing.
[[nodiscard]] rpc_reading read_request(std::string_view text, std::string_view method = {});

/// What is needed to word an answer.
struct answer_frame {
  std::string_view id; // JSON text; empty: none
  base::wall_time in{};
  base::wall_time out{};
  bool testnet = true;
};

[[nodiscard]] std::string write_answer(const answer_frame& frame, const rpc_answer& answer);

/// A notification; `label` is left out when empty. `data` is JSON text.
[[nodiscard]] std::string write_notification(std::string_view channel, std::string_view data, std::string_view label);

/// `{"params":{"type":"test_request"},"method":"heartbeat","jsonrpc":"2.0"}`, in the key order of the wire.
[[nodiscard]] std::string write_heartbeat(std::string_view type);

// Readers of untrusted parameters: no value when it is missing or cannot be read as such.
[[nodiscard]] std::optional<std::int64_t> integer_param(const boost::json::object& params, std::string_view name);
[[nodiscard]] std::optional<std::string> text_param(const boost::json::object& params, std::string_view name);
/// The same text of at most `bytes_max` bytes, cut between characters.
[[nodiscard]] std::string short_text(const boost::json::object& params, std::string_view name, std::size_t bytes_max);
[[nodiscard]] bool true_param(const boost::json::object& params, std::string_view name);

[[nodiscard]] rpc_answer failed(int code, std::string message, boost::json::value data = nullptr);
[[nodiscard]] rpc_answer invalid_param(std::string_view name, std::string_view reason);
[[nodiscard]] rpc_answer succeeded(boost::json::value result);

} // namespace cafnode::sim

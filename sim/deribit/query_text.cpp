#include "sim/deribit/query_text.hpp"

#include "runtime/base/json_text.hpp"
#include "sim/deribit/rpc_text.hpp"
#include "sim/line/http_call.hpp"

#include <algorithm>
#include <array>
#include <string>

namespace cafnode::sim {

namespace {

bool is_text_param(std::string_view name) {
  constexpr std::array<std::string_view, 22> names{
      "instrument_name", "currency",  "kind",          "order_id", "label",  "client_id", "client_secret", "grant_type",
      "access_token",    "signature", "refresh_token", "nonce",    "data",   "state",     "scope",         "type",
      "expected_result", "direction", "session_name",  "start_id", "end_id", "sorting"};
  return std::find(names.begin(), names.end(), name) != names.end();
}

boost::json::value read_query_value(std::string_view name, std::string text) {
  const bool typed = !text.empty() && (std::string_view{"-0123456789[{"}.find(text[0]) != std::string_view::npos ||
                                       text == "true" || text == "false" || text == "null");
  if (typed && !is_text_param(name))
    if (auto value = parse_json(text))
      return std::move(*value);
  std::erase(text, '\x01'); // the mark of exact numbers never comes from outside
  if (!base::is_utf8(text)) // nor what would break the JSON of an answer or of the audit log
    std::replace_if(
        text.begin(), text.end(), [](char letter) { return static_cast<unsigned char>(letter) >= 0x80; }, '?');
  return boost::json::string{text};
}

} // namespace

boost::json::object read_query(std::string_view query) {
  boost::json::object params;
  while (!query.empty() && params.size() < 256) {
    const std::string_view pair = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(pair.size() + 1, query.size()));
    const std::size_t equals = std::min(pair.find('='), pair.size());
    const std::string name = decode_percent(pair.substr(0, equals));
    if (!name.empty())
      params[name] = read_query_value(name, decode_percent(pair.substr(std::min(equals + 1, pair.size()))));
  }
  return params;
}

} // namespace cafnode::sim

#include "tests/conf/document_of_key.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace cafnode::conf {

namespace {

using values = std::map<std::string, std::string>; // by path within the scope, as YAML on one line

/// The values as one map of maps.
std::string nested(const values& all) {
  std::string out = "{";
  for (auto here = all.begin(); here != all.end();) {
    const auto name = here->first.substr(0, here->first.find('.'));
    values below;
    std::string plain;
    for (; here != all.end() && (here->first == name || here->first.starts_with(name + ".")); ++here) {
      if (here->first == name)
        plain = here->second;
      else
        below[here->first.substr(name.size() + 1)] = here->second;
    }
    out += fmt::format("{}{}: {}", out.size() > 1 ? ", " : "", name, below.empty() ? plain : nested(below));
  }
  return out + "}";
}

} // namespace

std::string document_with(const key& of, const std::string* value) {
  values node{{"apiVersion", "caf-node/v1"}, {"kind", "Node"}};
  values exchange{{"name", "x"}, {"venue", "deribit"}, {"url.host", "h"}, {"url.port", "1"}, {"url.tls", "true"}};
  values connection{{"name", "c"}};
  auto& in = of.in == scope::node ? node : of.in == scope::exchange ? exchange : connection;
  in.erase(std::string{of.path});
  if (value != nullptr)
    in[std::string{of.path}] = *value;
  exchange["connections"] = "[" + nested(connection) + "]";
  node["exchanges"] = "[" + nested(exchange) + "]";
  return nested(node);
}

const fault* fault_of_form(const loaded& from, const key& of) {
  const auto found = std::find_if(from.faults.begin(), from.faults.end(), [&](const fault& each) {
    const bool is_form = each.code != fault_code::contradiction && each.code != fault_code::insecure;
    return is_form && each.severity == severity::error && each.path.ends_with(of.path) &&
           (each.code != fault_code::missing_key || of.required || each.message.find("reference") != std::string::npos);
  });
  return found == from.faults.end() ? nullptr : &*found;
}

} // namespace cafnode::conf

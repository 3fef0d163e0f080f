#include "sim/market/params.hpp"

#include "sim/market/exact_json.hpp"
#include "sim/market/faults.hpp"

#include <algorithm>

namespace cafnode::sim {

namespace {

constexpr std::size_t text_max = 1'024;
constexpr std::size_t list_max = 100;

std::optional<std::string> text_in(const boost::json::value& value) {
  const auto* text = value.if_string();
  if (text == nullptr || text->size() > text_max)
    return std::nullopt;
  return std::string{text->data(), text->size()};
}

} // namespace

const boost::json::value* params::find(std::string_view name) const {
  const auto* value = given_.if_contains({name.data(), name.size()});
  return value == nullptr || value->is_null() ? nullptr : value;
}

bool params::has(std::string_view name) const {
  return find(name) != nullptr;
}

std::string params::text(std::string_view name) {
  if (!has(name))
    refuse(name, "missing");
  return text_or(name, "");
}

std::string params::text_or(std::string_view name, std::string_view otherwise) {
  const auto* value = find(name);
  if (value == nullptr)
    return std::string{otherwise};
  auto read = text_in(*value);
  if (!read)
    refuse(name, "invalid format");
  return std::move(read).value_or(std::string{otherwise});
}

std::string params::choice(std::string_view name, std::initializer_list<std::string_view> allowed,
                           std::string_view otherwise) {
  auto read = text_or(name, otherwise);
  if (read != otherwise && std::find(allowed.begin(), allowed.end(), read) == allowed.end()) {
    refuse(name, "invalid value");
    return std::string{otherwise};
  }
  return read;
}

std::vector<std::string> params::texts(std::string_view name) {
  const auto* value = find(name);
  if (value == nullptr) {
    refuse(name, "missing");
    return {};
  }
  const auto* list = value->if_array();
  if (list == nullptr)
    return {text(name)};
  if (list->size() > list_max) {
    refuse(name, "invalid value");
    return {};
  }
  std::vector<std::string> all;
  for (const auto& each : *list) {
    auto read = text_in(each);
    if (!read)
      refuse(name, "invalid format");
    all.push_back(std::move(read).value_or(""));
  }
  return all;
}

decimal params::number(std::string_view name) {
  if (!has(name))
    refuse(name, "missing");
  return maybe_number(name).value_or(decimal{});
}

std::optional<decimal> params::maybe_number(std::string_view name) {
  const auto* value = find(name);
  if (value == nullptr)
    return std::nullopt;
  const auto read = decimal_of(*value);
  if (!read)
    refuse(name, "invalid format");
  return read;
}

std::int64_t params::whole(std::string_view name, std::int64_t otherwise, std::int64_t low, std::int64_t high) {
  const auto read = maybe_whole(name);
  if (!read)
    return otherwise;
  if (*read < low)
    refuse(name, "value must be >= " + std::to_string(low));
  else if (*read > high)
    refuse(name, "value must be <= " + std::to_string(high));
  return *read;
}

std::optional<std::int64_t> params::maybe_whole(std::string_view name) {
  const auto* value = find(name);
  if (value == nullptr)
    return std::nullopt;
  if (const auto* number = value->if_int64(); number != nullptr)
    return *number;
  const auto read = decimal_of(*value);
  if (read && read->is_multiple_of(sim::whole(1)))
    return read->raw() / decimal::one;
  refuse(name, "invalid format");
  return std::nullopt;
}

bool params::flag(std::string_view name, bool otherwise) {
  return maybe_flag(name).value_or(otherwise);
}

std::optional<bool> params::maybe_flag(std::string_view name) {
  const auto* value = find(name);
  if (value == nullptr)
    return std::nullopt;
  if (const auto* flag = value->if_bool(); flag != nullptr)
    return *flag;
  const auto* text = value->if_string();
  if (text != nullptr && (*text == "true" || *text == "false"))
    return *text == "true";
  refuse(name, "invalid format");
  return std::nullopt;
}

void params::refuse(std::string_view name, std::string_view reason) {
  refuse(bad_parameter(name, reason));
}

void params::refuse(rpc_error why) {
  if (!failed())
    fault_ = std::move(why);
}

} // namespace cafnode::sim

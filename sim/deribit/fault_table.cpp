#include "sim/deribit/fault_table.hpp"

#include "sim/deribit/rpc_text.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace cafnode::sim {

namespace {

constexpr std::array<std::string_view, static_cast<std::size_t>(fault_type::count_of_types)> names{"close",
                                                                                                   "garble",
                                                                                                   "test_request_storm",
                                                                                                   "expire_tokens",
                                                                                                   "mute",
                                                                                                   "freeze",
                                                                                                   "delay",
                                                                                                   "drop_acks",
                                                                                                   "duplicate_replies",
                                                                                                   "delay_events",
                                                                                                   "duplicate_events",
                                                                                                   "reorder_events",
                                                                                                   "lose_events",
                                                                                                   "refuse_auth",
                                                                                                   "refuse_upgrade",
                                                                                                   "ignore_upgrade",
                                                                                                   "rate_limit",
                                                                                                   "reject_next",
                                                                                                   "late_cod",
                                                                                                   "no_cod",
                                                                                                   "query_lag",
                                                                                                   "maintenance",
                                                                                                   "settlement",
                                                                                                   "gap",
                                                                                                   "ignore_test",
                                                                                                   "execute_late",
                                                                                                   "stop_heartbeats",
                                                                                                   "clock_offset"};

std::string all_names() {
  return fmt::format("{}", fmt::join(names, ", "));
}

/// "all", an account's name, or the id of a connection; objects say it in full.
std::optional<fault_target> read_target(const boost::json::value* given) {
  fault_target target;
  if (given == nullptr || given->is_null())
    return target;
  if (given->is_int64() && given->get_int64() > 0) {
    target.connection = static_cast<std::uint64_t>(given->get_int64());
    return target;
  }
  if (given->is_string()) {
    const std::string text{given->get_string().c_str()};
    target.account = text == "all" ? "" : text;
    return target;
  }
  if (!given->is_object())
    return std::nullopt;
  const auto connection = integer_param(given->get_object(), "connection").value_or(0);
  target.account = text_param(given->get_object(), "account").value_or("");
  target.connection = static_cast<std::uint64_t>(std::max<std::int64_t>(connection, 0));
  return target;
}

bool read_number(const boost::json::object& given, std::string_view name, std::int64_t& into) {
  if (!given.contains(name))
    return true;
  const auto number = integer_param(given, name);
  if (!number || *number < 0 || *number > 1'000'000'000)
    return false;
  into = *number;
  return true;
}

bool is_known_key(std::string_view key) {
  constexpr std::array<std::string_view, 6> keys{"type", "target", "params", "count", "for_ms", "at_ms"};
  return std::find(keys.begin(), keys.end(), key) != keys.end();
}

base::failure<std::string> wrong(std::string why) {
  return base::failure{std::move(why)};
}

} // namespace

std::string_view name_of(fault_type type) noexcept {
  return names[static_cast<std::size_t>(type)];
}

std::optional<fault_type> fault_named(std::string_view name) noexcept {
  const auto found = std::find(names.begin(), names.end(), name);
  if (found == names.end())
    return std::nullopt;
  return static_cast<fault_type>(found - names.begin());
}

bool is_immediate(fault_type type) noexcept {
  return type < fault_type::mute;
}

bool fault_target::hits(std::uint64_t candidate, std::string_view its_account) const noexcept {
  if (connection != 0)
    return connection == candidate;
  return account.empty() || account == its_account;
}

std::int64_t fault_spec::number(std::string_view name, std::int64_t otherwise) const {
  return integer_param(params, name).value_or(otherwise);
}

std::string fault_spec::text(std::string_view name, std::string_view otherwise) const {
  return text_param(params, name).value_or(std::string{otherwise});
}

base::result<fault_spec, std::string> read_fault(const boost::json::object& given) {
  fault_spec spec;
  for (const auto& [key, value] : given)
    if (!is_known_key({key.data(), key.size()}))
      return wrong(fmt::format("unknown field '{}'; fields are type, target, params, count, for_ms, at_ms",
                               std::string_view{key.data(), std::min<std::size_t>(key.size(), 40)}));
  const auto type = fault_named(text_param(given, "type").value_or(""));
  if (!type)
    return wrong("'type' must be one of: " + all_names());
  spec.type = *type;
  const auto target = read_target(given.if_contains("target"));
  if (!target)
    return wrong(
        "'target' must be \"all\", an account, a connection's number, or {\"connection\":N} or {\"account\":NAME}");
  spec.target = *target;
  if (const auto* params = given.if_contains("params"); params != nullptr) {
    if (!params->is_object())
      return wrong("'params' must be an object");
    spec.params = params->get_object();
  }
  if (!read_number(given, "count", spec.count) || !read_number(given, "for_ms", spec.for_ms) ||
      !read_number(given, "at_ms", spec.at_ms))
    return wrong("'count', 'for_ms' and 'at_ms' must be whole numbers from 0 to 1000000000");
  return spec;
}

std::uint64_t fault_table::add(fault_spec spec, base::time_point now) {
  if (active_.size() >= active_max)
    return 0;
  ++counts_[static_cast<std::size_t>(spec.type)];
  const std::int64_t strikes = spec.count;
  active_.push_back({next_id_, std::move(spec), now, strikes, 0});
  return next_id_++;
}

bool fault_table::remove(std::uint64_t id) {
  const auto found = std::find_if(active_.begin(), active_.end(), [id](const auto& fault) { return fault.id == id; });
  if (found == active_.end())
    return false;
  --counts_[static_cast<std::size_t>(found->spec.type)];
  active_.erase(found);
  return true;
}

const fault_spec* fault_table::look(fault_type type, std::uint64_t connection, std::string_view account) const {
  if (!any(type))
    return nullptr;
  for (const auto& fault : active_) {
    const bool spent = fault.spec.count > 0 && fault.left == 0;
    if (fault.spec.type == type && !spent && fault.spec.target.hits(connection, account))
      return &fault.spec;
  }
  return nullptr;
}

std::optional<fault_spec> fault_table::strike(fault_type type, std::uint64_t connection, std::string_view account) {
  const fault_spec* found = look(type, connection, account);
  if (found == nullptr)
    return std::nullopt;
  for (auto& fault : active_) {
    if (&fault.spec != found)
      continue;
    ++fault.struck;
    if (fault.left > 0)
      --fault.left;
  }
  return *found;
}

std::vector<active_fault> fault_table::take_ended(base::time_point now) {
  std::vector<active_fault> ended;
  const auto is_over = [now](const active_fault& fault) {
    const bool late = fault.spec.for_ms > 0 && now - fault.since >= std::chrono::milliseconds{fault.spec.for_ms};
    return late || (fault.spec.count > 0 && fault.left == 0);
  };
  for (std::size_t at = 0; at < active_.size();) {
    if (!is_over(active_[at])) {
      ++at;
      continue;
    }
    ended.push_back(active_[at]);
    remove(active_[at].id);
  }
  return ended;
}

boost::json::object describe_fault(const active_fault& fault) {
  boost::json::object target;
  if (fault.spec.target.connection != 0)
    target["connection"] = fault.spec.target.connection;
  if (!fault.spec.target.account.empty())
    target["account"] = fault.spec.target.account;
  boost::json::object out{{"id", fault.id}, {"type", name_of(fault.spec.type)}, {"struck", fault.struck}};
  out["target"] = target.empty() ? boost::json::value("all") : boost::json::value(target);
  out["params"] = fault.spec.params;
  if (fault.spec.count > 0)
    out["left"] = fault.left;
  if (fault.spec.for_ms > 0)
    out["for_ms"] = fault.spec.for_ms;
  return out;
}

} // namespace cafnode::sim

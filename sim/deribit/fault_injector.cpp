#include "sim/deribit/fault_injector.hpp"

#include "sim/deribit/rpc_text.hpp"

#include <algorithm>
#include <chrono>
#include <optional>
#include <utility>

namespace cafnode::sim {

namespace {

/// A frame that breaks the protocol, by the name of its shape.
std::optional<bad_frame> broken_frame(std::string_view shape) {
  if (shape == "half_frame")
    return bad_frame::half;
  if (shape == "reserved_bits")
    return bad_frame::reserved_bits;
  if (shape == "binary")
    return bad_frame::binary;
  return std::nullopt;
}

std::string spaces(std::int64_t count) {
  return std::string(static_cast<std::size_t>(std::clamp<std::int64_t>(count, 1, std::int64_t{256} << 20U)), ' ');
}

/// What an exchange would not say, by the name of its shape.
std::optional<std::string> wrong_text(std::string_view shape, const fault_spec& spec) {
  if (shape == "huge")
    return spaces(spec.number("bytes", std::int64_t{64} << 20U));
  if (shape == "invalid_utf8")
    return "{\"jsonrpc\":\"2.0\",\"method\":\"\xff\xfe\"}";
  if (shape == "not_json")
    return "{\"jsonrpc\":\"2.0\",";
  if (shape == "wrong_shape")
    return R"({"jsonrpc":"2.0","method":"subscription","params":[1,2,{"channel":7}]})";
  if (shape == "deep")
    return std::string(20'000, '[') + std::string(20'000, ']');
  if (shape == "reply_to_nobody")
    return R"({"jsonrpc":"2.0","id":987654321987,"result":{"order":{"order_id":"1"},"trades":[]}})";
  if (shape == "foreign_subscription")
    return write_notification("ticker.NOT-SUBSCRIBED.100ms", "{}", "");
  if (shape == "text")
    return spec.text("text", "");
  return std::nullopt;
}

std::string shape_of(const fault_spec& spec) {
  return spec.text("shape", "half_frame");
}

bool has_shape(const fault_spec& spec) {
  const fault_spec least{fault_type::garble, {}, {{"bytes", 1}}, 0, 0, 0}; // no huge text for the mere question
  const std::string shape = shape_of(spec);
  return broken_frame(shape) || wrong_text(shape, least);
}

constexpr const char* shapes = "half_frame, huge, invalid_utf8, not_json, wrong_shape, deep, reply_to_nobody, "
                               "foreign_subscription, reserved_bits, binary, text";

} // namespace

base::result<fault_injector::applied, std::string> fault_injector::apply(const fault_spec& spec) {
  if (spec.type == fault_type::garble && !has_shape(spec))
    return base::failure{std::string{"'shape' must be one of: "} + shapes};
  const auto hit = sessions_hit(spec.target);
  if (is_immediate(spec.type)) {
    began({0, spec, core_.now().steady, 0, 0});
    for (const std::uint64_t id : hit)
      if (client* one = core_.find(id))
        strike_once(spec, *one);
    if (spec.type == fault_type::expire_tokens && spec.target.connection == 0)
      core_.accounts.expire_account(spec.target.account, core_.now().steady);
    return applied{0, hit.size()};
  }
  const std::uint64_t id = core_.faults.add(spec, core_.now().steady);
  if (id == 0)
    return base::failure{std::string{"too many faults are under way"}};
  began(core_.faults.active().back());
  return applied{id, hit.size()};
}

bool fault_injector::remove(std::uint64_t id) {
  const auto& active = core_.faults.active();
  const auto found = std::find_if(active.begin(), active.end(), [id](const auto& fault) { return fault.id == id; });
  if (found == active.end())
    return false;
  const active_fault gone = *found;
  core_.faults.remove(id);
  ended(gone);
  return true;
}

std::size_t fault_injector::remove_all() {
  std::size_t count = 0;
  while (!core_.faults.active().empty() && remove(core_.faults.active().front().id))
    ++count;
  return count;
}

void fault_injector::schedule(std::vector<fault_spec> script) {
  for (auto& spec : script) {
    const std::chrono::milliseconds wait{spec.at_ms};
    core_.after(wait, [this, spec = std::move(spec)] {
      if (const auto outcome = apply(spec); !outcome)
        core_.audit.record("fault_refused", {{"type", name_of(spec.type)}, {"why", outcome.fault()}});
    });
  }
}

void fault_injector::tick() {
  for (const auto& fault : core_.faults.take_ended(core_.now().steady))
    ended(fault);
}

void fault_injector::settle(client& one) {
  one.line->freeze(core_.faults.look(fault_type::freeze, one.line->id(), one.account()) != nullptr);
}

std::vector<std::uint64_t> fault_injector::sessions_hit(const fault_target& target) const {
  std::vector<std::uint64_t> ids;
  for (const auto& [id, one] : core_.clients)
    if (one.ws && one.line->is_open() && target.hits(id, one.account()))
      ids.push_back(id);
  std::sort(ids.begin(), ids.end());
  return ids;
}

void fault_injector::strike_once(const fault_spec& spec, client& one) {
  switch (spec.type) {
  case fault_type::close:
    return close_one(spec, one);
  case fault_type::garble:
    return garble(spec, one);
  case fault_type::test_request_storm:
    return storm(spec, one);
  case fault_type::expire_tokens:
    if (spec.target.connection != 0)
      core_.accounts.expire_account(one.account(), core_.now().steady);
    return;
  default:
    return;
  }
}

void fault_injector::close_one(const fault_spec& spec, client& one) {
  const std::string how = spec.text("how", spec.params.contains("code") ? "code" : "fin");
  const auto line = one.line;
  if (how == "rst")
    return line->reset("fault");
  if (how == "fin")
    return line->finish("fault");
  line->close(static_cast<int>(std::clamp<std::int64_t>(spec.number("code", 1001), 1000, 4999)),
              spec.text("reason", ""), "fault");
}

void fault_injector::garble(const fault_spec& spec, client& one) {
  const auto line = one.line;
  const std::string shape = shape_of(spec);
  if (const auto broken = broken_frame(shape))
    line->send_bad(*broken);
  else
    line->send(make_frame(wrong_text(shape, spec).value_or("")));
  if (shape == "half_frame" && spec.text("then", "close") == "close")
    line->finish("fault");
}

void fault_injector::storm(const fault_spec& spec, client& one) {
  static const frame_text frame = make_frame(write_heartbeat("test_request"));
  const std::int64_t count = std::clamp<std::int64_t>(spec.count == 0 ? 20 : spec.count, 1, 10'000);
  const std::chrono::milliseconds apart{std::clamp<std::int64_t>(spec.number("every_ms", 0), 0, 60'000)};
  for (std::int64_t number = 0; number < count; ++number)
    core_.after(apart * number, [&core = core_, id = one.line->id()] {
      client* to = core.find(id);
      if (to == nullptr || !to->ws)
        return;
      ++to->ws->beats.asked;
      to->ws->beat.asked_at(core.now().steady);
      note(core, "heartbeat_asked", *to, {{"storm", true}});
      deliver(core, *to, frame);
    });
}

void fault_injector::began(const active_fault& fault) {
  core_.audit.record("fault_began", describe_fault(fault));
  if (fault.spec.type == fault_type::maintenance)
    say_maintenance(true);
  if (fault.spec.type == fault_type::freeze)
    for (auto& [id, one] : core_.clients)
      settle(one);
}

void fault_injector::ended(const active_fault& fault) {
  core_.audit.record("fault_ended", describe_fault(fault));
  if (fault.spec.type == fault_type::maintenance)
    say_maintenance(false);
  if (fault.spec.type == fault_type::freeze)
    for (auto& [id, one] : core_.clients)
      settle(one);
}

void fault_injector::say_maintenance(bool under_way) {
  const std::string state = json_text(boost::json::object{{"maintenance", under_way}});
  feeds_.publish({"platform_state", "", state});
  feeds_.pump();
}

} // namespace cafnode::sim

#include "apps/trace/script.hpp"

#include <boost/json.hpp>
#include <boost/system/system_error.hpp>

#include <functional>
#include <map>
#include <stdexcept>

namespace cafnode::trace {

namespace {

namespace json = boost::json;
using namespace supervision;

std::string text(const json::object& from, std::string_view key) {
  const auto* found = from.if_contains(key);
  return found ? json::value_to<std::string>(*found) : std::string{};
}

bool flag(const json::object& from, std::string_view key) {
  const auto* found = from.if_contains(key);
  return found && found->as_bool();
}

strategy read_strategy(const std::string& word) {
  if (word == "one_for_one")
    return strategy::one_for_one;
  if (word == "one_for_all")
    return strategy::one_for_all;
  if (word == "rest_for_one")
    return strategy::rest_for_one;
  if (word == "simple_one_for_one")
    return strategy::simple_one_for_one;
  throw std::runtime_error("unknown strategy " + word);
}

restart_type read_restart(const std::string& word) {
  if (word.empty() || word == "permanent")
    return restart_type::permanent;
  if (word == "transient")
    return restart_type::transient;
  if (word == "temporary")
    return restart_type::temporary;
  throw std::runtime_error("unknown restart type " + word);
}

auto_shutdown read_auto_shutdown(const std::string& word) {
  if (word.empty() || word == "never")
    return auto_shutdown::never;
  if (word == "any_significant")
    return auto_shutdown::any_significant;
  if (word == "all_significant")
    return auto_shutdown::all_significant;
  throw std::runtime_error("unknown auto_shutdown " + word);
}

shutdown_mode read_shutdown(const json::value& from) {
  if (from.is_int64())
    return grace{std::chrono::milliseconds{from.as_int64()}};
  const auto word = json::value_to<std::string>(from);
  if (word == "brutal_kill")
    return brutal_kill{};
  if (word == "infinity")
    return infinite_grace{};
  throw std::runtime_error("unknown shutdown " + word);
}

script_supervisor read_supervisor(const json::object& from);

script_child read_child(const json::object& from) {
  script_child child;
  child.id = text(from, "id");
  child.restart = read_restart(text(from, "restart"));
  child.significant = flag(from, "significant");
  child.stubborn = flag(from, "stubborn");
  if (const auto* mode = from.if_contains("shutdown"))
    child.shutdown = read_shutdown(*mode);
  if (const auto* sup = from.if_contains("sup"))
    child.sup = std::make_shared<const script_supervisor>(read_supervisor(sup->as_object()));
  return child;
}

script_supervisor read_supervisor(const json::object& from) {
  script_supervisor out;
  out.id = text(from, "id");
  out.flags.strategy = read_strategy(text(from, "strategy"));
  out.flags.auto_shutdown = read_auto_shutdown(text(from, "auto_shutdown"));
  if (const auto* intensity = from.if_contains("intensity"))
    out.flags.intensity = json::value_to<std::size_t>(*intensity);
  if (const auto* period = from.if_contains("period_s"))
    out.flags.period = std::chrono::seconds{period->as_int64()};
  for (const auto& child : from.at("children").as_array())
    out.children.push_back(read_child(child.as_object()));
  return out;
}

/// What a step has to say beside its word.
const std::map<std::string, std::vector<const char*>, std::less<>>& step_words() {
  static const std::map<std::string, std::vector<const char*>, std::less<>> words{
      {"exit", {"id", "reason"}},
      {"kill", {"id"}},
      {"fail_start", {"id", "times"}},
      {"ignore_start", {"id", "times"}},
      {"sleep_ms", {"ms"}},
      {"start_child", {"sup", "child"}},
      {"terminate_child", {"sup", "id"}},
      {"restart_child", {"sup", "id"}},
      {"delete_child", {"sup", "id"}},
      {"start_dyn", {"sup", "id"}},
      {"terminate_dyn", {"sup", "id"}},
      {"which_children", {"sup"}},
      {"count_children", {"sup"}},
      {"stop", {"id"}},
  };
  return words;
}

void check_step(const json::object& from) {
  const auto word = text(from, "do");
  const auto found = step_words().find(word);
  if (found == step_words().end())
    throw std::runtime_error("unknown word \"" + word + "\"");
  for (const auto* key : found->second)
    if (!from.contains(key))
      throw std::runtime_error(word + " needs \"" + key + "\"");
}

script_step read_step(const json::object& from) {
  check_step(from);
  script_step step{text(from, "do"), text(from, "id"), text(from, "sup"), text(from, "reason"), 0, {}};
  for (const auto* key : {"times", "ms"})
    if (const auto* count = from.if_contains(key))
      step.count = count->as_int64();
  if (const auto* child = from.if_contains("child"))
    step.child = read_child(child->as_object());
  return step;
}

/// Without the places in its own source that Boost adds.
std::string said_by(const std::exception& problem) {
  if (const auto* of_boost = dynamic_cast<const boost::system::system_error*>(&problem))
    return of_boost->code().message();
  return problem.what();
}

/// Its faults say which step it is.
script_step read_numbered(const json::value& from, std::size_t number) {
  try {
    return read_step(from.as_object());
  } catch (const std::exception& problem) {
    throw std::runtime_error("step " + std::to_string(number) + ": " + said_by(problem));
  }
}

} // namespace

std::variant<trace_script, std::string> read_script(std::string_view source) {
  try {
    const auto parsed = json::parse(source);
    for (const auto* key : {"root", "steps"})
      if (!parsed.as_object().contains(key))
        throw std::runtime_error("a script needs \"" + std::string{key} + "\"");
    trace_script script;
    script.root = read_supervisor(parsed.as_object().at("root").as_object());
    for (const auto& step : parsed.as_object().at("steps").as_array())
      script.steps.push_back(read_numbered(step, script.steps.size()));
    return script;
  } catch (const std::exception& problem) {
    return said_by(problem);
  }
}

} // namespace cafnode::trace

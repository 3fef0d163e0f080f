#include "conf/loader.hpp"

#include <doctest/doctest.h>

#include <map>

using namespace cafnode::conf;

namespace {

std::vector<override_value> from_environment(const std::map<std::string, std::string>& variables) {
  return overrides_from_environment([&](const char* name) -> const char* {
    const auto found = variables.find(name);
    return found == variables.end() ? nullptr : found->second.c_str();
  });
}

} // namespace

SCENARIO("flags win over the environment, and that over the file") {
  auto config = load_built_in();
  apply_overrides(config, from_environment({{"CAF_NODE_REGION", "osaka"}, {"CAF_NODE_CONTROL_PORT", "0"}}));
  apply_overrides(config, {{"node.region", "tokyo", origin::flag, "--region"}});
  CHECK(config.usable());
  CHECK(config.config.region == "tokyo");
  CHECK(config.config.control.port == 0);
  CHECK(config.origins.at("node.region") == origin::flag);
  CHECK(config.origins.at("control.port") == origin::env);
  const auto printed = print_config(config, true);
  CHECK(printed.find("region: tokyo                                          # flag") != std::string::npos);
}

SCENARIO("each of the node's keys has a variable, and an empty one counts as unset") {
  const auto values =
      from_environment({{"CAF_NODE_LOG_LEVEL", "debug"}, {"CAF_NODE_DRAIN_TIMEOUT", "2s"}, {"CAF_NODE_NAME", ""}});
  REQUIRE(values.size() == 2);
  CHECK(values[0].path == "log.level");
  CHECK(values[1].path == "drain_timeout");
  CHECK(values[1].label == "CAF_NODE_DRAIN_TIMEOUT");
}

SCENARIO("a wrong override is a fault that names the flag, and changes nothing") {
  auto config = load_built_in();
  apply_overrides(config, {{"node.region", "Tokyo!", origin::flag, "--region"},
                           {"node.regoin", "x", origin::flag, "--set"},
                           {"control.port", "99999", origin::env, "CAF_NODE_CONTROL_PORT"}});
  REQUIRE(config.faults.size() == 3);
  CHECK_FALSE(config.usable());
  CHECK(config.config.region == "local");
  CHECK(format_fault(config.faults[0]) ==
        "--region: error: node.region is not a name; expected 1 to 32 of a-z, 0-9 and -");
  CHECK(config.faults[1].code == fault_code::unknown_key);
  CHECK(config.faults[2].file == "CAF_NODE_CONTROL_PORT");
}

SCENARIO("what a file says and a flag or a variable outdoes is known, and only that") {
  const std::string text = "apiVersion: caf-node/v1\nkind: Node\ncontrol: {port: 7602}\nlog: {level: debug}\n";
  const auto file = load_text("f", text);
  auto in_force = load_text("f", text);
  apply_overrides(in_force, {{"log.level", "debug", origin::env, "CAF_NODE_LOG_LEVEL"},
                             {"control.port", "7601", origin::flag, "--control-port"},
                             {"node.region", "osaka", origin::flag, "--region"}});
  const auto found = overridden_in(file, in_force);
  REQUIRE(found.size() == 1); // the level is the same, and of the region the file says nothing
  CHECK(found[0].path == "control.port");
  CHECK(found[0].in_file == "7602");
  CHECK(found[0].in_force == "7601");
  CHECK(found[0].by == origin::flag);
  CHECK(overridden_in(file, file).empty());
}

#pragma once

#include "runtime/base/time.hpp"
#include "runtime/observe/field.hpp"

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace cafnode::control {

/// What can happen to the configuration of a node.
enum class config_step : std::uint8_t { planned, applied, undone, refused };

/// What the events are called, in the order of config_step.
inline constexpr std::array<std::string_view, 4> config_kinds{"config_planned", "config_applied", "config_undone",
                                                              "config_refused"};

/// What happens to the configuration, for events, log and metrics.
struct config_news {
  config_step what = config_step::planned;
  base::moment at{};
  std::string region{};      // the root of the node's tree, which it is about
  std::string cause{};       // a sentence
  std::uint64_t version = 0; // joins the events of one change
  observe::field_list fields{};
};

} // namespace cafnode::control

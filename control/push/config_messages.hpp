#pragma once

#include "control/push/push_course.hpp"
#include "runtime/process/messages.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

/// What the keeper of the configuration is asked, and answers. All local to a node.
namespace cafnode::control {

enum class config_question : std::uint8_t {
  status,   // what runs, since when, what waits
  history,  // the versions that are kept
  version,  // the text of `version`
  diff,     // what differs between `version` and `other`
  plan,     // what `text` would change; nothing is touched
  apply,    // do it
  rollback, // apply the text of `version`
  reread,   // apply the node's file as it is now
};

/// What somebody wants of the configuration. Asked of the keeper; answered with config_answer.
struct config_wish {
  config_question what = config_question::status;

  std::string text;          // YAML, for plan and apply
  std::string name = "PUSH"; // stands for the text's file in faults
  std::uint64_t index = 0;   // the plan's; 0: whatever runs now
  std::string hash;          // the plan's; empty: not compared
  std::string node;          // the plan's; empty: not compared
  std::uint64_t version = 0;
  std::uint64_t other = 0;
  bool by_owner = false; // it came over the unix socket: it may say where secrets are and go, and who may do what
  std::string who = "unknown";
  std::string why;
  push_limits limits;
};

enum class config_outcome : std::uint8_t {
  done,
  bad_text,    // it cannot be used: `json` holds its faults
  stale,       // something else runs than the plan was made for, or it is another text or node
  busy,        // another change is under way
  not_now,     // the node ends, or orders stand against it
  undone,      // it was tried and taken back
  not_found,   // no such version
  unavailable, // what it needs cannot be had: a secret, room in the store
  not_allowed, // only the node's owner may
};

struct config_answer {
  config_outcome outcome = config_outcome::done;
  std::string text; // a sentence for the one who asked, when it was not done
  std::string hint;
  std::string json; // what was asked for
};

[[nodiscard]] inline config_answer not_done(config_outcome outcome, std::string text, std::string hint = {}) {
  return {outcome, std::move(text), std::move(hint), {}};
}

} // namespace cafnode::control

CAFNODE_LOCAL_MESSAGE(cafnode::control::config_wish)
CAFNODE_LOCAL_MESSAGE(cafnode::control::config_answer)

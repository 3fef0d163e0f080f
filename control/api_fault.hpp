#pragma once

#include "control/control_actions.hpp"
#include "runtime/net/http_server.hpp"

#include <string>
#include <utility>
#include <vector>

namespace cafnode::control {

/// Why a request was not done, as its sender reads it: {"error":{"code","message","hint","details"}}.
struct api_fault {
  int status = 400;
  std::string code;                                           // a stable word: "not_found"
  std::string message;                                        // what happened
  std::string hint;                                           // what to do about it; may be empty
  std::vector<std::pair<std::string, std::string>> headers{}; // of the answer: Allow
  std::string details{};                                      // JSON, by the code; may be empty
};

[[nodiscard]] net::http_response to_response(const api_fault& fault);
[[nodiscard]] api_fault to_fault(const action_failure& failed);
[[nodiscard]] api_fault bad_request(std::string message, std::string hint = {});

} // namespace cafnode::control

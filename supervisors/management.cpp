#include "supervisors/management.hpp"

namespace cafnode::supervision {

std::string_view to_string(answer_code code) noexcept {
  switch (code) {
  case answer_code::ok:
    return "ok";
  case answer_code::started:
    return "started";
  case answer_code::ignored:
    return "ignored";
  case answer_code::running:
    return "running";
  case answer_code::restarting:
    return "restarting";
  case answer_code::not_found:
    return "not_found";
  case answer_code::already_started:
    return "already_started";
  case answer_code::already_present:
    return "already_present";
  case answer_code::start_failed:
    return "start_failed";
  case answer_code::wrong_strategy:
    return "wrong_strategy";
  case answer_code::invalid_spec:
    return "invalid_spec";
  case answer_code::too_many_children:
    return "too_many_children";
  case answer_code::too_many_calls:
    return "too_many_calls";
  case answer_code::stopping:
    return "stopping";
  case answer_code::undone:
    return "undone";
  }
  return "unknown";
}

} // namespace cafnode::supervision

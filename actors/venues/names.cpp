#include "actors/venues/event.hpp"

namespace cafnode::venues {

std::string_view to_string(disposition value) noexcept {
  switch (value) {
  case disposition::reject:
    return "reject";
  case disposition::reprice:
    return "reprice";
  case disposition::retry:
    return "retry";
  case disposition::pause:
    return "pause";
  case disposition::reauthenticate:
    return "reauthenticate";
  case disposition::fatal:
    return "fatal";
  case disposition::unknown:
    return "unknown";
  case disposition::gone:
    return "gone";
  case disposition::back_off:
    return "back_off";
  case disposition::our_bug:
    return "our_bug";
  }
  return "?";
}

std::string_view to_string(stage value) noexcept {
  switch (value) {
  case stage::authenticating:
    return "authenticating";
  case stage::subscribing:
    return "subscribing";
  case stage::resumed:
    return "resumed";
  }
  return "?";
}

std::string_view to_string(fault_kind value) noexcept {
  switch (value) {
  case fault_kind::not_json:
    return "not_json";
  case fault_kind::wrong_shape:
    return "wrong_shape";
  case fault_kind::unknown_reply:
    return "unknown_reply";
  case fault_kind::foreign_channel:
    return "foreign_channel";
  case fault_kind::bad_number:
    return "bad_number";
  case fault_kind::unsolicited_error:
    return "unsolicited_error";
  case fault_kind::unknown_message:
    return "unknown_message";
  case fault_kind::unknown_word:
    return "unknown_word";
  }
  return "?";
}

} // namespace cafnode::venues

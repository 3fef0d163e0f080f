#pragma once

#include "actors/venues/event.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace cafnode::venues {

/// An HTTP request that a machine needs beside its sockets: a listen key, the renewal of one. Not for orders: their
/// place in the budget and their doubts belong to the gate.
struct http_request {
  request_id request = 0; // comes back with the answer; of the machine's choice, and of none that is under way
  std::string host = {};  // empty: as configured
  std::uint16_t port = 0; // 0: as configured
  std::string method = "GET";
  std::string target = "/";                                      // path and query
  std::vector<std::pair<std::string, std::string>> headers = {}; // beside Host and Content-Length; never logged
  std::string body = {};
  std::chrono::milliseconds deadline{5000}; // from the dial to the last byte of the answer
};

/// Of one connection, at a time.
inline constexpr std::size_t http_requests_max = 4;

/// What came of it.
struct http_answer {
  request_id request = 0;
  int status = 0;                           // 0: there is no answer, `fault` says why
  std::string body = {};                    // never trusted
  std::chrono::milliseconds retry_after{0}; // the exchange asked not to be asked again before; or 0
  std::string fault = {};                   // for a person
  bool sent = true;                         // the exchange may have got the request
};

} // namespace cafnode::venues

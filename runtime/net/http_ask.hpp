#pragma once

#include "runtime/base/result.hpp"
#include "runtime/net/dial_options.hpp"
#include "runtime/net/http_client.hpp"

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>

namespace boost::asio {

class io_context;

} // namespace boost::asio

namespace cafnode::net {

/// What an HTTP server answered.
struct http_reply_read {
  int status = 0;
  std::string body;
  std::chrono::milliseconds retry_after{0}; // it asked not to be asked again before (Retry-After); or 0
};

/// One HTTP request on an I/O thread, over a connection of its own. Its end drops the request at once and silently.
class http_ask {
public:
  virtual ~http_ask() = default;
};

struct http_ask_options {
  dial_options where; // its deadline is for the answer too; its path is not used
  std::size_t answer_bytes_max = std::size_t{1} << 20U;
  std::function<bool()> may_write; // looked at right before the request is written; empty: it may
};

using http_outcome = base::result<http_reply_read, http_failure>;

/// Dials as a link does, and asks. `done` is called once, on the thread that runs `io`, never from inside this call,
/// and not once the request was dropped. Redirects are answers like others.
[[nodiscard]] std::unique_ptr<http_ask> ask_http(boost::asio::io_context& io, http_ask_options options,
                                                 http_question question, std::function<void(http_outcome)> done);

} // namespace cafnode::net

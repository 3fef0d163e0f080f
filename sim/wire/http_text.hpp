#pragma once

#include "sim/line/http_call.hpp"

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace cafnode::sim {

/// Puts requests together from the bytes of one connection.
class http_reader {
public:
  http_reader(std::size_t header_bytes_max, std::size_t body_bytes_max);
  ~http_reader();
  http_reader(const http_reader&) = delete;
  http_reader& operator=(const http_reader&) = delete;

  enum class state { unfinished, complete, broken, too_large };

  /// Reads from the front of `bytes`; `used` is how many it took.
  state feed(std::string_view bytes, std::size_t& used);

  /// The request that has become complete; the reader then waits for the next.
  http_call take();

private:
  struct parser;

  std::size_t header_bytes_max_;
  std::size_t body_bytes_max_;
  std::unique_ptr<parser> parser_;
};

/// An answer whose body is JSON.
[[nodiscard]] std::string write_http(int status, std::string_view body, bool keep_alive);

} // namespace cafnode::sim

#pragma once

#include <boost/json/object.hpp>

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cafnode::sim {

/// One HTTP request, taken apart. Header names are lower case.
struct http_call {
  std::string method; // "GET"
  std::string target; // "/api/v2/public/test?x=1", as it was sent
  std::string path;   // before the question mark
  std::string query;  // behind it
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  bool keep_alive = true;

  [[nodiscard]] std::string_view header(std::string_view name) const noexcept;
  [[nodiscard]] bool wants_websocket() const;

  /// Whether it was sent to a name of the loopback, and by no web page from elsewhere: such a page can reach the port,
  /// and a name of its own can be made to mean 127.0.0.1.
  [[nodiscard]] bool is_for_loopback() const;
};

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

[[nodiscard]] std::string write_http(int status, std::string_view body, bool keep_alive, std::string_view content_type);
[[nodiscard]] std::string write_upgrade(std::string_view accept_key);

/// The parameters of a GET as JSON: numbers, booleans and JSON texts become such, except where the exchange's parameter
/// of that name is a string.
[[nodiscard]] boost::json::object read_query(std::string_view query);

} // namespace cafnode::sim

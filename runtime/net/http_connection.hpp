#pragma once

#include "runtime/net/asio_types.hpp"
#include "runtime/net/http_server.hpp"
#include "runtime/net/post_gate.hpp"

#include <boost/beast/core/basic_stream.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include <array>
#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <unordered_set>

namespace cafnode::net {

class http_connection;

/// What the connections of one server share. Its own thread only, but for the gate.
struct http_shared {
  http_server_options options;
  http_handler handler;
  std::shared_ptr<post_gate> gate;
  bool loopback = true;
  bool stopped = false;
  std::unordered_set<http_connection*> live;
};

/// What waits to be written to a streaming client: counted on any thread, written on the server's.
struct http_backlog {
  static constexpr std::size_t bytes_max = std::size_t{1} << 20U;

  std::atomic<bool> gone{false};
  std::atomic<std::size_t> bytes{0};
};

/// One client of the HTTP server, request after request. Includes Beast: only for this folder's own .cpp files.
class http_connection : public std::enable_shared_from_this<http_connection> {
public:
  http_connection(tcp_socket socket, std::shared_ptr<http_shared> shared);
  ~http_connection();
  http_connection(const http_connection&) = delete;
  http_connection& operator=(const http_connection&) = delete;

  /// Waits for the next request.
  void read_request();

  /// Answers the request under way; `exchange` tells a late answer from a current one.
  void answer(std::uint64_t exchange, const http_response& response);
  void start_stream(std::uint64_t exchange, int status, const std::string& content_type,
                    std::shared_ptr<http_backlog> backlog);
  void add_to_stream(std::uint64_t exchange, std::string_view text);
  void end_stream(std::uint64_t exchange);

  void drop();

private:
  using request_parser = boost::beast::http::request_parser<boost::beast::http::string_body>;
  using stream = boost::beast::basic_stream<boost::asio::ip::tcp, io_executor>;

  void on_header(const error_code& error);
  void read_body();
  void on_request(const error_code& error);
  void on_bad_read(const error_code& error);
  void refuse(int status, const std::string& why);
  void hand_over(const boost::beast::http::request<boost::beast::http::string_body>& request);
  void write_answer(const http_response& response);
  void on_answered(const error_code& error);
  void await_answer();
  void watch_client();
  void flush_stream();
  void on_flushed(const error_code& error);
  void linger();
  void linger_on();

  std::shared_ptr<http_shared> shared_;
  stream stream_;
  boost::beast::flat_buffer buffer_;
  std::optional<request_parser> parser_;
  steady_timer patience_; // for the handler's answer
  std::uint64_t exchange_ = 0;
  bool answering_ = false; // a request waits for its answer
  bool keep_alive_ = false;
  bool body_wanted_ = true; // not for HEAD
  bool chunked_ = true;
  bool stream_over_ = false;
  bool flushing_ = false;
  std::shared_ptr<http_backlog> backlog_;
  std::string out_;     // being written
  std::string pending_; // of a stream, to be written next
  std::size_t out_payload_ = 0;
  std::size_t pending_payload_ = 0;
  std::array<char, 512> scratch_{};
  std::size_t lingered_ = 0;
};

} // namespace cafnode::net

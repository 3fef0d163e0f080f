#pragma once

#include "runtime/base/wiped_text.hpp"
#include "runtime/net/asio_types.hpp"
#include "runtime/net/http_backlog.hpp"
#include "runtime/net/http_crowd.hpp"
#include "runtime/net/http_server.hpp"
#include "runtime/net/http_turns.hpp"
#include "runtime/net/link_stream.hpp"
#include "runtime/net/post_gate.hpp"
#include "runtime/net/spare_files.hpp"

#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include <array>
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
  std::shared_ptr<http_turns> turns;
  http_origin origin = http_origin::tcp;
  bool stopped = false;
  std::unordered_set<http_connection*> live; // those not dropped yet
  std::size_t unread = 0;                    // bytes of their answers that are being written
  std::shared_ptr<spare_files> spares = std::make_shared<spare_files>();
};

/// Takes back what a connection gave up, as soon as its socket is closed.
struct spares_refill {
  std::shared_ptr<spare_files> spares;

  explicit spares_refill(std::shared_ptr<spare_files> which) : spares{std::move(which)} {}

  spares_refill(const spares_refill&) = delete;
  spares_refill& operator=(const spares_refill&) = delete;

  ~spares_refill() { spares->refill(); }
};

/// One client of the HTTP server, request after request. Includes Beast: only for this folder's own .cpp files.
class http_connection : public std::enable_shared_from_this<http_connection> {
public:
  /// `urgent_only`: it has one of the places that are kept for what is urgent.
  http_connection(stream_socket socket, std::shared_ptr<http_shared> shared, bool urgent_only);
  ~http_connection();
  http_connection(const http_connection&) = delete;
  http_connection& operator=(const http_connection&) = delete;

  void begin();

  /// Answers the request under way; `exchange` tells a late answer from a current one.
  void answer(std::uint64_t exchange, http_response response);
  void start_stream(std::uint64_t exchange, int status, const std::string& content_type,
                    std::shared_ptr<http_backlog> backlog);

  /// The stream under way has something to write, or is over.
  void continue_stream(std::uint64_t exchange);

  void drop();

  [[nodiscard]] const http_stay& stay() const noexcept { return stay_; }

private:
  // What is read may carry a token: no memory is given back with it.
  using wiped_bytes = base::wiping_allocator<char>;
  using request_parser = boost::beast::http::request_parser<boost::beast::http::string_body, wiped_bytes>;
  using stream = basic_link_stream<stream_socket>;

  /// It was dropped while something of it was on its way here: it gave way to another, or the server has stopped.
  [[nodiscard]] bool is_gone() const noexcept { return dropped_; }

  void now_does(http_doing what, std::chrono::milliseconds at_most);
  void on_too_late();
  void shake_hands();
  void read_request();
  void await_turn();
  void on_first_bytes(const error_code& error, std::size_t got);
  void read_header();
  void on_header(const error_code& error);
  void read_body();
  void on_request(const error_code& error);
  void on_bad_read(const error_code& error);
  [[nodiscard]] bool is_called(std::string_view host_field);
  void refuse(const http_response& why);
  void hand_over(const request_parser::value_type& request);
  void queue(std::shared_ptr<http_request> request);
  void ask(http_request request);
  [[nodiscard]] bool has_left();
  void write_answer(http_response response);
  void holds(std::size_t unread);
  void make_room_for_answer();
  void on_answered(const error_code& error);
  void watch_client();
  void write_stream(std::string text);
  void flush_stream();
  void end_stream();
  void linger();

  std::shared_ptr<http_shared> shared_;
  spares_refill refill_; // goes behind the stream
  stream stream_;
  boost::beast::basic_flat_buffer<wiped_bytes> buffer_;
  std::optional<request_parser> parser_;
  steady_timer deadline_; // of what it does now
  http_stay stay_;
  std::uint64_t exchange_ = 0;
  bool urgent_only_;
  bool dropped_ = false;
  bool is_new_ = true;     // it has not asked anything yet
  bool too_slow_ = false;  // its request did not end in time
  bool answering_ = false; // a request waits for its answer
  bool keep_alive_ = false;
  bool body_wanted_ = true; // not for HEAD
  bool chunked_ = true;
  bool writing_ = false; // part of a stream
  bool stream_ended_ = false;
  std::shared_ptr<http_backlog> backlog_;
  std::string out_;       // being written
  std::string long_body_; // behind it
  std::size_t unread_ = 0;
  std::array<char, 512> scratch_{};
  std::size_t lingered_ = 0;
};

} // namespace cafnode::net

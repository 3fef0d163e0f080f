#include "runtime/net/http_connection.hpp"

#include "runtime/net/http_reply.hpp"
#include "runtime/net/http_target.hpp"

#include <boost/asio/write.hpp>
#include <boost/beast/http/read.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace cafnode::net {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;

namespace {

constexpr std::size_t read_block_bytes = std::size_t{64} << 10U;
constexpr std::size_t linger_bytes_max = std::size_t{8} << 20U;
constexpr std::chrono::seconds linger_limit{2};

std::string head(int status, const std::string& content_type, bool keep_alive) {
  const auto reason = http::obsolete_reason(static_cast<http::status>(status));
  return fmt::format("HTTP/1.1 {} {}\r\nContent-Type: {}\r\nCache-Control: no-store\r\n"
                     "X-Content-Type-Options: nosniff\r\nConnection: {}\r\n",
                     status, std::string_view{reason.data(), reason.size()}, content_type,
                     keep_alive ? "keep-alive" : "close");
}

std::string lower(std::string_view text) {
  std::string out{text};
  std::transform(out.begin(), out.end(), out.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return out;
}

std::string_view view(boost::beast::string_view text) {
  return {text.data(), text.size()};
}

} // namespace

http_connection::http_connection(tcp_socket socket, std::shared_ptr<http_shared> shared)
    : shared_{std::move(shared)},
      stream_{std::move(socket)},
      buffer_{shared_->options.header_bytes_max + read_block_bytes},
      patience_{stream_.get_executor()} {
  shared_->live.insert(this);
}

http_connection::~http_connection() {
  shared_->live.erase(this);
  if (backlog_)
    backlog_->leave();
}

void http_connection::drop() {
  error_code ignored;
  ++exchange_;
  answering_ = false;
  patience_.cancel();
  if (backlog_)
    backlog_->leave();
  stream_.socket().close(ignored);
}

void http_connection::read_request() {
  parser_.emplace();
  parser_->header_limit(static_cast<std::uint32_t>(shared_->options.header_bytes_max));
  parser_->body_limit(shared_->options.body_bytes_max);
  stream_.expires_after(shared_->options.idle_timeout);
  http::async_read_header(
      stream_, buffer_, *parser_,
      [self = shared_from_this()](const error_code& error, std::size_t) { self->on_header(error); });
}

void http_connection::on_header(const error_code& error) {
  if (error)
    return on_bad_read(error);
  if (view(parser_->get()[http::field::expect]) != "100-continue")
    return read_body();
  out_ = "HTTP/1.1 100 Continue\r\n\r\n";
  asio::async_write(stream_, asio::buffer(out_), [self = shared_from_this()](const error_code& failed, std::size_t) {
    failed ? self->drop() : self->read_body();
  });
}

void http_connection::read_body() {
  http::async_read(stream_, buffer_, *parser_,
                   [self = shared_from_this()](const error_code& error, std::size_t) { self->on_request(error); });
}

void http_connection::on_bad_read(const error_code& error) {
  keep_alive_ = false;
  body_wanted_ = true;
  if (error == http::error::header_limit || error == http::error::buffer_overflow)
    return refuse(431, "the header is longer than this server takes");
  if (error == http::error::body_limit)
    return refuse(413, "the body is longer than this server takes");
  const auto is_http = error.category() == error_code{http::error::bad_version}.category();
  if (is_http && error != http::error::end_of_stream && error != http::error::partial_message)
    return refuse(400, "the request is not HTTP: " + error.message());
  drop();
}

void http_connection::on_request(const error_code& error) {
  if (error)
    return on_bad_read(error);
  stream_.expires_never();
  const auto& request = parser_->get();
  keep_alive_ = request.keep_alive();
  body_wanted_ = request.method() != http::verb::head;
  chunked_ = request.version() >= 11;
  const auto hosts = request.count(http::field::host);
  if (hosts > 1 || (hosts == 0 && chunked_))
    return refuse(400, "the request names no host, or two");
  if (shared_->loopback && hosts == 1 && !names_this_host(view(request[http::field::host]), shared_->options.address))
    return refuse(403, "this server answers only requests for this machine's own name");
  hand_over(request);
}

void http_connection::hand_over(const http::request<http::string_body>& request) {
  auto target = parse_target(view(request.target()));
  if (!target)
    return refuse(400, "the request's target is not a path");
  http_request passed;
  passed.method = std::string{view(request.method_string())};
  passed.path = std::move(target->path);
  passed.query = std::move(target->query);
  for (const auto& field : request)
    passed.headers.emplace_back(lower(view(field.name_string())), std::string{view(field.value())});
  passed.body = request.body();
  parser_.reset();
  await_answer();
  const auto shared = shared_; // the handler may destroy the server
  shared->handler(std::move(passed), make_http_reply(shared_from_this(), shared->gate, exchange_));
}

void http_connection::await_answer() {
  answering_ = true;
  ++exchange_;
  patience_.expires_after(shared_->options.idle_timeout);
  // Nothing else keeps the connection while its handler thinks.
  patience_.async_wait([self = shared_from_this(), exchange = exchange_](const error_code& error) {
    if (!error && self->answering_ && self->exchange_ == exchange)
      self->refuse(504, "no answer came in time from within this server");
  });
}

void http_connection::refuse(int status, const std::string& why) {
  keep_alive_ = false;
  write_answer({status, "application/json", fmt::format("{{\"error\":\"{}\"}}\n", why)});
}

void http_connection::answer(std::uint64_t exchange, const http_response& response) {
  if (answering_ && exchange == exchange_)
    write_answer(response);
}

void http_connection::write_answer(const http_response& response) {
  answering_ = false;
  patience_.cancel();
  out_ = head(response.status, response.content_type, keep_alive_) +
         fmt::format("Content-Length: {}\r\n\r\n", response.body.size());
  if (body_wanted_)
    out_ += response.body;
  stream_.expires_after(shared_->options.idle_timeout);
  asio::async_write(stream_, asio::buffer(out_),
                    [self = shared_from_this()](const error_code& error, std::size_t) { self->on_answered(error); });
}

void http_connection::on_answered(const error_code& error) {
  std::string{}.swap(out_);
  if (error || shared_->stopped)
    return drop();
  if (keep_alive_)
    return read_request();
  linger();
}

void http_connection::linger() {
  // Closing with unread bytes would reset the connection, and the client would lose our answer.
  error_code ignored;
  stream_.socket().shutdown(tcp_socket::shutdown_send, ignored);
  stream_.expires_after(linger_limit);
  linger_on();
}

void http_connection::linger_on() {
  stream_.async_read_some(asio::buffer(scratch_),
                          [self = shared_from_this()](const error_code& error, std::size_t got) {
                            self->lingered_ += got;
                            if (error || self->lingered_ > linger_bytes_max)
                              self->drop();
                            else
                              self->linger_on();
                          });
}

void http_connection::start_stream(std::uint64_t exchange, int status, const std::string& content_type,
                                   std::shared_ptr<http_backlog> backlog) {
  if (!answering_ || exchange != exchange_) {
    backlog->leave();
    return;
  }
  answering_ = false;
  patience_.cancel();
  keep_alive_ = false;
  backlog_ = std::move(backlog);
  if (!body_wanted_)
    backlog_->leave();
  stream_ended_ = !body_wanted_;
  watch_client();
  write_stream(head(status, content_type, false) + (chunked_ ? "Transfer-Encoding: chunked\r\n\r\n" : "\r\n"));
}

void http_connection::watch_client() {
  stream_.async_read_some(asio::buffer(scratch_),
                          [self = shared_from_this()](const error_code& error, std::size_t got) {
                            self->lingered_ += got;
                            if (error || self->lingered_ > linger_bytes_max)
                              self->drop();
                            else
                              self->watch_client();
                          });
}

void http_connection::continue_stream(std::uint64_t exchange) {
  if (backlog_ && exchange == exchange_ && !writing_)
    flush_stream();
}

void http_connection::write_stream(std::string text) {
  writing_ = true;
  out_ = std::move(text);
  asio::async_write(stream_, asio::buffer(out_), [self = shared_from_this()](const error_code& error, std::size_t) {
    self->writing_ = false;
    self->backlog_->written();
    if (error)
      self->drop();
    else
      self->flush_stream();
  });
}

void http_connection::flush_stream() {
  if (stream_ended_)
    return end_stream();
  auto text = backlog_->take();
  if (!text.empty())
    return write_stream(chunked_ ? fmt::format("{:x}\r\n{}\r\n", text.size(), text) : std::move(text));
  if (!backlog_->exhausted())
    return;
  stream_ended_ = true;
  if (chunked_)
    return write_stream("0\r\n\r\n");
  end_stream();
}

void http_connection::end_stream() {
  error_code ignored;
  stream_.socket().shutdown(tcp_socket::shutdown_send, ignored); // watch_client() waits for the other side's end
  patience_.expires_after(linger_limit);
  patience_.async_wait([weak = weak_from_this()](const error_code& cancelled) {
    if (const auto self = cancelled ? nullptr : weak.lock())
      self->drop();
  });
}

} // namespace cafnode::net

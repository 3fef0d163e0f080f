#include "runtime/net/http_connection.hpp"

#include "runtime/net/http_error.hpp"
#include "runtime/net/http_reply.hpp"
#include "runtime/net/http_target.hpp"

#include <boost/asio/write.hpp>
#include <boost/beast/http/read.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <sys/socket.h>
#include <utility>

namespace cafnode::net {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;

namespace {

constexpr std::size_t read_block_bytes = std::size_t{64} << 10U;
constexpr std::size_t first_block_bytes = std::size_t{4} << 10U;
constexpr std::size_t copied_max = std::size_t{64} << 10U; // of a body, to go out in one piece with its head

std::string lower(std::string_view text) {
  std::string out{text};
  std::transform(out.begin(), out.end(), out.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return out;
}

std::string_view view(boost::beast::string_view text) {
  return {text.data(), text.size()};
}

/// Where a body in a coding that we do not know ends nobody can say (RFC 9112, 6.1 and 6.3).
template<class Request>
std::optional<http_response> odd_coding(const Request& request) {
  const auto codings = request.count(http::field::transfer_encoding);
  if (codings == 0)
    return std::nullopt;
  if (request.version() < 11)
    return http_error(400, "bad_request", "HTTP/1.0 has no Transfer-Encoding");
  if (codings == 1 && lower(view(request[http::field::transfer_encoding])) == "chunked")
    return std::nullopt;
  return http_error(501, "not_implemented", "the only Transfer-Encoding that this server takes is chunked");
}

} // namespace

http_connection::http_connection(stream_socket socket, std::shared_ptr<http_shared> shared, bool urgent_only)
    : shared_{std::move(shared)},
      refill_{shared_->spares},
      stream_{std::move(socket), nullptr},
      buffer_{shared_->options.header_bytes_max + read_block_bytes},
      deadline_{stream_.get_executor()},
      urgent_only_{urgent_only} {
  if (shared_->options.tls) {
    auto tls = std::make_unique<tls_session>(*shared_->options.tls, tls_role::server, stream_.socket().native_handle(),
                                             std::string{});
    stream_ = stream{std::move(stream_.socket()), std::move(tls)};
  }
  shared_->live.insert(this);
}

http_connection::~http_connection() {
  holds(0);
  shared_->live.erase(this);
  if (backlog_)
    backlog_->leave();
}

void http_connection::begin() {
  error_code ignored;
  stream_.socket().non_blocking(true, ignored);
  if (stream_.tls() == nullptr)
    return read_request();
  now_does(http_doing::asking, shared_->options.header_timeout);
  shake_hands();
}

void http_connection::drop() {
  dropped_ = true;
  ++exchange_;
  answering_ = false;
  deadline_.cancel();
  holds(0);
  if (backlog_)
    backlog_->leave();
  shared_->live.erase(this);
  stream_.close();
}

/// Counted from here: a client that goes on with the same for longer than `at_most` is dropped.
void http_connection::now_does(http_doing what, std::chrono::milliseconds at_most) {
  stay_ = {what, std::chrono::steady_clock::now()};
  deadline_.expires_after(at_most);
  // Nothing but this keeps the connection while its handler thinks.
  deadline_.async_wait([self = shared_from_this()](const error_code& cancelled) {
    // A wait that ended before a new one began may still be on its way here.
    if (!cancelled && self->deadline_.expiry() <= std::chrono::steady_clock::now())
      self->on_too_late();
  });
}

void http_connection::on_too_late() {
  if (stay_.doing == http_doing::waiting && answering_)
    return refuse(http_error(504, "timed_out", "no answer came in time from within this server",
                             "it may still have happened: look before asking again"));
  // A request that began and does not end is told; to a client that is idle or does not read there is nothing to tell.
  if (stay_.doing != http_doing::asking || !parser_)
    return drop();
  error_code ignored;
  too_slow_ = true;
  stream_.socket().cancel(ignored);
}

void http_connection::shake_hands() {
  if (!stream_.socket().is_open())
    return;
  const auto again = [self = shared_from_this()](const error_code& error) {
    error ? self->drop() : self->shake_hands();
  };
  switch (stream_.tls()->handshake().outcome) {
  case tls_outcome::done:
    return read_request();
  case tls_outcome::wants_read:
    return stream_.socket().async_wait(stream_socket::wait_read, again);
  case tls_outcome::wants_write:
    return stream_.socket().async_wait(stream_socket::wait_write, again);
  default:
    drop();
  }
}

void http_connection::read_request() {
  if (buffer_.size() > 0)
    return read_header();
  parser_.reset();
  // A newcomer's first bytes may be on their way here: among those that ask it is the youngest.
  if (std::exchange(is_new_, false))
    now_does(http_doing::asking, shared_->options.idle_timeout);
  else
    now_does(http_doing::idle, shared_->options.idle_timeout);
  stream_.async_read_some(
      buffer_.prepare(first_block_bytes),
      [self = shared_from_this()](const error_code& error, std::size_t got) { self->on_first_bytes(error, got); });
}

/// It did not wait for its answer: others go first.
void http_connection::await_turn() {
  parser_.reset();
  now_does(http_doing::idle, shared_->options.idle_timeout);
  shared_->turns->await([weak = weak_from_this()] {
    const auto self = weak.lock();
    if (!self || self->is_gone())
      return false;
    self->read_request();
    return true;
  });
}

void http_connection::on_first_bytes(const error_code& error, std::size_t got) {
  if (error || is_gone())
    return drop();
  buffer_.commit(got);
  read_header();
}

void http_connection::read_header() {
  parser_.emplace();
  parser_->header_limit(static_cast<std::uint32_t>(shared_->options.header_bytes_max));
  parser_->body_limit(shared_->options.body_bytes_max);
  now_does(http_doing::asking, shared_->options.header_timeout);
  // Mostly all of it is there: each pass of the loop that a question for the node's health waits is one too many.
  error_code fault;
  buffer_.consume(parser_->put(buffer_.data(), fault));
  if (parser_->is_header_done() || (fault && fault != http::error::need_more))
    return on_header(fault == http::error::need_more ? error_code{} : fault);
  http::async_read_header(
      stream_, buffer_, *parser_,
      [self = shared_from_this()](const error_code& error, std::size_t) { self->on_header(error); });
}

void http_connection::on_header(const error_code& error) {
  if (is_gone())
    return drop();
  if (error)
    return on_bad_read(error);
  if (const auto why = odd_coding(parser_->get())) {
    body_wanted_ = true;
    return refuse(*why);
  }
  if (!parser_->is_done()) {
    // The stay goes on: who sends slowly is as old as the first byte of its request.
    const auto since = stay_.since;
    now_does(http_doing::asking, shared_->options.body_timeout);
    stay_.since = since;
  }
  if (view(parser_->get()[http::field::expect]) != "100-continue")
    return read_body();
  out_ = "HTTP/1.1 100 Continue\r\n\r\n";
  asio::async_write(stream_, asio::buffer(out_), [self = shared_from_this()](const error_code& failed, std::size_t) {
    failed ? self->drop() : self->read_body();
  });
}

void http_connection::read_body() {
  if (parser_->is_done())
    return on_request({});
  http::async_read(stream_, buffer_, *parser_,
                   [self = shared_from_this()](const error_code& error, std::size_t) { self->on_request(error); });
}

void http_connection::on_bad_read(const error_code& error) {
  keep_alive_ = false;
  body_wanted_ = true;
  if (too_slow_ && error == asio::error::operation_aborted && stream_.socket().is_open())
    return refuse(http_error(408, "too_slow", "the request did not come in time"));
  if (error == http::error::header_limit || error == http::error::buffer_overflow)
    return refuse(http_error(431, "header_too_long", "the header is longer than this server takes",
                             fmt::format("at most {} bytes", shared_->options.header_bytes_max)));
  if (error == http::error::body_limit)
    return refuse(http_error(413, "body_too_long", "the body is longer than this server takes",
                             fmt::format("at most {} bytes", shared_->options.body_bytes_max)));
  const auto is_http = error.category() == error_code{http::error::bad_version}.category();
  if (is_http && error != http::error::end_of_stream && error != http::error::partial_message)
    return refuse(http_error(400, "bad_request", "the request is not HTTP: " + error.message()));
  drop();
}

/// Whether a Host field means this server and not a foreign name that was made to lead here.
bool http_connection::is_called(std::string_view host_field) {
  const auto names = [host_field](const std::string& name) { return names_this_host(host_field, name); };
  const auto& known = shared_->options.names;
  if (names(shared_->options.address) || std::any_of(known.begin(), known.end(), names))
    return true;
  error_code error;
  const auto here = stream_.socket().local_endpoint(error);
  return (!error && names(address_text(here.data(), here.size()))) ||
         (stream_.tls() != nullptr && stream_.tls()->certifies(host_of(host_field)));
}

void http_connection::on_request(const error_code& error) {
  if (is_gone())
    return drop();
  if (error)
    return on_bad_read(error);
  const auto& request = parser_->get();
  keep_alive_ = request.keep_alive() && !urgent_only_;
  body_wanted_ = request.method() != http::verb::head;
  chunked_ = request.version() >= 11;
  const auto hosts = request.count(http::field::host);
  if (hosts > 1 || (hosts == 0 && chunked_))
    return refuse(http_error(400, "bad_request", "the request names no host, or two"));
  if (shared_->origin == http_origin::tcp && hosts == 1 && !is_called(view(request[http::field::host])))
    return refuse(http_error(403, "wrong_host", "this server answers only requests for this machine's own name",
                             "ask for it by its address"));
  hand_over(request);
}

void http_connection::hand_over(const request_parser::value_type& request) {
  auto target = parse_target(view(request.target()));
  if (!target)
    return refuse(http_error(400, "bad_request", "the request's target is not a path"));
  const auto& is_urgent = shared_->options.is_urgent;
  if (urgent_only_ && (!is_urgent || !is_urgent(target->path)))
    return refuse(too_many_clients());
  http_request passed;
  passed.method = std::string{view(request.method_string())};
  passed.path = std::move(target->path);
  passed.query = std::move(target->query);
  for (const auto& field : request)
    if (field.name() == http::field::authorization)
      passed.authorization.emplace_back(std::string{view(field.value())});
    else
      passed.headers.emplace_back(lower(view(field.name_string())), std::string{view(field.value())});
  passed.body = request.body();
  passed.origin = shared_->origin;
  parser_.reset();
  if (buffer_.size() == 0)
    buffer_.shrink_to_fit(); // an answer may take hours
  if (is_urgent && is_urgent(passed.path))
    return ask(std::move(passed));
  queue(std::make_shared<http_request>(std::move(passed)));
}

/// However many come at once with work for the node: each pass of the loop does that of one, and hears all who are new.
void http_connection::queue(std::shared_ptr<http_request> request) {
  const auto since = stay_.since;
  now_does(http_doing::queued, shared_->options.answer_timeout);
  stay_.since = since;
  shared_->turns->await([weak = weak_from_this(), request = std::move(request)] {
    const auto self = weak.lock();
    if (!self || self->is_gone())
      return false;
    if (self->has_left()) {
      self->drop();
      return false;
    }
    self->ask(std::move(*request));
    return true;
  });
}

/// While it waited nobody read from it. One that has closed its side meanwhile does not wait for an answer.
bool http_connection::has_left() {
  char next = 0;
  const auto got = ::recv(stream_.socket().native_handle(), &next, 1, MSG_PEEK | MSG_DONTWAIT);
  return got == 0 || (got < 0 && errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR);
}

void http_connection::ask(http_request request) {
  answering_ = true;
  ++exchange_;
  now_does(http_doing::waiting, shared_->options.answer_timeout);
  const auto shared = shared_; // the handler may destroy the server
  shared->handler(std::move(request), make_http_reply(shared_from_this(), shared->gate, exchange_));
}

void http_connection::refuse(const http_response& why) {
  keep_alive_ = false;
  write_answer(why);
}

void http_connection::answer(std::uint64_t exchange, http_response response) {
  if (answering_ && exchange == exchange_)
    write_answer(std::move(response));
}

void http_connection::write_answer(http_response response) {
  answering_ = false;
  out_ = answer_head(response, keep_alive_) + fmt::format("Content-Length: {}\r\n\r\n", response.body.size());
  if (body_wanted_ && response.body.size() <= copied_max)
    out_ += response.body;
  else if (body_wanted_)
    long_body_ = std::move(response.body);
  now_does(http_doing::reading, shared_->options.idle_timeout);
  holds(out_.size() + long_body_.size());
  make_room_for_answer();
  asio::async_write(stream_,
                    std::array{asio::const_buffer{asio::buffer(out_)}, asio::const_buffer{asio::buffer(long_body_)}},
                    [self = shared_from_this()](const error_code& error, std::size_t) { self->on_answered(error); });
}

void http_connection::on_answered(const error_code& error) {
  std::string{}.swap(out_);
  std::string{}.swap(long_body_);
  holds(0);
  if (error || is_gone())
    return drop();
  if (keep_alive_)
    return buffer_.size() > 0 ? await_turn() : read_request();
  linger();
}

} // namespace cafnode::net

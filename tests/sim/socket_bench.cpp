#include "tests/sim/socket_bench.hpp"

#include "sim/deribit/rpc_text.hpp"
#include "sim/virtual/audit_text.hpp"

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/stream_traits.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/websocket.hpp>

#include <deque>
#include <stdexcept>

namespace cafnode::sim {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
namespace websocket = boost::beast::websocket;
using tcp = asio::ip::tcp;

base::moment pushed_clock::now() const {
  const auto wall = std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now());
  return base::moment{base::clock::now(), wall} + ahead_;
}

struct socket_bench::parts {
  explicit parts(const base::clock_source& clock) : audit{clock, &text} {}

  asio::io_context io{1};
  audit_text text;
  audit_log audit;
  std::unique_ptr<exchange_server> server;
};

socket_bench::socket_bench(settings rules) : parts_{std::make_unique<parts>(clock)} {
  server_options options;
  options.control_port = 0;
  options.front.rules = std::move(rules);
  auto made = exchange_server::open(parts_->io, std::move(options), clock, parts_->audit, market);
  if (!made)
    throw std::runtime_error{made.fault().text};
  parts_->server = std::move(made).value();
}

socket_bench::~socket_bench() {
  parts_->server.reset();
  turn_for(std::chrono::milliseconds{1});
}

std::string socket_bench::take_audit() {
  parts_->server->stop();
  return parts_->text.text();
}

std::uint16_t socket_bench::port() const {
  return parts_->server->port();
}

std::uint16_t socket_bench::control_port() const {
  return parts_->server->control_port();
}

std::string socket_bench::raw(std::uint16_t port, std::string_view bytes, std::chrono::milliseconds quiet) {
  tcp::socket socket{parts_->io};
  socket.connect({asio::ip::address_v4::loopback(), port});
  socket.non_blocking(true);
  std::string got(std::size_t{64} << 10U, '\0'), all;
  beast::error_code fault;
  for (auto last = std::chrono::steady_clock::now(); std::chrono::steady_clock::now() - last < quiet;) {
    const std::size_t sent = bytes.empty() ? 0 : socket.write_some(asio::buffer(bytes), fault);
    bytes.remove_prefix(sent);
    const std::size_t read = socket.read_some(asio::buffer(got), fault);
    all.append(got, 0, read);
    if (fault && fault != asio::error::would_block)
      break;
    if (sent + read > 0)
      last = std::chrono::steady_clock::now();
    turn_once();
  }
  return all;
}

void socket_bench::turn_once() {
  parts_->io.run_one_for(std::chrono::milliseconds{5});
}

void socket_bench::turn_for(std::chrono::milliseconds span) {
  parts_->io.run_for(span);
}

std::unique_ptr<socket_bench::client> socket_bench::connect() {
  return std::make_unique<client>(*this);
}

namespace {

/// One HTTP call on a connection of its own.
struct http_exchange {
  tcp::socket socket;
  http::request<http::string_body> request;
  beast::flat_buffer buffer;
  http::response<http::string_body> response;
  bool done = false;

  explicit http_exchange(asio::io_context& io) : socket{io} {}

  void start(std::uint16_t port) {
    socket.async_connect({asio::ip::address_v4::loopback(), port}, [this](beast::error_code fault) {
      if (fault)
        return finish();
      http::async_write(socket, request, [this](beast::error_code broken, std::size_t) {
        if (broken)
          return finish();
        http::async_read(socket, buffer, response, [this](beast::error_code, std::size_t) { finish(); });
      });
    });
  }

  void finish() { done = true; }
};

} // namespace

http_reply_text socket_bench::http(std::string_view method, std::string_view target, std::string_view body,
                                   std::string_view authorization) {
  http_exchange call{parts_->io};
  const bool is_control = target.starts_with("control:");
  target.remove_prefix(is_control ? 8 : 0);
  call.request.method_string({method.data(), method.size()});
  call.request.target({target.data(), target.size()});
  call.request.version(11);
  call.request.set(http::field::host, "localhost");
  call.request.keep_alive(false);
  if (!authorization.empty())
    call.request.set(http::field::authorization, {authorization.data(), authorization.size()});
  call.request.body() = body;
  call.request.prepare_payload();
  call.start(is_control ? parts_->server->control_port() : port());
  if (!turn_until([&call] { return call.done; }))
    throw std::runtime_error{"no HTTP answer"};
  return {static_cast<int>(call.response.result_int()), call.response.body()};
}

boost::json::value socket_bench::control(std::string_view method, std::string_view target, std::string_view body) {
  return parse_json(http(method, "control:" + std::string{target}, body).body).value_or(nullptr);
}

struct socket_bench::client::parts {
  parts(socket_bench& owner, asio::io_context& io) : bench{owner}, socket{io} {}

  socket_bench& bench;
  websocket::stream<tcp::socket> socket;
  beast::flat_buffer buffer;
  websocket::response_type response;
  std::deque<std::string> frames;
  bool settled = false;
  bool open = false;
  bool ended = false;
  ending end;
  int next_id = 1;

  void read() {
    socket.async_read(buffer, [this](beast::error_code fault, std::size_t) {
      if (fault) {
        ended = true;
        const auto code = static_cast<int>(socket.reason().code);
        end = code != 0 ? ending{code, std::string{socket.reason().reason.data(), socket.reason().reason.size()}}
                        : ending{1006, fault.message()};
        return;
      }
      frames.push_back(beast::buffers_to_string(buffer.data()));
      buffer.consume(buffer.size());
      read();
    });
  }
};

socket_bench::client::client(socket_bench& bench) : parts_{std::make_unique<parts>(bench, bench.parts_->io)} {
  auto& own = *parts_;
  own.socket.next_layer().async_connect(
      {asio::ip::address_v4::loopback(), bench.port()}, [&own](beast::error_code fault) {
        if (fault) {
          own.settled = true;
          return;
        }
        beast::error_code ignored;
        own.socket.next_layer().set_option(tcp::no_delay{true}, ignored);
        own.socket.async_handshake(own.response, "localhost", "/ws/api/v2", [&own](beast::error_code refused) {
          own.settled = true;
          own.open = !refused;
          if (own.open)
            own.read();
        });
      });
  bench.turn_until([&own] { return own.settled; });
}

socket_bench::client::~client() {
  beast::error_code ignored;
  parts_->socket.next_layer().close(ignored);
  if (parts_->open)
    parts_->bench.turn_until([this] { return parts_->ended; });
}

bool socket_bench::client::connected() const {
  return parts_->open && !parts_->ended;
}

int socket_bench::client::upgrade_status() const {
  return static_cast<int>(parts_->response.result_int());
}

std::string socket_bench::client::address() const {
  return "127.0.0.1:" + std::to_string(parts_->socket.next_layer().local_endpoint().port());
}

void socket_bench::client::send(std::string_view text) {
  beast::error_code fault;
  parts_->socket.text(true);
  parts_->socket.write(asio::const_buffer{text.data(), text.size()}, fault);
}

void socket_bench::client::send_raw(std::string_view bytes) {
  beast::error_code fault;
  asio::write(parts_->socket.next_layer(), asio::const_buffer{bytes.data(), bytes.size()}, fault);
}

void socket_bench::client::ping(std::string_view payload) {
  beast::error_code fault;
  parts_->socket.ping({payload.data(), payload.size()}, fault);
}

boost::json::object socket_bench::client::call(std::string_view method, std::string_view params) {
  const std::string id = std::to_string(parts_->next_id++);
  send(request_text(id, method, params));
  const auto answer = next_with("\"id\":" + id + ",");
  const auto value = answer ? parse_json(*answer) : std::nullopt;
  return value && value->is_object() ? value->get_object() : boost::json::object{};
}

void socket_bench::client::login(std::string_view key, std::string_view secret) {
  call("public/auth", login_params(key, secret));
}

std::optional<std::string> socket_bench::client::next(std::chrono::milliseconds limit) {
  auto& own = *parts_;
  const auto until = std::chrono::steady_clock::now() + limit;
  own.bench.turn_until(
      [&own, until] { return !own.frames.empty() || own.ended || std::chrono::steady_clock::now() > until; });
  if (own.frames.empty())
    return std::nullopt;
  std::string frame = std::move(own.frames.front());
  own.frames.pop_front();
  return frame;
}

std::optional<std::string> socket_bench::client::next_with(std::string_view part, std::chrono::milliseconds limit) {
  while (auto frame = next(limit))
    if (frame->find(part) != std::string::npos)
      return frame;
  return std::nullopt;
}

ending socket_bench::client::wait_end() {
  parts_->bench.turn_until([this] { return parts_->ended; });
  return parts_->ended ? parts_->end : ending{};
}

void socket_bench::client::drop(bool hard) {
  beast::error_code ignored;
  if (hard)
    parts_->socket.next_layer().set_option(asio::socket_base::linger{true, 0}, ignored);
  parts_->socket.next_layer().close(ignored);
}

void socket_bench::client::close() {
  parts_->socket.async_close(websocket::close_code::normal, [](beast::error_code) {});
}

} // namespace cafnode::sim

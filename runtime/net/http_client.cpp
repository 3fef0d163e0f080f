#include "runtime/net/http_client.hpp"

#include "runtime/net/line_splitter.hpp"
#include "runtime/net/link_stream.hpp"
#include "runtime/net/local_socket.hpp"
#include "runtime/net/name_lookup.hpp"
#include "runtime/net/tcp_listener.hpp"

#include <boost/asio/connect.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/buffer_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <sys/un.h>
#include <unistd.h>

namespace cafnode::net {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using asio::ip::tcp;
using steady = std::chrono::steady_clock;

namespace {

using fetched = base::result<http_response, http_failure>;
using body_sink = std::function<bool(std::string_view)>; // false: enough

constexpr std::size_t body_bytes_max = std::size_t{64} << 20U;

/// One request and its answer over a connection of its own. Each step starts something asynchronous and runs the loop
/// until it is done or the deadline passes.
class http_exchange {
  /// Notes how a step ended.
  struct completion {
    std::optional<error_code>& outcome;

    void operator()(const error_code& error, std::size_t) const { outcome = error; }
  };

public:
  explicit http_exchange(const http_call& call)
      : call_{call},
        where_{call.socket.empty() ? fmt::format("{}:{}", call.host, call.port) : call.socket},
        stream_{stream_socket{io_.get_executor()}, nullptr},
        deadline_{steady::now() + call.timeout} {
    parser_.body_limit(boost::none);
  }

  /// Connects, asks, and reads the header of the answer.
  std::optional<http_failure> begin() {
    if (auto fault = call_.socket.empty() ? connect() : connect_locally())
      return fault;
    if (auto fault = call_.tls ? shake_hands() : std::nullopt)
      return fault;
    sent_ = true;
    const auto text = request_text(call_.question(), host_field());
    asio::async_write(stream_, asio::buffer(text), completion{outcome_});
    if (auto fault = wait("asking"))
      return fault;
    http::async_read_header(stream_, buffer_, parser_, completion{outcome_});
    return wait("waiting for the answer of");
  }

  [[nodiscard]] http_response head() {
    http_response out;
    out.status = static_cast<int>(parser_.get().result_int());
    const auto type = parser_.get()[http::field::content_type];
    out.content_type.assign(type.data(), type.size());
    return out;
  }

  [[nodiscard]] base::failure<http_failure> failed(http_failure fault) const {
    fault.sent = sent_;
    return {std::move(fault)};
  }

  /// From now on the server may take as long as it likes.
  void wait_for_ever() { deadline_ = steady::time_point::max(); }

  std::optional<http_failure> read_body(const body_sink& sink) {
    std::array<char, 8192> block{};
    while (!parser_.is_done()) {
      auto& body = parser_.get().body();
      body.data = block.data();
      body.size = block.size();
      body.more = true;
      http::async_read_some(stream_, buffer_, parser_, completion{outcome_});
      if (auto fault = wait("reading the answer of"))
        return fault;
      if (!sink({block.data(), block.size() - body.size}))
        return std::nullopt;
    }
    return std::nullopt;
  }

private:
  std::optional<http_failure> connect() {
    if (auto fault = look_up())
      return fault;
    std::vector<std::optional<tcp_listener>> before;
    for (const auto& each : addresses_)
      before.push_back(checked() ? listener_of(each) : std::nullopt);
    tcp_socket socket{io_.get_executor()};
    asio::async_connect(socket, addresses_,
                        [this](const error_code& error, const tcp::endpoint&) { outcome_ = error; });
    if (auto fault = wait("connecting to")) {
      error_code ignored;
      socket.close(ignored);
      io_.restart();
      io_.poll();
      return not_reached(*fault);
    }
    auto fault = checked() ? untrusted(socket, before) : std::nullopt;
    stream_ = stream{std::move(socket), nullptr};
    return fault;
  }

  [[nodiscard]] bool checked() const { return call_.trusted_only && !call_.tls; }

  static std::optional<tcp_listener> listener_of(const tcp::endpoint& at) {
    return tcp_listener_at(at.address().to_string(), at.port());
  }

  /// Only a socket that listened before and after surely is the one that `socket` reached.
  std::optional<http_failure> untrusted(const tcp_socket& socket,
                                        const std::vector<std::optional<tcp_listener>>& before) const {
    error_code gone;
    const auto reached = socket.remote_endpoint(gone);
    if (!gone && !reached.address().is_loopback())
      return http_failure{
          http_fault::untrusted,
          fmt::format("not asked: {} is not on loopback, and this would cross the network in clear", where_)};
    const auto who = gone ? std::nullopt : listener_of(reached);
    const bool stayed = who && std::find(before.begin(), before.end(), who) != before.end();
    if (stayed && (who->user == ::geteuid() || who->user == 0))
      return std::nullopt;
    return served_by(stayed ? std::to_string(who->user) : "unknown");
  }

  [[nodiscard]] http_failure served_by(const std::string& user) const {
    return {http_fault::untrusted,
            fmt::format("not asked: {} is served by user {}, who is neither this one nor root", where_, user)};
  }

  std::optional<http_failure> look_up() {
    auto found = name_lookup::known_addresses(call_.host);
    std::string unknown;
    if (found.empty()) {
      lookup_ = name_lookup::start(io_, {call_.host, call_.name_servers}, [&](const name_lookup::outcome& answer) {
        outcome_ = error_code{};
        if (answer)
          found = answer.value();
        else
          unknown = answer.fault();
      });
      if (auto fault = wait("looking up"))
        return fault;
    }
    if (!unknown.empty())
      return http_failure{http_fault::unreachable, fmt::format("looking up {} failed: {}", where_, unknown)};
    for (const auto& address : found)
      addresses_.emplace_back(address, call_.port);
    return std::nullopt;
  }

  std::optional<http_failure> connect_locally() {
    sockaddr_un probe{};
    if (call_.socket.size() >= sizeof probe.sun_path)
      return http_failure{http_fault::unreachable, fmt::format("{} is longer than a socket's path may be", where_)};
    stream_.socket().async_connect(asio::local::stream_protocol::endpoint{call_.socket},
                                   [this](const error_code& error) { outcome_ = error; });
    if (auto fault = wait("connecting to"))
      return not_reached(*fault);
    const auto who = peer_of(stream_.socket().native_handle());
    if (who && (who->user == ::geteuid() || who->user == 0 || ::geteuid() == 0))
      return std::nullopt;
    return served_by(who ? std::to_string(who->user) : "unknown");
  }

  static http_failure not_reached(const http_failure& fault) {
    return {fault.fault == http_fault::timed_out ? http_fault::timed_out : http_fault::unreachable, fault.detail};
  }

  std::optional<http_failure> shake_hands() {
    error_code ignored;
    stream_.socket().non_blocking(true, ignored);
    auto made =
        std::make_unique<tls_session>(*call_.tls, tls_role::client, stream_.socket().native_handle(), call_.host);
    auto& tls = *made;
    stream_ = stream{std::move(stream_.socket()), std::move(made)};
    for (auto step = tls.handshake(); step.outcome != tls_outcome::done; step = tls.handshake()) {
      const bool reads = step.outcome == tls_outcome::wants_read;
      if (!reads && step.outcome != tls_outcome::wants_write)
        return http_failure{http_fault::broken, fmt::format("no TLS with {}: {}", where_, tls.fault())};
      stream_.socket().async_wait(reads ? stream_socket::wait_read : stream_socket::wait_write,
                                  [this](const error_code& error) { outcome_ = error; });
      if (auto fault = wait("agreeing on TLS with"))
        return fault;
    }
    return std::nullopt;
  }

  [[nodiscard]] std::string host_field() const {
    if (!call_.socket.empty())
      return "localhost";
    return call_.host.find(':') == std::string::npos ? where_ : fmt::format("[{}]:{}", call_.host, call_.port);
  }

  std::optional<http_failure> wait(std::string_view doing) {
    outcome_.reset();
    io_.restart();
    while (!outcome_ && steady::now() < deadline_)
      deadline_ == steady::time_point::max() ? io_.run_one() : io_.run_one_until(deadline_);
    if (!outcome_) {
      abandon();
      return http_failure{http_fault::timed_out,
                          fmt::format("gave up {} {} after {} ms", doing, where_, call_.timeout.count())};
    }
    if (!*outcome_ || *outcome_ == http::error::need_buffer)
      return std::nullopt;
    return http_failure{http_fault::broken, fmt::format("{} {} failed: {}", doing, where_, outcome_->message())};
  }

  void abandon() {
    if (lookup_)
      lookup_->cancel();
    stream_.close();
    io_.restart();
    io_.poll();
  }

  using stream = basic_link_stream<stream_socket>;

  asio::io_context io_{1};
  const http_call& call_;
  std::string where_;
  std::shared_ptr<name_lookup> lookup_;
  stream stream_;
  steady::time_point deadline_;
  std::vector<tcp::endpoint> addresses_;
  bool sent_ = false;
  boost::beast::flat_buffer buffer_{std::size_t{128} << 10U};
  http::response_parser<http::buffer_body> parser_;
  std::optional<error_code> outcome_;
};

std::optional<http_failure> forged(const http_call& call) {
  if (is_one_word(call.host) && !is_forged(call.question()))
    return std::nullopt;
  return http_failure{
      http_fault::broken,
      fmt::format("\"{} {}\" or one of its headers holds a space or control character", call.method, call.target)};
}

std::optional<http_failure> collect(http_exchange& exchange, std::string& body) {
  bool fits = true;
  auto fault = exchange.read_body([&body, &fits](std::string_view piece) {
    fits = body.size() + piece.size() <= body_bytes_max;
    if (fits)
      body.append(piece);
    return fits;
  });
  if (!fits)
    return http_failure{http_fault::broken, fmt::format("the answer is longer than {} bytes", body_bytes_max)};
  return fault;
}

} // namespace

fetched http_fetch(const http_call& call) {
  if (auto fault = forged(call))
    return base::failure{std::move(*fault)};
  http_exchange exchange{call};
  if (auto fault = exchange.begin())
    return exchange.failed(std::move(*fault));
  auto answer = exchange.head();
  if (call.method == "HEAD")
    return answer;
  if (auto fault = collect(exchange, answer.body))
    return exchange.failed(std::move(*fault));
  return answer;
}

fetched http_follow(const http_call& call, const std::function<bool(std::string_view)>& on_line) {
  if (auto fault = forged(call))
    return base::failure{std::move(*fault)};
  http_exchange exchange{call};
  if (auto fault = exchange.begin())
    return exchange.failed(std::move(*fault));
  auto answer = exchange.head();
  if (answer.status >= 300) {
    if (auto fault = collect(exchange, answer.body))
      return exchange.failed(std::move(*fault));
    return answer;
  }
  exchange.wait_for_ever();
  line_splitter lines;
  auto fault = exchange.read_body([&lines, &on_line](std::string_view piece) { return lines.feed(piece, on_line); });
  if (!fault && lines.overlong())
    fault = http_failure{http_fault::broken, "a line of the answer is longer than 1 MiB"};
  if (fault)
    return exchange.failed(std::move(*fault));
  lines.finish(on_line);
  return answer;
}

} // namespace cafnode::net

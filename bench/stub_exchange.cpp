#include "bench/stub_exchange.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/websocket.hpp>

#include <atomic>
#include <chrono>
#include <mutex>
#include <string>
#include <sys/socket.h>
#include <thread>

namespace cafnode::bench {

namespace asio = boost::asio;
namespace beast = boost::beast;
using tcp = asio::ip::tcp;
using clock = std::chrono::steady_clock;

namespace {

constexpr std::string_view test_request = R"({"params":{"type":"test_request"},"method":"heartbeat","jsonrpc":"2.0"})";
// As recorded, with the length of a real one.
constexpr std::string_view ticker =
    R"({"jsonrpc":"2.0","method":"subscription","params":{"channel":"ticker.BTC-PERPETUAL.100ms","data":{)"
    R"("timestamp":1790133840887,"stats":{"volume_usd":96383940.0,"volume":1423.5,"price_change":-0.4213,)"
    R"("low":67010.5,"high":68420.0},"state":"open","settlement_price":67810.22,"open_interest":1002034570,)"
    R"("min_price":66402.5,"max_price":68425.0,"mark_price":67412.61,"last_price":67412.5,)"
    R"("instrument_name":"BTC-PERPETUAL","index_price":67414.3,"funding_8h":1.423e-5,)"
    R"("estimated_delivery_price":67414.3,"current_funding":0.0,"best_bid_price":67412.0,)"
    R"("best_bid_amount":42310.0,"best_ask_price":67412.5,"best_ask_amount":18760.0}}})";
constexpr int frames_per_second = 10;

/// A text frame as a server writes it: not masked.
std::string framed(std::string_view text) {
  std::string frame{static_cast<char>(0x81)};
  if (text.size() < 126) {
    frame.push_back(static_cast<char>(text.size()));
  } else {
    frame.push_back(126);
    frame.push_back(static_cast<char>(text.size() >> 8U));
    frame.push_back(static_cast<char>(text.size() & 0xffU));
  }
  return frame.append(text);
}

/// The id of a request, as it stands in the text.
std::string_view id_of(std::string_view request) {
  const auto at = request.find("\"id\":");
  if (at == std::string_view::npos)
    return "0";
  const auto end = request.find_first_of(",}", at + 5);
  return request.substr(at + 5, end - at - 5);
}

std::string answer_to(std::string_view request) {
  std::string result = "\"ok\"";
  if (const auto channels = request.find("\"channels\":"); channels != std::string_view::npos)
    result = request.substr(channels + 11, request.find(']', channels) - channels - 10);
  if (request.find("public/test") != std::string_view::npos)
    result = R"({"version":"1.2.26"})";
  return R"({"jsonrpc":"2.0","id":)" + std::string{id_of(request)} + R"(,"result":)" + result + "}";
}

struct peer {
  explicit peer(tcp::socket socket) : stream{std::move(socket)} {}

  std::string_view read() {
    buffer.clear();
    stream.read(buffer);
    return {static_cast<const char*>(buffer.data().data()), buffer.size()};
  }

  void write(std::string_view text) { stream.write(asio::buffer(text)); }

  beast::websocket::stream<tcp::socket> stream;
  beast::flat_buffer buffer;
};

double ask(peer& probe) {
  const auto asked = clock::now();
  probe.write(test_request);
  auto answer = probe.read();
  const auto answered = clock::now();
  probe.write(answer_to(answer));
  return std::chrono::duration<double, std::micro>(answered - asked).count();
}

} // namespace

struct stub_exchange::machinery {
  machinery() : acceptor{io, {asio::ip::address_v4::loopback(), 0}} {
    accepting = std::thread{[this] { accept(); }};
    pushing = std::thread{[this] { push(); }};
  }

  ~machinery() {
    ending = true;
    ::shutdown(acceptor.native_handle(), SHUT_RDWR);
    accepting.join();
    pushing.join();
  }

  void accept() {
    while (!ending) {
      beast::error_code failed;
      auto socket = acceptor.accept(failed);
      if (failed)
        return;
      socket.set_option(tcp::no_delay{true});
      welcome(std::make_unique<peer>(std::move(socket)));
    }
  }

  void welcome(std::unique_ptr<peer> newcomer) {
    beast::http::request<beast::http::empty_body> upgrade;
    beast::http::read(newcomer->stream.next_layer(), newcomer->buffer, upgrade);
    const std::string path{upgrade.target()};
    newcomer->stream.text(true);
    newcomer->stream.accept(upgrade);
    const std::lock_guard guard{mutex};
    if (path == "/probe/beast") {
      beast_probe = std::move(newcomer);
    } else if (path == "/probe/ours") {
      newcomer->write(answer_to(newcomer->read())); // set_heartbeat
      ours_probe = std::move(newcomer);
    } else {
      if (path == "/load")
        while (newcomer->stream.is_open()) {
          const std::string request{newcomer->read()};
          newcomer->write(answer_to(request));
          if (request.find("subscribe") != std::string::npos)
            break;
        }
      loads.push_back(std::move(newcomer));
    }
  }

  /// Spreads the frames evenly: each millisecond a part of the connections gets one.
  void push() {
    const auto frame = framed(ticker);
    auto next = clock::now();
    std::size_t at = 0;
    while (!ending) {
      next += std::chrono::milliseconds{1};
      std::this_thread::sleep_until(next);
      const std::lock_guard guard{mutex};
      const std::size_t share = loads.size() * frames_per_second / 1000;
      for (std::size_t i = 0; i < share; ++i, ++at)
        ::send(loads[at % loads.size()]->stream.next_layer().native_handle(), frame.data(), frame.size(),
               MSG_DONTWAIT | MSG_NOSIGNAL);
    }
  }

  asio::io_context io;
  tcp::acceptor acceptor;
  std::atomic<bool> ending{false};
  std::mutex mutex;
  std::unique_ptr<peer> ours_probe;
  std::unique_ptr<peer> beast_probe;
  std::vector<std::unique_ptr<peer>> loads;
  std::thread accepting;
  std::thread pushing;
};

stub_exchange::stub_exchange() : machinery_{std::make_unique<machinery>()} {}

stub_exchange::~stub_exchange() = default;

std::uint16_t stub_exchange::port() const noexcept {
  return machinery_->acceptor.local_endpoint().port();
}

bool stub_exchange::wait_for(std::size_t loads) {
  for (int tries = 0; tries < 6000; ++tries) {
    {
      const std::lock_guard guard{machinery_->mutex};
      if (machinery_->ours_probe && machinery_->beast_probe && machinery_->loads.size() >= loads)
        return true;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds{10});
  }
  return false;
}

stub_exchange::samples stub_exchange::measure(std::size_t rounds) {
  constexpr std::size_t warm_up = 500;
  samples measured;
  measured.ours_us.reserve(rounds);
  measured.beast_us.reserve(rounds);
  for (std::size_t round = 0; round < rounds + warm_up; ++round) {
    const double ours = ask(*machinery_->ours_probe);
    const double beast = ask(*machinery_->beast_probe);
    if (round < warm_up)
      continue;
    measured.ours_us.push_back(ours);
    measured.beast_us.push_back(beast);
  }
  return measured;
}

} // namespace cafnode::bench

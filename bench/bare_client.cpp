#include "bench/bare_client.hpp"

#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/websocket.hpp>

#include <string_view>
#include <thread>
#include <vector>

namespace cafnode::bench {

namespace asio = boost::asio;
namespace beast = boost::beast;
using tcp = asio::ip::tcp;

namespace {

constexpr std::string_view answer = R"({"jsonrpc":"2.0","id":1,"method":"public/test","params":{}})";

// The executor by its type, as in our own link: nothing is compared through a type-erased one.
using socket = asio::basic_stream_socket<tcp, asio::io_context::executor_type>;

struct session {
  explicit session(asio::io_context& io) : stream{io} {}

  void read() {
    stream.async_read(buffer, [this](beast::error_code failed, std::size_t) {
      if (failed)
        return;
      const std::string_view frame{static_cast<const char*>(buffer.data().data()), buffer.size()};
      if (frame.find("test_request") != std::string_view::npos)
        stream.write(asio::buffer(answer));
      buffer.clear();
      read();
    });
  }

  beast::websocket::stream<socket> stream;
  beast::flat_buffer buffer;
};

} // namespace

struct bare_client::machinery {
  std::uint16_t port = 0;
  asio::io_context io{1};
  std::vector<std::unique_ptr<session>> sessions;
  std::thread thread;
};

bare_client::bare_client(std::uint16_t port) : machinery_{std::make_unique<machinery>()} {
  machinery_->port = port;
}

bare_client::~bare_client() {
  machinery_->io.stop();
  if (machinery_->thread.joinable())
    machinery_->thread.join();
}

void bare_client::connect(const std::string& path, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) {
    auto made = std::make_unique<session>(machinery_->io);
    made->stream.next_layer().connect({asio::ip::address_v4::loopback(), machinery_->port});
    made->stream.next_layer().set_option(tcp::no_delay{true});
    made->stream.handshake("localhost", path);
    made->read();
    machinery_->sessions.push_back(std::move(made));
  }
}

void bare_client::run() {
  machinery_->thread = std::thread{[this] { machinery_->io.run(); }};
}

} // namespace cafnode::bench

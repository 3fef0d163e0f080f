#pragma once

#include "runtime/net/ws_link.hpp"

#include <boost/asio/io_context.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace cafnode::test {

/// Runs `io` until `done` or ten seconds have passed; gives what `done` says then.
inline bool run_until(boost::asio::io_context& io, const std::function<bool()>& done) {
  const auto limit = std::chrono::seconds{10};
  const auto guard = boost::asio::make_work_guard(io);
  for (auto spent = std::chrono::milliseconds{0}; !done() && spent < limit;) {
    if (io.stopped())
      io.restart();
    if (io.run_one_for(std::chrono::milliseconds{20}) == 0)
      spent += std::chrono::milliseconds{20};
  }
  return done();
}

/// A link's owner that remembers what it heard, and reads on by itself unless told otherwise.
class link_probe final : public net::ws_link_handler {
public:
  explicit link_probe(net::dial_options options, net::link_limits limits = {})
      : link{net::make_ws_link(io, std::move(options), limits, *this)} {}

  void on_link_open() override {
    ++opened;
    if (at_open)
      at_open();
    if (reads_on && link)
      link->read_next();
  }

  void on_link_frame() override {
    frames.emplace_back(link->frame());
    if (at_frame)
      at_frame();
    if (reads_on && link)
      link->read_next();
  }

  void on_link_ping() override { ++pings; }

  void on_link_closed(const net::close_info& info) override {
    ++closings;
    closed = info;
    if (at_closed)
      at_closed();
  }

  bool run_until_open() {
    return run_until(io, [this] { return opened > 0 || closed; });
  }

  bool run_until_closed() {
    return run_until(io, [this] { return closed.has_value(); });
  }

  bool run_until_frames(std::size_t count) {
    return run_until(io, [this, count] { return frames.size() >= count || closed; });
  }

  boost::asio::io_context io;
  bool reads_on = true;
  int opened = 0;
  int closings = 0;
  int pings = 0;
  std::vector<std::string> frames;
  std::optional<net::close_info> closed;
  std::function<void()> at_open;
  std::function<void()> at_frame;
  std::function<void()> at_closed;
  std::unique_ptr<net::ws_link> link;
};

/// Plain TCP to a peer on this machine.
inline net::dial_options dial_local(std::uint16_t port) {
  net::dial_options options;
  options.host = "127.0.0.1";
  options.port = port;
  return options;
}

} // namespace cafnode::test

#include "actors/session/io_seats.hpp"

#include <utility>

namespace cafnode::session {

namespace {

class thread_seat final : public connection_seat {
public:
  explicit thread_seat(host::io_seat held) : held_{std::move(held)} {}

  process::home& home() override { return held_.unit(); }

  std::unique_ptr<net::ws_link> make_link(net::dial_options options, net::link_limits limits,
                                          net::ws_link_handler& handler) override {
    return net::make_ws_link(held_.unit().context(), std::move(options), limits, handler);
  }

  std::unique_ptr<net::http_ask> ask_http(net::http_ask_options options, net::http_question question,
                                          std::function<void(net::http_outcome)> done) override {
    return net::ask_http(held_.unit().context(), std::move(options), std::move(question), std::move(done));
  }

private:
  host::io_seat held_;
};

} // namespace

seat_source seats_on(host::io_engine& engine) {
  return [&engine](const std::string&) { return std::make_shared<thread_seat>(engine.take_seat()); };
}

} // namespace cafnode::session

#include "sim/control_port.hpp"

#include "sim/deribit/rpc_text.hpp"
#include "sim/wire/socket_line.hpp"

#include <utility>
#include <vector>

namespace cafnode::sim {

std::optional<listen_fault> control_port::start(boost::asio::io_context& io, std::uint16_t port) {
  auto opened = listener::open(io, "127.0.0.1", port,
                               [this](boost::asio::ip::tcp::socket socket) { on_accept(std::move(socket)); });
  if (!opened)
    return opened.fault();
  listener_ = std::move(opened).value();
  return std::nullopt;
}

void control_port::stop() {
  if (listener_)
    listener_->stop();
  std::vector<std::shared_ptr<line>> open;
  for (const auto& [id, caller] : callers_)
    open.push_back(caller);
  for (const auto& caller : open)
    caller->finish("server");
}

void control_port::on_accept(boost::asio::ip::tcp::socket socket) {
  if (callers_.size() >= callers_max) { // whoever holds all places must not keep the next one out
    const auto oldest = callers_.begin()->second;
    oldest->finish("server");
  }
  const std::uint64_t id = next_caller_++;
  const auto caller =
      std::make_shared<socket_line>(id, "control", std::make_unique<transport>(std::move(socket), nullptr), *this,
                                    line_limits{1U << 20U, 16U << 10U, 64U << 20U});
  callers_[id] = caller;
  caller->start();
}

void control_port::on_call(line& from, http_call call) {
  const control_answer answer = front_.control(call);
  from.respond(answer.status, json_text(answer.body) + "\n");
}

void control_port::on_message(line& from, std::string_view text) {
  static_cast<void>(text);
  from.finish("server"); // no WebSocket here
}

void control_port::on_oversized(line& from) {
  from.finish("server");
}

void control_port::on_too_slow(line& from) {
  from.finish("server");
}

void control_port::on_closed(line& from, const close_report& why) {
  static_cast<void>(why);
  callers_.erase(from.id());
}

} // namespace cafnode::sim

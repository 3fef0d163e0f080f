#include "runtime/net/address_race.hpp"

#include "runtime/net/endpoint_text.hpp"

#include <boost/asio/post.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace cafnode::net {

namespace asio = boost::asio;
using steady = std::chrono::steady_clock;

namespace {

bool lacks_files(const error_code& error) {
  return error == boost::system::errc::too_many_files_open ||
         error == boost::system::errc::too_many_files_open_in_system;
}

} // namespace

std::shared_ptr<address_race> address_race::start(asio::io_context& io, address_list addresses,
                                                  std::shared_ptr<address_memory> memory, on_done done) {
  auto self = std::make_shared<address_race>(io, std::move(addresses), std::move(memory), std::move(done));
  asio::post(io.get_executor(), [self] { self->start_next(); });
  return self;
}

address_race::address_race(asio::io_context& io, address_list addresses, std::shared_ptr<address_memory> memory,
                           on_done done)
    : io_{io},
      waiting_{std::move(addresses)},
      memory_{std::move(memory)},
      done_{std::move(done)},
      timer_{io.get_executor()} {
  std::reverse(waiting_.begin(), waiting_.end());
}

void address_race::cancel() {
  const auto now = steady::now();
  for (const auto& each : running_)
    if (done_ && now - each.since >= stagger)
      memory_->failed(each.address, now); // it had its time
  done_ = nullptr;
  timer_.cancel();
  running_.clear(); // closes the sockets; their handlers find done_ gone
}

std::string address_race::doing() const {
  std::string text = "connecting to ";
  for (const auto& each : running_)
    text += (&each == &running_.front() ? "" : ", ") + endpoint_text(each.address);
  return text;
}

void address_race::start_next() {
  if (!done_ || waiting_.empty())
    return;
  running_.push_back({tcp_socket{io_.get_executor()}, waiting_.back(), steady::now()});
  waiting_.pop_back();
  const auto mine = std::prev(running_.end());
  mine->socket.async_connect(mine->address, [self = shared_from_this(), mine](const error_code& error) {
    if (self->done_)
      self->on_connected(mine, error);
  });
  if (waiting_.empty())
    return;
  timer_.expires_after(stagger);
  timer_.async_wait([self = shared_from_this()](const error_code& error) {
    if (!error)
      self->start_next();
  });
}

void address_race::on_connected(place tried, const error_code& error) {
  if (!error)
    return win(tried);
  memory_->failed(tried->address, steady::now());
  failures_.text += fmt::format("{}connecting to {}: {}", failures_.text.empty() ? "" : "; ",
                                endpoint_text(tried->address), error.message());
  failures_.at_home = failures_.at_home || lacks_files(error);
  running_.erase(tried);
  if (!waiting_.empty())
    return start_next();
  if (running_.empty())
    finish(base::failure{failures_});
}

void address_race::win(place first) {
  const auto now = steady::now();
  for (const auto& each : running_)
    if (&each != &*first && now - each.since >= stagger)
      memory_->failed(each.address, now); // overtaken by one that started later
  finish({{std::move(first->socket), first->address}});
}

void address_race::finish(outcome result) {
  const auto done = std::exchange(done_, nullptr);
  timer_.cancel();
  running_.clear();
  done(std::move(result));
}

} // namespace cafnode::net

#include "runtime/net/dialer.hpp"

#include "runtime/net/endpoint_text.hpp"

#include <boost/asio/post.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace cafnode::net {

namespace asio = boost::asio;
using asio::ip::tcp;
using steady = std::chrono::steady_clock;

std::shared_ptr<dialer> dialer::start(asio::io_context& io, const dial_options& options, on_done done) {
  auto self = std::make_shared<dialer>(io, options, std::move(done));
  self->arm(self->deadline_);
  self->look_up();
  return self;
}

dialer::dialer(asio::io_context& io, const dial_options& options, on_done done)
    : io_{io},
      options_{options},
      deadline_{steady::now() + options.deadline},
      allowed_{options.deadline},
      done_{std::move(done)},
      shared_{dial_service::of(io)},
      timer_{io.get_executor()},
      socket_{io.get_executor()},
      where_{endpoint_text(options.host, options.port)} {}

void dialer::cancel() {
  done_ = nullptr;
  stop_all();
}

void dialer::look_up() {
  if (const auto known = name_lookup::known_addresses(options_.host); !known.empty())
    return await_turn(known);
  lookup_ = shared_.lookups->ask({options_.host, options_.name_servers},
                                 [self = shared_from_this()](const auto& found) { self->on_found(found); });
}

void dialer::on_found(const name_lookup::outcome& found) {
  lookup_ = {};
  if (!done_)
    return;
  if (!found)
    return fail(close_cause::resolve_failed, found.fault());
  await_turn(found.value());
}

void dialer::await_turn(const name_lookup::addresses& found) {
  for (const auto& address : found)
    addresses_.emplace_back(address, options_.port);
  awaits_turn_ = true;
  left_ = deadline_ - steady::now();
  arm(steady::now() + turn_wait_max);
  place_ = shared_.gate->enter([self = shared_from_this()] { self->on_turn(); });
}

void dialer::on_turn() {
  if (!done_)
    return;
  awaits_turn_ = false;
  deadline_ = steady::now() + left_;
  arm(deadline_);
  // Now, and not before the wait: what others have learned of the addresses meanwhile counts.
  addresses_ = shared_.memory->order(by_turns(addresses_));
  if (addresses_.size() > addresses_max)
    addresses_.resize(addresses_max);
  const auto awake = shared_.memory->awake(addresses_, steady::now());
  race_ = address_race::start(io_, awake, shared_.memory, [self = shared_from_this()](auto connected) {
    self->on_connected(std::move(connected));
  });
}

void dialer::on_connected(address_race::outcome connected) {
  if (!done_)
    return;
  race_ = nullptr;
  if (!connected)
    return fail(close_cause::refused, fmt::format("no connection to {}: {}", where_, connected.fault().text),
                connected.fault().at_home);
  auto won = std::move(connected).value();
  where_ = endpoint_text(options_.host, won.address);
  trial_ = std::make_unique<address_trial>(shared_.memory, won.address, addresses_);
  socket_ = std::move(won.socket);
  error_code ignored;
  socket_.set_option(tcp::no_delay{true}, ignored);
  socket_.non_blocking(true, ignored);
  share_time(won.address);
  if (!options_.tls)
    return succeed();
  doing_ = "the TLS handshake";
  tls_ = std::make_unique<tls_session>(*options_.tls, tls_role::client, socket_.native_handle(), options_.host);
  shake_hands();
}

/// An address that accepts and then hangs must leave time for another that may do better.
void dialer::share_time(const address_memory::address& taken) {
  const auto others = std::count_if(addresses_.begin(), addresses_.end(), [&](const auto& each) {
    return each != taken && !shared_.memory->has_failed(each);
  });
  const auto now = steady::now();
  const auto share = (deadline_ - now) / (1 + others);
  allowed_ -= std::chrono::floor<std::chrono::milliseconds>(deadline_ - now - share);
  deadline_ = now + share;
  arm(deadline_);
}

void dialer::shake_hands() {
  const auto step = tls_->handshake();
  const auto resume = [self = shared_from_this()](const error_code& error) { self->on_handshake_ready(error); };
  switch (step.outcome) {
  case tls_outcome::done:
    return succeed();
  case tls_outcome::wants_read:
    return socket_.async_wait(tcp_socket::wait_read, resume);
  case tls_outcome::wants_write:
    return socket_.async_wait(tcp_socket::wait_write, resume);
  case tls_outcome::ended:
  case tls_outcome::failed:
    return fail(close_cause::tls_failed, fmt::format("TLS with {} failed: {}", where_, tls_->fault()));
  }
}

void dialer::on_handshake_ready(const error_code& error) {
  if (!done_)
    return;
  if (error)
    return fail(close_cause::tls_failed, fmt::format("TLS with {} failed: {}", where_, error.message()));
  shake_hands();
}

void dialer::arm(time_point at) {
  timer_.expires_at(at);
  timer_.async_wait([self = shared_from_this()](const error_code& error) {
    if (!error && self->done_ && self->timer_.expiry() <= steady::now())
      self->on_timer();
  });
}

std::string dialer::doing() const {
  if (!race_)
    return doing_;
  const auto& so_far = race_->failures();
  return race_->doing() + (so_far.text.empty() ? "" : "; before that: " + so_far.text);
}

void dialer::on_timer() {
  if (awaits_turn_)
    return fail(close_cause::timed_out, fmt::format("no link to {}: {} s went by before its turn among the handshakes "
                                                    "of its I/O thread; give the node more of them (node.io_threads)",
                                                    where_, turn_wait_max.count()));
  fail(close_cause::timed_out,
       fmt::format("no link to {} within {} ms; it ended in {}", where_, allowed_.count(), doing()),
       race_ && race_->failures().at_home);
}

void dialer::fail(close_cause cause, std::string detail, bool at_home) {
  finish(base::failure{close_info{cause, 0, {}, std::move(detail), 0, {}, at_home}});
}

void dialer::succeed() {
  finish(dialed_stream{link_stream{std::move(socket_), std::move(tls_)}, std::move(trial_), std::move(place_),
                       deadline_, allowed_});
}

void dialer::stop_all() {
  error_code ignored;
  timer_.cancel();
  lookup_ = {};
  place_ = {};
  if (race_)
    std::exchange(race_, nullptr)->cancel();
  trial_ = nullptr;
  socket_.close(ignored);
}

void dialer::finish(outcome result) {
  const auto done = std::exchange(done_, nullptr);
  stop_all();
  done(std::move(result));
}

} // namespace cafnode::net

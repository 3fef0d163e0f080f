#pragma once

#include "runtime/base/result.hpp"
#include "runtime/net/address_race.hpp"
#include "runtime/net/dial_service.hpp"
#include "runtime/net/link_stream.hpp"
#include "runtime/net/ws_link.hpp"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace cafnode::net {

/// A connection, and what goes with it until its set-up is over.
struct dialed_stream {
  link_stream stream;
  std::unique_ptr<address_trial> trial; // for as long as the link lives
  handshake_gate::place place;          // until the upgrade is done
  std::chrono::steady_clock::time_point deadline;
  std::chrono::milliseconds allowed; // what the deadline left to this address
};

/// Looks a name up, waits for its turn, connects to the first of its addresses that answers, and shakes hands over TLS.
/// The deadline does not run while it waits for its turn, which has a bound of its own. While there is another address
/// that has not failed, one may use its share of the time only. One thread.
class dialer : public std::enable_shared_from_this<dialer> {
public:
  using outcome = base::result<dialed_stream, close_info>;
  using on_done = std::function<void(outcome)>;

  static constexpr std::chrono::seconds turn_wait_max{60};
  static constexpr std::size_t addresses_max = 16; // of one name, in one dial

  /// Starts; `done` is called once, never from inside this call, unless cancel() comes first.
  static std::shared_ptr<dialer> start(boost::asio::io_context& io, const dial_options& options, on_done done);

  /// Drops everything; `done` is not called any more.
  void cancel();

  dialer(boost::asio::io_context& io, const dial_options& options, on_done done);

private:
  using time_point = std::chrono::steady_clock::time_point;

  void look_up();
  void on_found(const name_lookup::outcome& found);
  void await_turn(const name_lookup::addresses& found);
  void on_turn();
  void on_connected(address_race::outcome connected);
  void shake_hands();
  void on_handshake_ready(const error_code& error);
  void share_time(const address_memory::address& taken);
  void arm(time_point at);
  void on_timer();
  [[nodiscard]] std::string doing() const;
  void stop_all();
  void fail(close_cause cause, std::string detail, bool at_home = false);
  void finish(outcome result);
  void succeed();

  boost::asio::io_context& io_;
  dial_options options_;
  time_point deadline_;
  std::chrono::milliseconds allowed_;
  std::chrono::steady_clock::duration left_{}; // of the deadline, while the turn is awaited
  bool awaits_turn_ = false;
  on_done done_;
  dial_service& shared_;
  steady_timer timer_;
  lookup_pool::ticket lookup_;
  address_list addresses_;
  handshake_gate::place place_;
  std::shared_ptr<address_race> race_;
  std::unique_ptr<address_trial> trial_;
  tcp_socket socket_;
  std::unique_ptr<tls_session> tls_;
  std::string where_;
  const char* doing_ = "the name lookup";
};

} // namespace cafnode::net

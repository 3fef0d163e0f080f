#pragma once

#include "runtime/base/result.hpp"
#include "runtime/net/address_memory.hpp"
#include "runtime/net/asio_types.hpp"

#include <chrono>
#include <functional>
#include <list>
#include <memory>
#include <string>

namespace cafnode::net {

/// TCP connections to several addresses of one name, of which the first that stands is taken (RFC 8305, 5): the next
/// address is tried when the one before has failed, or has not answered within `stagger`. One thread.
class address_race : public std::enable_shared_from_this<address_race> {
public:
  static constexpr std::chrono::milliseconds stagger{250};

  struct winner {
    tcp_socket socket;
    address_memory::address address;
  };

  struct loss {
    std::string text;     // one clause an address
    bool at_home = false; // at least one failed for want of room for another open file
  };

  using outcome = base::result<winner, loss>;
  using on_done = std::function<void(outcome)>;

  /// At least one address, in the order in which they are tried; each that fails or is overtaken is told to `memory`.
  /// `done` is called once, never from inside this call, unless cancel() comes first.
  static std::shared_ptr<address_race> start(boost::asio::io_context& io, address_list addresses,
                                             std::shared_ptr<address_memory> memory, on_done done);

  void cancel();

  /// Those that were tried and have not answered yet, as "connecting to 192.0.2.1:443, [2001:db8::1]:443".
  [[nodiscard]] std::string doing() const;

  /// What has failed so far.
  [[nodiscard]] const loss& failures() const noexcept { return failures_; }

  address_race(boost::asio::io_context& io, address_list addresses, std::shared_ptr<address_memory> memory,
               on_done done);

private:
  struct runner {
    tcp_socket socket;
    address_memory::address address;
    std::chrono::steady_clock::time_point since;
  };

  using place = std::list<runner>::iterator;

  void start_next();
  void on_connected(place tried, const error_code& error);
  void win(place first);
  void finish(outcome result);

  boost::asio::io_context& io_;
  address_list waiting_; // the next one last
  std::shared_ptr<address_memory> memory_;
  on_done done_;
  steady_timer timer_;
  std::list<runner> running_;
  loss failures_;
};

} // namespace cafnode::net

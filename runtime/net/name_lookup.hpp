#pragma once

#include "runtime/base/result.hpp"
#include "runtime/net/asio_types.hpp"

#include <boost/asio/ip/address.hpp>

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace cafnode::net {

/// What is asked for, and of whom.
struct lookup_question {
  std::string host;
  std::string servers; // "127.0.0.1:5353,[::1]:53"; empty: those of /etc/resolv.conf, as it stands at that moment

  friend bool operator==(const lookup_question&, const lookup_question&) = default;
};

/// Asks for all addresses of a name on the I/O thread itself, without blocking it: /etc/hosts first, then the name
/// servers (c-ares). IPv4 and IPv6 are asked for side by side; once one of them has come the other has a short while
/// only (RFC 8305, 3), so a name server that answers one kind alone delays nothing. Any number of look-ups run side by
/// side. One thread.
class name_lookup : public std::enable_shared_from_this<name_lookup> {
public:
  using addresses = std::vector<boost::asio::ip::address>;
  using outcome = base::result<addresses, std::string>; // the fault says why there is none
  using on_done = std::function<void(const outcome&)>;

  /// `done` is called once, never from inside this call, unless cancel() comes first.
  static std::shared_ptr<name_lookup> start(boost::asio::io_context& io, const lookup_question& question, on_done done);

  /// Address literals and "localhost" need nobody's answer; nothing for any other name.
  [[nodiscard]] static addresses known_addresses(const std::string& host);

  /// Ends it at once: its sockets are closed and `done` is not called any more.
  void cancel();

  name_lookup(boost::asio::io_context& io, on_done done);
  ~name_lookup();

private:
  struct resolver; // what c-ares is told, and tells

  void begin(const lookup_question& question);
  void go_on();
  void end();

  boost::asio::io_context& io_;
  on_done done_;
  std::unique_ptr<resolver> resolver_;
};

} // namespace cafnode::net

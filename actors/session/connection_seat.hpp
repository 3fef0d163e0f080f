#pragma once

#include "runtime/net/http_ask.hpp"
#include "runtime/net/ws_link.hpp"
#include "runtime/process/home.hpp"

#include <functional>
#include <memory>
#include <string>

namespace cafnode::session {

/// A place for one connection, held for as long as it is wanted: the thread on which its processes are pinned, and the
/// network as it is seen from there.
class connection_seat {
public:
  virtual ~connection_seat() = default;

  [[nodiscard]] virtual process::home& home() = 0;

  /// On the thread of `home`; `handler` outlives the link.
  [[nodiscard]] virtual std::unique_ptr<net::ws_link> make_link(net::dial_options options, net::link_limits limits,
                                                                net::ws_link_handler& handler) = 0;

  /// On the thread of `home`; as net::ask_http.
  [[nodiscard]] virtual std::unique_ptr<net::http_ask>
  ask_http(net::http_ask_options options, net::http_question question, std::function<void(net::http_outcome)> done) = 0;
};

/// Gives a seat to the connection of that name. Never null.
using seat_source = std::function<std::shared_ptr<connection_seat>(const std::string& connection)>;

} // namespace cafnode::session

#pragma once

#include "runtime/net/http_server.hpp"
#include "runtime/net/post_gate.hpp"

#include <cstdint>
#include <memory>

namespace cafnode::net {

class http_connection;

/// The reply to request number `exchange` of `connection`, which it does not keep alive.
[[nodiscard]] std::shared_ptr<http_reply> make_http_reply(const std::shared_ptr<http_connection>& connection,
                                                          std::shared_ptr<post_gate> gate, std::uint64_t exchange);

} // namespace cafnode::net

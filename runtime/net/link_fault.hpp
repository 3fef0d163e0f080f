#pragma once

#include "runtime/net/tls_session.hpp"
#include "runtime/net/ws_link.hpp"

#include <boost/system/error_code.hpp>

#include <string>

namespace cafnode::net {

/// Whether the error is TLS's own: an alert, or a record that is none.
[[nodiscard]] bool is_tls_fault(const boost::system::error_code& error, const tls_session* tls);

/// How Beast's or the system's error on an open link, or during its upgrade, ends that link. `where` is the peer's
/// address, `doing` what was under way. `tls` has its words; null without TLS.
[[nodiscard]] close_info judge_link_error(const boost::system::error_code& error, const std::string& where,
                                          const std::string& doing, const tls_session* tls);

} // namespace cafnode::net

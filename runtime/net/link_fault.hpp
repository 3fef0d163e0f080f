#pragma once

#include "runtime/net/ws_link.hpp"

#include <boost/system/error_code.hpp>

#include <string>

namespace cafnode::net {

/// How Beast's or the system's error on an open link, or during its upgrade, ends that link. `where` is the peer's
/// address, `doing` what was under way.
[[nodiscard]] close_info judge_link_error(const boost::system::error_code& error, const std::string& where,
                                          const std::string& doing);

} // namespace cafnode::net

#pragma once

#include <functional>
#include <string>
#include <sys/types.h>
#include <vector>

namespace cafnode::net {

/// Where nodes of a user put their control sockets, the best place first: `control` in $RUNTIME_DIRECTORY (systemd),
/// `caf-node` in $XDG_RUNTIME_DIR, /tmp/caf-node-UID. The first two only where the variable names a folder that is the
/// user's. Last comes /run/user/UID/caf-node, be it there or not, for those who have no session's variables. A node
/// takes the first of all; who looks for one looks at each. `look_up` is std::getenv, or a test's own.
[[nodiscard]] std::vector<std::string> control_socket_folders(const std::function<const char*(const char*)>& look_up,
                                                              uid_t user);

} // namespace cafnode::net

#include "actors/session/order_owner.hpp"

#include <fmt/format.h>

namespace cafnode::session {

std::optional<std::string> order_owner::take(const std::string& client_id, std::uint32_t orders) {
  if (!id_.empty() && id_ != client_id && orders > 0)
    return fmt::format(
        "the client id is another one than that of its {} order{} open or in doubt: put that one back, or "
        "push a change of this connection with --force",
        orders, orders == 1 ? "" : "s");
  id_ = client_id;
  return std::nullopt;
}

} // namespace cafnode::session

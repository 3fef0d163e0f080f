#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace cafnode::session {

/// Under which client id the orders of a connection were placed. Credentials are read anew at each dial, and a file may
/// name another id by then: what that account says of the orders of the first is not true of them, and one that is not
/// there is not absent.
class order_owner {
public:
  /// Why this id must not log in, while `orders` of the connection are open or in doubt; nothing: it may, and what is
  /// placed from now on is its own.
  std::optional<std::string> take(const std::string& client_id, std::uint32_t orders);

private:
  std::string id_; // empty: nobody logged in yet
};

} // namespace cafnode::session

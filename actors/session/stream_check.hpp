#pragma once

#include "actors/session/order_table.hpp"
#include "actors/venues/event.hpp"

#include <cstdint>
#include <map>
#include <string>

namespace cafnode::session {

/// What a look at the open orders says of the stream that should have told of them.
enum class stream_verdict : std::uint8_t {
  agrees,
  doubtful, // something is not as the stream left it: its news, or the list, may lag; look once more
  muted,    // the same again, and no news of it came: the stream does not tell what happens
};

/// Compares now and then what the exchange lists as open with what its private stream has told, so that a stream that
/// is muted alone is noticed. Pure. Only orders count that the exchange has spoken of and that are in no doubt.
class stream_check {
public:
  /// The open orders as the exchange listed them. Two looks are to be as far apart as its queries may lag.
  stream_verdict listed(const venues::orders_listed& open, const order_table& orders);

  /// Forgets the first look: a connection or a reconciliation begins.
  void reset() { suspects_.clear(); }

  /// An order that was not as the stream left it, for a person; empty when there is none.
  [[nodiscard]] std::string suspect() const { return suspects_.empty() ? std::string{} : suspects_.begin()->first; }

private:
  std::map<std::string, venues::order_report> suspects_; // by label; bounded by the table
};

} // namespace cafnode::session

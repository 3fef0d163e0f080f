#pragma once

#include "actors/venues/http.hpp"
#include "runtime/net/http_ask.hpp"

#include <caf/abstract_actor.hpp>

#include <cstddef>
#include <functional>
#include <map>
#include <memory>

namespace cafnode::session {

/// Makes one HTTP request. `may_write` is asked right before it is written; `done` is not called from inside.
using call_maker = std::function<std::unique_ptr<net::http_ask>(
    const venues::http_request& request, std::function<bool()> may_write, std::function<void(net::http_outcome)> done)>;

/// The HTTP requests that one connection has under way. What comes of each becomes a message to the owner,
/// http_answered. On the owner's thread only.
class http_calls {
public:
  /// `owner` outlives it.
  explicit http_calls(caf::abstract_actor& owner) noexcept : owner_{&owner} {}

  /// False when as many are under way as may be, or when nothing makes requests here.
  [[nodiscard]] bool ask(const venues::http_request& request, const call_maker& make, std::function<bool()> may_write);

  /// An http_answered has been read; false when nobody waits for it any more.
  [[nodiscard]] bool took(venues::request_id request);

  /// Drops them all, at once and silently.
  void drop() { calls_.clear(); }

  [[nodiscard]] std::size_t size() const noexcept { return calls_.size(); }

private:
  caf::abstract_actor* owner_;
  std::map<venues::request_id, std::unique_ptr<net::http_ask>> calls_; // at most venues::http_requests_max
};

} // namespace cafnode::session

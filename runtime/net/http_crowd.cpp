#include "runtime/net/http_crowd.hpp"

namespace cafnode::net {

bool gives_way_before(const http_stay& one, const http_stay& other) noexcept {
  // Whoever leaves and whoever is idle are alike: neither waits for anything of ours. So are those that have asked and
  // those that still do: among them age alone tells the newcomer with one question from the crowd before it.
  const auto rank = [](const http_stay& of) {
    if (of.doing == http_doing::leaving)
      return http_doing::idle;
    return of.doing == http_doing::queued ? http_doing::asking : of.doing;
  };
  return rank(one) != rank(other) ? rank(one) < rank(other) : one.since < other.since;
}

bool may_give_way(const http_stay& one) noexcept {
  return one.doing < http_doing::waiting;
}

} // namespace cafnode::net

#include "runtime/net/http_crowd.hpp"

namespace cafnode::net {

bool gives_way_before(const http_stay& one, const http_stay& other) noexcept {
  // Whoever leaves and whoever is idle are alike: neither waits for anything of ours.
  const auto rank = [](const http_stay& of) { return of.doing == http_doing::leaving ? http_doing::idle : of.doing; };
  return rank(one) != rank(other) ? rank(one) < rank(other) : one.since < other.since;
}

bool may_give_way(const http_stay& one) noexcept {
  return one.doing < http_doing::waiting;
}

} // namespace cafnode::net

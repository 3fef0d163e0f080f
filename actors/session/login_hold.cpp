#include "actors/session/login_hold.hpp"

#include <algorithm>

namespace cafnode::session {

namespace {

constexpr std::chrono::seconds look_again{1};
constexpr std::uint32_t doublings_max = 16;

} // namespace

base::duration login_hold::ask(who one, base::time_point now, bool insists) {
  const std::lock_guard guard{mutex_};
  if (refusals_ == 0 || trying_ == one)
    return base::duration::zero();
  if (!insists && now < until_)
    return std::min<base::duration>(until_ - now, look_again); // it may end early: look now and then
  if (!insists && trying_ != 0)
    return look_again;
  trying_ = one;
  return base::duration::zero();
}

std::chrono::milliseconds login_hold::refused(who one, base::time_point now) {
  const std::lock_guard guard{mutex_};
  const bool counts = refusals_ == 0 || trying_ == one || now >= until_;
  if (counts) {
    const auto wait = first * (std::int64_t{1} << std::min(refusals_, doublings_max));
    until_ = now + std::min(wait, cap);
    ++refusals_;
    trying_ = 0;
  }
  return std::chrono::ceil<std::chrono::milliseconds>(until_ - now);
}

void login_hold::accepted() {
  const std::lock_guard guard{mutex_};
  refusals_ = 0;
  trying_ = 0;
}

void login_hold::left(who one) {
  const std::lock_guard guard{mutex_};
  if (trying_ == one)
    trying_ = 0;
}

} // namespace cafnode::session

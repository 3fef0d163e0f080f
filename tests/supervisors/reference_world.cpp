#include "tests/supervisors/reference_world.hpp"

#include <fmt/format.h>

namespace cafnode::test {

void reference_world::run() {
  while (!ready_.empty()) {
    const auto todo = std::move(ready_.front());
    ready_.pop_front();
    todo();
  }
}

bool reference_world::pass_to_next() {
  run();
  if (timers_.empty())
    return false;
  pass(timers_.begin()->first - now_ms_);
  return true;
}

void reference_world::pass(std::int64_t ms) {
  const auto end = now_ms_ + ms;
  run();
  while (!timers_.empty() && timers_.begin()->first <= end) {
    auto due = timers_.extract(timers_.begin());
    now_ms_ = due.key();
    due.mapped()();
    run();
  }
  now_ms_ = end;
}

reference_pid reference_world::begin(const std::string& what, const std::string& id) {
  auto pid = std::make_shared<reference_process>();
  pid->id = id;
  pid->incarnation = ++incarnations_[id];
  alive_[id] = pid;
  write(fmt::format(R"("ev":"{}","id":"{}","n":{})", what, id, pid->incarnation));
  return pid;
}

void reference_world::end(const reference_pid& who, const reference_reason& reason) {
  if (!std::exchange(who->alive, false))
    return;
  write(fmt::format(R"("ev":"{}","id":"{}","n":{},"reason":"{}")", who->supervisor ? "sup_stop" : "stop", who->id,
                    who->incarnation, reason));
  if (const auto found = alive_.find(who->id); found != alive_.end() && found->second == who)
    alive_.erase(found);
  for (auto& told : std::exchange(who->watchers, {}))
    post([told = std::move(told), reason] { told(reason); });
}

reference_world::next_start reference_world::take_start(const std::string& id) {
  const auto take = [&id](std::map<std::string, std::int64_t>& left) {
    const auto found = left.find(id);
    return found != left.end() && found->second > 0 && found->second-- > 0;
  };
  if (take(failing)) {
    write(fmt::format(R"("ev":"start_error","id":"{}")", id));
    return next_start::fails;
  }
  if (take(ignoring)) {
    write(fmt::format(R"("ev":"start_ignore","id":"{}")", id));
    return next_start::ignored;
  }
  return next_start::works;
}

void reference_world::write(const std::string& fields) {
  lines.push_back(fmt::format(R"({{{},"at_ms":{}}})", fields, now_ms_));
}

reference_pid reference_world::find(const std::string& id) const {
  const auto found = alive_.find(id);
  return found == alive_.end() ? nullptr : found->second;
}

} // namespace cafnode::test

#include "tests/supervisors/reference_supervisor.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

namespace cafnode::test {

using namespace supervision;

namespace {

// The clock of the world begins at a whole second, as that of virtual_world does.
constexpr std::int64_t ms_per_s = 1000;

} // namespace

// -- Messages ---------------------------------------------------------------------------------------------------------

void reference_supervisor::receive(then message) {
  mailbox_.push_back(std::move(message));
  schedule();
}

void reference_supervisor::schedule() {
  if (busy_ || scheduled_ || mailbox_.empty())
    return;
  scheduled_ = true;
  world_.post([this] {
    scheduled_ = false;
    busy_ = true;
    const auto message = std::move(mailbox_.front());
    mailbox_.pop_front();
    message();
  });
}

void reference_supervisor::done() {
  busy_ = false;
  schedule();
}

void reference_supervisor::ask_to_end() {
  receive([this] { end_with("shutdown"); });
}

void reference_supervisor::on_exit(const reference_pid& who, const reference_reason& reason) {
  const auto is_it = [&who](const child& one) { return one.state == child_state::running && one.pid == who; };
  const auto found = std::ranges::find_if(children_, is_it);
  if (found == children_.end())
    return done();
  const auto spec = found->spec;
  const bool orderly = reason == "normal" || reason == "shutdown";
  if (spec.restart == restart_type::permanent || (spec.restart == restart_type::transient && !orderly))
    return restart(spec.id);
  retire(spec.id);
  if (ends_supervisor(spec.significant))
    return end_with("shutdown");
  done();
}

bool reference_supervisor::ends_supervisor(bool significant) const {
  if (!significant || plan_.flags.auto_shutdown == auto_shutdown::never)
    return false;
  const auto matters = [](const child& one) { return one.spec.significant && one.state != child_state::stopped; };
  return plan_.flags.auto_shutdown == auto_shutdown::any_significant || std::ranges::none_of(children_, matters);
}

// -- Starting and stopping --------------------------------------------------------------------------------------------

void reference_supervisor::boot(const then_started& next) {
  self_ = world_.begin("sup_start", plan_.id);
  self_->supervisor = this;
  const auto up = [this, next] {
    next({self_});
    done();
  };
  if (is_simple())
    return up();
  for (const auto& spec : plan_.children)
    children_.push_back({spec});
  start_all(all(), [this, up, next](const std::string* failed) {
    if (!failed)
      return up();
    stop_all(all(), [this, next] {
      world_.end(self_, "failed_to_start");
      next({nullptr, true});
    });
  });
}

void reference_supervisor::start(const trace::script_child& spec, const then_started& next) {
  const auto wanted = world_.take_start(spec.id);
  if (wanted != reference_world::next_start::works)
    return next({nullptr, wanted == reference_world::next_start::fails});
  const auto link = [this](const reference_pid& pid) {
    pid->watchers.emplace_back(
        [this, pid](const reference_reason& reason) { receive([this, pid, reason] { on_exit(pid, reason); }); });
  };
  if (spec.sup) {
    auto made = std::make_shared<reference_supervisor>(world_, *spec.sup);
    world_.keep(made);
    return made->boot([link, next](const outcome& came) {
      if (came.pid)
        link(came.pid);
      next(came);
    });
  }
  const auto pid = world_.begin("start", spec.id);
  pid->stubborn = spec.stubborn;
  link(pid);
  next({pid});
}

/// In order; up to the first that fails.
void reference_supervisor::start_all(ids list, const std::function<void(const std::string* failed)>& next) {
  if (list.empty())
    return next(nullptr);
  const auto id = list.front();
  list.erase(list.begin());
  start(find(id)->spec, [this, id, list, next](const outcome& came) {
    if (came.failed)
      return next(&id);
    came_up(*find(id), came);
    start_all(list, next);
  });
}

void reference_supervisor::stop(const child& what, const then& next) {
  const auto pid = what.pid;
  if (what.state != child_state::running || !pid->alive)
    return next();
  pid->watchers.emplace_back([next](const reference_reason&) { next(); });
  if (what.spec.shutdown && std::holds_alternative<brutal_kill>(*what.spec.shutdown))
    return world_.end(pid, "killed");
  if (pid->supervisor)
    return pid->supervisor->ask_to_end();
  if (!pid->stubborn)
    return world_.end(pid, "shutdown");
  const auto mode = what.spec.shutdown.value_or(grace{});
  if (const auto* limit = std::get_if<grace>(&mode))
    world_.after(limit->span.count(), [this, pid] { world_.end(pid, "killed"); });
}

/// Last first, one after the other.
void reference_supervisor::stop_all(ids list, const then& next) {
  if (list.empty())
    return next();
  const auto id = list.back();
  list.pop_back();
  stop(*find(id), [this, id, list, next] {
    if (auto* stopped = find(id); stopped->spec.restart == restart_type::temporary)
      forget(id);
    else
      stopped->state = child_state::stopped;
    stop_all(list, next);
  });
}

/// All at once, under one limit: the instances of a template have the same.
void reference_supervisor::stop_instances(const then& next) {
  auto left = std::make_shared<std::size_t>(children_.size());
  if (*left == 0)
    return next();
  for (const auto& one : std::vector<child>{children_})
    stop(one, [left, next] {
      if (--*left == 0)
        next();
    });
}

void reference_supervisor::end_with(const reference_reason& reason) {
  const auto end = [this, reason] { world_.end(self_, reason); };
  is_simple() ? stop_instances(end) : stop_all(all(), end);
}

// -- Restarting -------------------------------------------------------------------------------------------------------

bool reference_supervisor::may_restart() {
  const auto now = world_.now_ms() / ms_per_s;
  const auto period = std::chrono::floor<std::chrono::seconds>(plan_.flags.period).count();
  std::erase_if(restarts_, [&](std::int64_t at) { return at < now - period; });
  restarts_.push_back(now);
  return restarts_.size() <= plan_.flags.intensity;
}

void reference_supervisor::restart(const std::string& id) {
  if (!may_restart()) {
    retire(id);
    return end_with("shutdown");
  }
  const auto chosen = plan_.flags.strategy;
  chosen == strategy::one_for_all || chosen == strategy::rest_for_one ? restart_group(id) : restart_one(id);
}

void reference_supervisor::restart_one(const std::string& id) {
  start(find(id)->spec, [this, id](const outcome& came) {
    if (came.failed)
      try_again(id);
    else if (!came.pid && is_simple())
      forget(id);
    else
      came_up(*find(id), came);
    done();
  });
}

void reference_supervisor::restart_group(const std::string& id) {
  find(id)->state = child_state::stopped;
  auto group = all();
  if (plan_.flags.strategy == strategy::rest_for_one)
    group.erase(group.begin(), std::ranges::find(group, id));
  stop_all(group, [this, group] {
    auto left = group;
    std::erase_if(left, [this](const std::string& one) { return !find(one); });
    start_all(left, [this](const std::string* failed) {
      if (failed)
        try_again(*failed);
      done();
    });
  });
}

/// By a message, so that what came before is answered first.
void reference_supervisor::try_again(const std::string& id) {
  find(id)->state = child_state::restarting;
  receive([this, id] { on_retry(id); });
}

void reference_supervisor::on_retry(const std::string& id) {
  const auto* waiting = find(id);
  if (waiting && waiting->state == child_state::restarting)
    restart(id);
  else
    done();
}

// -- Children ---------------------------------------------------------------------------------------------------------

reference_supervisor::child* reference_supervisor::find(const std::string& id) {
  const auto found = std::ranges::find(children_, id, [](const child& one) { return one.spec.id; });
  return found == children_.end() ? nullptr : &*found;
}

reference_supervisor::ids reference_supervisor::all() const {
  ids out;
  for (const auto& one : children_)
    out.push_back(one.spec.id);
  return out;
}

void reference_supervisor::came_up(child& which, const outcome& came) {
  which.state = came.pid ? child_state::running : child_state::stopped;
  which.pid = came.pid;
  if (!came.pid && which.spec.restart == restart_type::temporary)
    return forget(which.spec.id);
  // Instances stand in the order in which their processes were started.
  if (is_simple())
    std::rotate(children_.begin() + (&which - children_.data()), children_.begin() + (&which - children_.data()) + 1,
                children_.end());
}

void reference_supervisor::retire(const std::string& id) {
  auto* gone = find(id);
  if (is_simple() || gone->spec.restart == restart_type::temporary)
    return forget(id);
  gone->state = child_state::stopped;
}

void reference_supervisor::forget(const std::string& id) {
  std::erase_if(children_, [&id](const child& one) { return one.spec.id == id; });
}

} // namespace cafnode::test

// The management calls of the reference model.
#include "tests/supervisors/reference_supervisor.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace cafnode::test {

namespace {

std::string fault(const std::string& word) {
  return fmt::format(R"({{"error":"{}"}})", word);
}

constexpr auto ok = R"("ok")";

const char* type_of(const trace::script_child& spec) {
  return spec.sup ? "supervisor" : "worker";
}

} // namespace

void reference_supervisor::call(const trace::script_step& step, const reply& answer) {
  receive([this, step, answer] {
    const bool for_instances = step.what == "start_dyn" || step.what == "terminate_dyn";
    const bool looks = step.what == "which_children" || step.what == "count_children";
    const auto reply_and_go_on = [this, answer](const std::string& value) {
      answer(value);
      done();
    };
    if (looks)
      return reply_and_go_on(step.what == "which_children" ? children_listed() : children_counted());
    if (for_instances != is_simple())
      return reply_and_go_on(fault("simple_one_for_one"));
    if (step.what == "start_child")
      start_child(step.child, reply_and_go_on);
    else if (step.what == "restart_child")
      restart_child(step.id, reply_and_go_on);
    else if (step.what == "delete_child")
      delete_child(step.id, reply_and_go_on);
    else if (step.what == "start_dyn")
      start_instance(step.id, reply_and_go_on);
    else
      terminate_child(step.id, reply_and_go_on);
  });
}

void reference_supervisor::start_child(const trace::script_child& spec, const reply& answer) {
  if (const auto* present = find(spec.id))
    return answer(fault(present->state == child_state::running ? "already_started" : "already_present"));
  start(spec, [this, spec, answer](const outcome& came) {
    if (came.failed)
      return answer(fault("start_failed"));
    children_.push_back({spec});
    came_up(children_.back(), came);
    answer(came.pid ? R"("started")" : R"("ignored")");
  });
}

void reference_supervisor::start_instance(const std::string& id, const reply& answer) {
  auto spec = plan_.children.front();
  spec.id = id;
  start(spec, [this, spec, answer](const outcome& came) {
    if (came.failed)
      return answer(fault("start_failed"));
    if (came.pid)
      children_.push_back({spec, child_state::running, came.pid});
    answer(came.pid ? R"("started")" : R"("ignored")");
  });
}

void reference_supervisor::restart_child(const std::string& id, const reply& answer) {
  const auto* wanted = find(id);
  if (!wanted)
    return answer(fault("not_found"));
  if (wanted->state != child_state::stopped)
    return answer(fault(wanted->state == child_state::running ? "running" : "restarting"));
  start(wanted->spec, [this, id, answer](const outcome& came) {
    if (came.failed)
      return answer(fault("start_failed"));
    auto& one = *find(id);
    one.state = came.pid ? child_state::running : child_state::stopped;
    one.pid = came.pid;
    answer(came.pid ? R"("started")" : R"("ignored")");
  });
}

void reference_supervisor::terminate_child(const std::string& id, const reply& answer) {
  const auto* wanted = find(id);
  if (!wanted)
    // To OTP an instance is a process, and one that has ended is terminated already.
    return answer(is_simple() && world_.known(id) ? ok : fault("not_found"));
  stop(*wanted, [this, id, answer] {
    retire(id);
    answer(ok);
  });
}

void reference_supervisor::delete_child(const std::string& id, const reply& answer) {
  const auto* wanted = find(id);
  if (!wanted)
    return answer(fault("not_found"));
  if (wanted->state != child_state::stopped)
    return answer(fault(wanted->state == child_state::running ? "running" : "restarting"));
  forget(id);
  answer(ok);
}

std::string reference_supervisor::children_listed() const {
  auto shown = children_;
  if (is_simple())
    std::ranges::sort(shown, {}, [](const child& one) { return one.spec.id; });
  std::string out;
  for (const auto& one : shown) {
    const auto* state = one.state == child_state::running   ? "running"
                        : one.state == child_state::stopped ? "undefined"
                                                            : "restarting";
    out += fmt::format(R"({}["{}","{}","{}"])", out.empty() ? "" : ",", one.spec.id, state, type_of(one.spec));
  }
  return "[" + out + "]";
}

std::string reference_supervisor::children_counted() const {
  std::size_t active = 0;
  std::size_t supervisors = 0;
  for (const auto& one : children_) {
    active += one.state == child_state::running && (is_simple() || one.pid->alive) ? 1 : 0;
    supervisors += one.spec.sup ? 1 : 0;
  }
  return fmt::format(R"({{"specs":{},"active":{},"supervisors":{},"workers":{}}})", is_simple() ? 1 : children_.size(),
                     active, supervisors, children_.size() - supervisors);
}

} // namespace cafnode::test

#include "control/push/tree_change.hpp"

#include "runtime/base/invariant.hpp"
#include "runtime/process/ask.hpp"
#include "runtime/process/reason.hpp"

#include <fmt/format.h>

#include <utility>

namespace cafnode::control {

void tree_change::begin(const config_plan& plan, const std::string& region, finish done) {
  CAFNODE_INVARIANT(!done_, "two changes of one tree at a time");
  steps_.clear();
  next_ = 0;
  fault_.reset();
  done_ = std::move(done);
  if (plan.list_of_exchanges_changes)
    steps_.push_back({region, [this] { return std::optional{depot_.root_plan()}; }});
  for (const auto& name : plan.exchanges_changed)
    steps_.push_back({region + "/" + name, [this, name] { return depot_.exchange_plan(name); }});
  singles_ = steps_.size();
  for (const auto& child : plan.children)
    if (child.effect == child_effect::change && child.restarts_change)
      steps_.push_back({child.path, [this, name = child.name] { return depot_.connection_plan(name); }});
  go_on();
}

void tree_change::go_on() {
  if (std::exchange(going_on_, true))
    return; // an answer that came at once: the loop below goes on
  const auto may_ask = [this] {
    return !fault_ && next_ < steps_.size() && waiting_ < (next_ < singles_ ? 1 : at_once) &&
           (next_ != singles_ || waiting_ == 0);
  };
  while (may_ask())
    ask(steps_[next_++]);
  going_on_ = false;
  if (waiting_ > 0 || (!fault_ && next_ < steps_.size()))
    return;
  // It may begin the next change from within.
  const auto done = std::exchange(done_, {});
  if (done)
    done(std::exchange(fault_, std::nullopt));
}

void tree_change::ask(const step& which) {
  auto wanted = which.wanted();
  const auto supervisor = find_(which.path);
  if (!wanted || !supervisor)
    return; // it is stopped with what is not wanted, or takes it over when it is started
  ++waiting_;
  process::ask(
      self_, supervisor, supervisor_max,
      supervision::change_specs{std::move(wanted->flags), std::move(wanted->children), false},
      [this, path = which.path](const supervision::management_report& report) {
        if (report.code == supervision::answer_code::ok)
          return answered(std::nullopt);
        answered(fmt::format("{} was not changed ({}): {}", path, supervision::to_string(report.code), report.text));
      },
      [this, path = which.path](const caf::error& reason) {
        answered(fmt::format("{} did not answer: {}", path, process::text_of(reason)));
      });
}

void tree_change::answered(std::optional<std::string> fault) {
  --waiting_;
  if (fault && !fault_)
    fault_ = std::move(fault);
  go_on();
}

} // namespace cafnode::control

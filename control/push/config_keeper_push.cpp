#include "actors/session/messages.hpp"
#include "control/push/config_keeper.hpp"
#include "runtime/process/tell.hpp"

#include <fmt/format.h>

#include <utility>

// How a change of the configuration is carried out.
namespace cafnode::control {

namespace {

constexpr std::chrono::seconds again_after{10};

/// What an undo does not bring back.
std::string costs_of(const config_plan& plan) {
  std::size_t orders = 0;
  for (const auto& child : plan.children)
    if (child.cancels)
      orders += child.now.orders_open;
  return orders == 0 ? std::string{}
                     : fmt::format("; of the {} orders that were open on restarted connections the exchange may have "
                                   "cancelled some: cafctl order ls",
                                   orders);
}

} // namespace

caf::result<config_answer> config_keeper::on_rollback(config_wish wish) {
  auto kept = outside_.store->get(wish.version);
  if (!kept)
    return not_done(config_outcome::not_found, kept.fault().message, "cafctl config history shows what is kept");
  wish.name = fmt::format("version {}", wish.version);
  wish.text = std::move(kept).value().text;
  if (wish.why.empty())
    wish.why = fmt::format("rollback to version {}", wish.version);
  return on_apply(wish, version_source::rollback);
}

caf::result<config_answer> config_keeper::on_reread(config_wish wish) {
  std::string why;
  auto text = outside_.read_file(why);
  if (!text)
    return not_done(config_outcome::unavailable, why.empty() ? "this node was started without a file" : why);
  // Whoever rotates logs sends SIGHUP too: only a file that was edited takes back what was pushed since. One that was
  // refused, for whatever reason, is as new the next time.
  if (const auto seen = outside_.store->file_hash(); seen && seen.value() == config_hash(*text))
    return unchanged(0);
  wish.name = outside_.file;
  wish.text = std::move(*text);
  return on_apply(wish, version_source::sighup);
}

config_answer config_keeper::unchanged(std::size_t connections) const {
  push_report same;
  same.version = version_.number;
  same.result = "unchanged";
  same.unchanged = connections;
  return {config_outcome::done, {}, {}, to_json(same)};
}

/// What stands against a change before anything of it was begun.
std::optional<config_answer> config_keeper::why_not_now(const config_wish& wish, const candidate& found) const {
  if (stopping_ || outside_.is_ending())
    return not_done(config_outcome::not_now, "the node is ending");
  if (push_)
    return not_done(config_outcome::busy, "another change is under way", "cafctl config status shows how far it is");
  if (torn_)
    return not_done(config_outcome::busy, "the last change is still being taken back: " + trouble_,
                    "cafctl config status shows when it is");
  if (unwritten_)
    return not_done(
        config_outcome::unavailable,
        fmt::format("the store cannot be told yet that version {} was undone: {}", unwritten_->number, trouble_),
        "make room for it: it is tried again every 10 s, and at each change");
  if (!wish.node.empty() && wish.node != begun_.name)
    return not_done(config_outcome::stale,
                    fmt::format("this plan was made for the node {}, and this is {}", wish.node, begun_.name),
                    "plan it here");
  if (!wish.hash.empty() && wish.hash != found.plan.hash)
    return not_done(config_outcome::stale, "the text is not the one that was planned", "plan it again");
  if (wish.index != 0 && wish.index != version_.number)
    return not_done(config_outcome::stale,
                    fmt::format("this plan changes version {}, and version {} runs", wish.index, version_.number),
                    "plan it again");
  return std::nullopt;
}

caf::result<config_answer> config_keeper::on_apply(const config_wish& wish, version_source source) {
  auto found = consider(wish);
  if (!found) {
    publish(config_step::refused, found.fault().text, version_.number, {observe::kv("by", wish.who)});
    return found.fault();
  }
  if (unwritten_)
    write_undone();
  if (auto refused = why_not_now(wish, found.value())) {
    publish(config_step::refused, refused->text, version_.number, {observe::kv("by", wish.who)});
    return std::move(*refused);
  }
  if (!found.value().plan.changes()) {
    if (source == version_source::sighup)
      remember_file(found.value().plan.hash);
    return unchanged(found.value().plan.unchanged);
  }
  const auto at = now().steady;
  push_.emplace(push{std::move(found).value(),
                     source,
                     wish.who,
                     wish.why,
                     push_course{wish.limits, at},
                     make_response_promise(),
                     at,
                     0,
                     0,
                     {}});
  trouble_.clear();
  auto promise = push_->promise;
  hold_orders();
  go_on();
  return promise;
}

/// Does what is next until something has to be waited for. While supervisors change there is nothing to do.
void config_keeper::go_on() {
  while (push_ && !tree_.is_busy()) {
    auto& course = push_->course;
    const auto at = now().steady;
    switch (course.next()) {
    case push_act::hold_orders: {
      const auto [left, first] = not_held();
      course.held(left, first, at);
      break;
    }
    case push_act::look_at_orders: {
      const auto found = obstacle_of(push_->wanted.plan, [this](const auto& name) { return look(name); });
      course.orders_seen(found.text, found.may_pass, at);
      break;
    }
    case push_act::change:
      return change();
    case push_act::tell:
      course.told(not_told(*push_), at);
      break;
    case push_act::look_at_health: {
      const auto [count, first] = unwell(*push_);
      course.health_seen(count, first, at);
      break;
    }
    case push_act::commit:
      course.committed(commit());
      break;
    case push_act::undo:
      return undo();
    case push_act::finish:
      return finish();
    }
    if (course.pause() > base::duration::zero()) {
      pause_ = after(course.pause(), [this] { go_on(); });
      return;
    }
  }
}

/// An order that began between the look at the orders and the end of its connection would be forgotten.
void config_keeper::hold_orders() {
  ++holds_;
  for (const auto& child : push_->wanted.plan.children) {
    const auto record = child.holds_orders() ? outside_.board->find(child.name) : nullptr;
    if (!record)
      continue;
    record->hold_orders(true);
    push_->held.push_back(record);
    if (const auto gate = record->gate())
      process::tell(*this, gate, session::orders_held{holds_});
  }
}

/// Gates that have not shown the orders that they had when theirs were held. One that begins later begins none.
std::pair<std::size_t, std::string> config_keeper::not_held() const {
  std::pair<std::size_t, std::string> found;
  for (const auto& record : push_->held)
    if (record->gate() && record->counters.holds_seen < holds_ && found.first++ == 0)
      found.second = record->name();
  return found;
}

/// Orders may begin again on what was held; on what is new only once it is certain to stay.
void config_keeper::let_orders_go(const push& ended) {
  for (const auto& record : ended.held)
    record->hold_orders(false);
  if (ended.course.result() != push_result::applied)
    return;
  for (const auto& child : ended.wanted.plan.children)
    if (const auto record = outside_.board->find(child.name))
      record->hold_orders(false);
}

void config_keeper::want(const conf::node_config& config) {
  auto here = config;
  here.region = begun_.region; // a node stays where it is while it runs
  outside_.depot->want(session::wanted_of(here), ++epoch_, true);
  outside_.use(here);
}

void config_keeper::change() {
  const auto proposed = outside_.store->propose({base::to_unix_ms(now().wall), push_->who, push_->why, push_->source,
                                                 push_->wanted.plan.hash, push_->wanted.text});
  if (!proposed) {
    push_->course.not_proposed(proposed.fault().message + ": nothing was changed");
    return go_on();
  }
  push_->number = proposed.value();
  want(push_->wanted.read.config);
  push_->epoch = epoch_;
  tree_.begin(push_->wanted.plan, begun_.region, [this](std::optional<std::string> fault) {
    if (!fault)
      tell_connections(push_->wanted.plan);
    push_->course.changed(std::move(fault), now().steady);
    if (stopping_)
      push_->course.give_up("the node is asked to end");
    go_on();
  });
}

void config_keeper::tell_connections(const config_plan& plan) {
  for (const auto& child : plan.children)
    if (child.effect == child_effect::change)
      if (const auto record = outside_.board->find(child.name))
        if (const auto client = record->client())
          process::tell(*this, client, session::settings_changed{});
}

/// Running connections that show older values. One that does not run takes them over when it begins.
std::size_t config_keeper::not_told(const push& under_way) const {
  std::size_t left = 0;
  for (const auto& child : under_way.wanted.plan.children) {
    const auto record = child.effect == child_effect::change ? outside_.board->find(child.name) : nullptr;
    if (record && record->client() && record->counters.settings < under_way.epoch)
      ++left;
  }
  return left;
}

/// Connections that were live and were interrupted, or are new, and are not live.
std::pair<std::size_t, std::string> config_keeper::unwell(const push& under_way) const {
  std::pair<std::size_t, std::string> found;
  for (const auto& child : under_way.wanted.plan.children) {
    const bool counts = child.effect == child_effect::start || child.effect == child_effect::replace ||
                        (child.effect == child_effect::restart && child.now.live);
    if (!counts)
      continue;
    const auto record = outside_.board->find(child.name);
    if (record && record->view().phase == session::phase::live && record->counters.settings >= under_way.epoch)
      continue;
    if (found.first++ == 0)
      found.second =
          record ? fmt::format("{} is {}: {}", child.path, to_string(record->view().phase),
                               record->view().closed.cause.empty() ? record->view().cause : record->view().closed.text)
                 : child.path + " is not there";
  }
  return found;
}

/// Everything as it was: the same steps with what runs.
void config_keeper::undo() {
  want(running_.config);
  tree_.begin(reversed(push_->wanted.plan), begun_.region, [this](std::optional<std::string> fault) {
    tell_connections(push_->wanted.plan);
    if (fault)
      torn_ = reversed(push_->wanted.plan);
    push_->course.undone(std::move(fault));
    unwritten_ = unwritten{push_->number, push_->course.why()};
    if (!write_undone())
      write_undone_again();
    go_on();
  });
}

/// What is neither old nor new everywhere is brought back until it is.
void config_keeper::converge_again() {
  pause_ = after(again_after, [this] {
    if (!torn_)
      return;
    want(running_.config);
    tree_.begin(*torn_, begun_.region, [this](std::optional<std::string> fault) {
      if (stopping_)
        return stop(*stopping_);
      if (fault) {
        trouble_ = *fault;
        return converge_again();
      }
      torn_.reset();
      trouble_.clear();
      outside_.depot->forget_unwanted();
      publish(config_step::undone, "the last change is taken back at last", version_.number);
    });
  });
}

push_report config_keeper::report_of(const push& ended) const {
  const auto& plan = ended.wanted.plan;
  push_report report;
  report.version = version_.number;
  report.tried = ended.number;
  report.why = ended.course.why();
  report.started = plan.count(child_effect::start);
  report.stopped = plan.count(child_effect::stop);
  report.restarted = plan.count(child_effect::restart) + plan.count(child_effect::replace);
  report.changed = plan.count(child_effect::change);
  report.unchanged = plan.unchanged;
  report.took_us = std::chrono::duration_cast<std::chrono::microseconds>(now().steady - ended.begun).count();
  return report;
}

void config_keeper::finish() {
  auto ended = std::move(*push_);
  push_.reset();
  config_answer answer;
  switch (ended.course.result()) {
  case push_result::applied:
    if (ended.source == version_source::sighup)
      remember_file(ended.wanted.plan.hash);
    let_orders_go(ended);
    running_ = std::move(ended.wanted.read);
    text_ = std::move(ended.wanted.text);
    take_entry(ended.number);
    outside_.depot->forget_unwanted();
    publish(config_step::applied, ended.why, version_.number,
            {observe::kv("by", ended.who), observe::kv("hash", version_.hash),
             observe::kv("interrupted", ended.wanted.plan.interrupted())});
    break;
  case push_result::refused:
    let_orders_go(ended);
    answer = not_done(config_outcome::not_now, ended.course.why(),
                      ended.course.may_be_forced() ? "try again later, or --force" : "try again later");
    publish(config_step::refused, ended.course.why(), version_.number, {observe::kv("by", ended.who)});
    break;
  case push_result::undo_failed:
    trouble_ = ended.course.why();
    converge_again();
    [[fallthrough]];
  case push_result::undone:
    let_orders_go(ended);
    if (!torn_)
      outside_.depot->forget_unwanted();
    answer = not_done(config_outcome::undone, ended.course.why(),
                      torn_ ? "cafctl config status shows when it is taken back"
                            : "the configuration is as it was" + costs_of(ended.wanted.plan));
    publish(config_step::undone, ended.course.why(), ended.number, {observe::kv("by", ended.who)});
    break;
  }
  auto report = report_of(ended);
  report.result = answer.outcome == config_outcome::done ? "applied" : "undone";
  answer.json = to_json(report);
  ended.promise.deliver(std::move(answer));
  if (stopping_)
    stop(*stopping_);
}

} // namespace cafnode::control

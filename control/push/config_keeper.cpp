#include "control/push/config_keeper.hpp"

#include "conf/diff.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

namespace cafnode::control {

namespace {

constexpr std::chrono::seconds file_looked_at{30};

config_answer from_store(const store_fault& fault) {
  const auto outcome = fault.code == store_errc::not_found ? config_outcome::not_found : config_outcome::unavailable;
  return not_done(outcome, fault.message, fault.hint);
}

std::string_view word_of(push_act act) noexcept {
  constexpr std::array<std::string_view, 8> words{"hold_orders",    "look_at_orders", "change", "tell",
                                                  "look_at_health", "commit",         "undo",   "finish"};
  return words[static_cast<std::size_t>(act)];
}

} // namespace

config_keeper::config_keeper(caf::actor_config& config, config_outside outside, config_start start)
    : process_base{config, "config_keeper"},
      outside_{std::move(outside)},
      begun_{start.read.config},
      running_{std::move(start.read)},
      text_{std::move(start.text)},
      version_{std::move(start.version)},
      tree_{*this, *outside_.depot, outside_.find} {}

caf::behavior config_keeper::behave() {
  watch_file();
  return {
      [this](const config_wish& wish) { return on_wish(wish); },
  };
}

void config_keeper::on_stop(const caf::error& reason) {
  if (!push_)
    return stop(reason);
  stopping_ = reason;
  push_->course.give_up("the node is asked to end");
  pause_.cancel();
  go_on();
}

caf::result<config_answer> config_keeper::on_wish(const config_wish& wish) {
  switch (wish.what) {
  case config_question::status:
    return on_status();
  case config_question::history:
    return on_history();
  case config_question::version:
    return on_version(wish.version);
  case config_question::diff:
    return on_diff(wish.version, wish.other);
  case config_question::plan:
    return on_plan(wish);
  case config_question::apply:
    return on_apply(wish, version_source::pushed);
  case config_question::rollback:
    return on_rollback(wish);
  case config_question::reread:
    return on_reread(wish);
  }
  return not_done(config_outcome::not_found, "there is no such question");
}

config_answer config_keeper::on_status() {
  config_status status;
  status.node = begun_.name;
  status.running = version_;
  if (push_) {
    status.stage = word_of(push_->course.next());
    status.proposed = push_->number;
  }
  status.trouble = trouble_;
  status.store = outside_.store_place;
  status.file = outside_.file;
  status.drift = drift();
  status.after_restart = waits_for_restart();
  return {config_outcome::done, {}, {}, to_json(status)};
}

void config_keeper::watch_file() {
  outside_.show(version_.number, !drift().empty());
  file_timer_ = after(file_looked_at, [this] { watch_file(); });
}

/// How the node's file differs from what runs.
std::string config_keeper::drift() {
  if (outside_.file.empty())
    return {};
  std::string why;
  auto text = outside_.read_file(why);
  if (!text)
    return why;
  const auto read = outside_.read(outside_.file, std::move(*text));
  if (!read.usable())
    return "the file has errors: caf-node --check-config shows them";
  const auto changes = conf::diff(running_.config, read.config);
  return changes.empty() ? std::string{}
                         : fmt::format("{} difference{}, the first: {}", changes.size(), changes.size() == 1 ? "" : "s",
                                       conf::format_change(changes.front()));
}

std::vector<conf::change> config_keeper::waits_for_restart() const {
  auto changes = conf::diff(begun_, running_.config);
  std::erase_if(changes, [](const conf::change& each) { return each.effect != conf::apply_effect::restart_node; });
  return changes;
}

config_answer config_keeper::on_history() {
  const auto kept = outside_.store->history();
  if (!kept)
    return from_store(kept.fault());
  return {config_outcome::done, {}, {}, to_json(kept.value())};
}

config_answer config_keeper::on_version(std::uint64_t number) {
  const auto kept = outside_.store->get(number == 0 ? version_.number : number);
  if (!kept)
    return from_store(kept.fault());
  return {config_outcome::done, {}, {}, to_json(kept.value())};
}

config_answer config_keeper::on_diff(std::uint64_t from, std::uint64_t to) {
  std::array<conf::loaded, 2> both;
  for (std::size_t i = 0; i < both.size(); ++i) {
    const auto number = i == 0 ? from : to;
    auto kept = outside_.store->get(number == 0 ? version_.number : number);
    if (!kept)
      return from_store(kept.fault());
    both[i] = outside_.read(fmt::format("version {}", number), std::move(kept).value().text);
    if (!both[i].usable())
      return not_done(config_outcome::bad_text, fmt::format("version {} cannot be read any more", number));
  }
  return {config_outcome::done, {}, {}, to_json(conf::diff(both[0].config, both[1].config))};
}

config_answer config_keeper::on_plan(const config_wish& wish) {
  auto found = consider(wish);
  if (!found)
    return found.fault();
  found.value().plan.overridden = overridden(found.value());
  publish(config_step::planned, fmt::format("{} would be interrupted", found.value().plan.interrupted()),
          version_.number, {observe::kv("hash", found.value().plan.hash), observe::kv("by", wish.who)});
  return {config_outcome::done, {}, {}, to_json(found.value().plan)};
}

std::vector<conf::overridden_value> config_keeper::overridden(const candidate& found) {
  const auto is_over = [](const auto& each) { return each.second > conf::origin::file; };
  if (std::none_of(found.read.origins.begin(), found.read.origins.end(), is_over))
    return {};
  return conf::overridden_in(conf::load_text({}, found.text), found.read);
}

/// Reads a text, and looks whether this machine can run it.
base::result<config_keeper::candidate, config_answer> config_keeper::consider(const config_wish& wish) {
  candidate found;
  found.text = wish.text;
  found.read = outside_.read(wish.name, wish.text);
  if (!found.read.usable())
    return base::failure{config_answer{config_outcome::bad_text, conf::sum_up(found.read.faults),
                                       "nothing was changed: mend the file, and try again",
                                       conf::faults_to_json(found.read.faults)}};
  if (auto refused = why_not_allowed(wish))
    return base::failure{std::move(*refused)};
  if (found.read.config.name.empty())
    found.read.config.name = running_.config.name; // the host's, which the node has taken
  found.plan = make_config_plan(running_.config, found.read.config, begun_.region,
                                [this](const auto& name) { return look(name); });
  found.plan.node = begun_.name;
  found.plan.index = version_.number;
  found.plan.hash = config_hash(wish.text);
  if (auto lacks = outside_.why_not(found.read.config))
    return base::failure{not_done(config_outcome::unavailable, std::move(*lacks))};
  return found;
}

/// Who only operates the node may not say where secrets are and go, nor who may do what. The texts are compared as they
/// stand: a flag that hides a value today is not there at every start.
std::optional<config_answer> config_keeper::why_not_allowed(const config_wish& wish) const {
  if (wish.by_owner || wish.what == config_question::reread)
    return std::nullopt;
  const auto first = conf::first_for_owner(conf::load_text({}, text_).config, conf::load_text({}, wish.text).config);
  if (!first)
    return std::nullopt;
  return not_done(config_outcome::not_allowed,
                  fmt::format("{} concerns secrets or access, and cannot be {} over TCP", first->path,
                              conf::to_string(first->kind)),
                  "push it over the node's unix socket (cafctl --addr with its name or path), or edit the node's file "
                  "and send SIGHUP");
}

child_facts config_keeper::look(const std::string& name) const {
  child_facts facts;
  if (const auto record = outside_.board->find(name)) {
    facts.orders_open = record->counters.orders_open;
    facts.orders_in_doubt = record->counters.orders_in_doubt;
    facts.live = record->view().phase == session::phase::live;
    const auto wanted = outside_.depot->find(name);
    facts.orders_known =
        record->counters.lives > 0 || (wanted && wanted->entry->auth.method == conf::auth_method::none);
  }
  return facts;
}

void config_keeper::publish(config_step what, std::string cause, std::uint64_t version, observe::field_list fields) {
  outside_.tell({what, now(), begun_.region, std::move(cause), version, std::move(fields)});
}

} // namespace cafnode::control

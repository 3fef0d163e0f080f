#include "chaos/judge/judge.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

namespace cafnode::chaos {

namespace {

struct shown_order {
  std::string connection;
  const session::known_order* order = nullptr;
  bool live = false;
};

/// Whose order it tells of; empty: of none.
std::string_view label_of(const session::notice& notice) {
  if (const auto* changed = std::get_if<session::fact::order_changed>(&notice.what))
    return changed->label;
  if (const auto* filled = std::get_if<session::fact::fill_seen>(&notice.what))
    return filled->label;
  if (const auto* doubted = std::get_if<session::fact::order_in_doubt>(&notice.what); doubted != nullptr)
    return doubted->label ? std::string_view{*doubted->label} : std::string_view{};
  return {};
}

class bench {
public:
  explicit bench(const evidence& seen) : seen_{seen} {
    for (const auto& one : seen.shown) {
      for (const auto& order : one.orders.live)
        shown_[order.request.label] = {one.connection, &order, true};
      for (const auto& order : one.orders.ended)
        shown_[order.request.label] = {one.connection, &order, false};
    }
    for (const auto& notice : seen.told.notices)
      if (const auto* fill = std::get_if<session::fact::fill_seen>(&notice.what))
        ++fills_told_[fill->trade_id];
  }

  std::vector<violation> all() {
    for (const auto& [label, ids] : seen_.exchange.ids_by_label)
      judge_label(label, ids);
    for (const auto& [label, shown] : shown_)
      judge_shown(label, shown);
    judge_answers();
    if (const auto many = seen_.exchange.counts.find("too_many_requests"); many != seen_.exchange.counts.end())
      blame("too_many_requests", {}, fmt::format("{} times", many->second));
    for (const auto& line : seen_.exchange.unread)
      blame("line_unclaimed", {}, line);
    return std::move(found_);
  }

private:
  void judge_label(const std::string& label, const std::vector<std::string>& ids) {
    if (ids.size() > 1)
      blame("placed_twice", label, fmt::format("orders {} and {}", ids[0], ids[1]));
    const auto& order = seen_.exchange.orders.find(ids.front())->second;
    const auto shown = shown_.find(label);
    if (order.lives() && shown == shown_.end())
      blame("lives_unseen", label, "it is in no list");
    for (const auto& fill : order.fills) {
      if (fill.at_us > seen_.rest_us)
        continue;
      const auto told = fills_told_.find(fill.trade_id);
      if (told == fills_told_.end())
        blame("fill_untold", label, fmt::format("trade {} at {} us", fill.trade_id, fill.at_us));
      else if (told->second > 1)
        blame("fill_told_twice", label, fmt::format("trade {}: {} times", fill.trade_id, told->second));
    }
  }

  void judge_shown(const std::string& label, const shown_order& shown) {
    const auto* order = seen_.exchange.find(label);
    if (order != nullptr && order->changed_us > seen_.rest_us)
      return;
    const bool lives = order != nullptr && order->lives();
    if (!shown.live && lives)
      blame("dead_but_lives", label, "shown as over by " + shown.connection);
    if (shown.live && shown.order->certainty != session::certainty::sure)
      blame("in_doubt_at_rest", label, "of " + shown.connection);
    else if (shown.live && !lives)
      blame("lives_but_over", label, "shown as live by " + shown.connection);
    if (order != nullptr && shown.order->certainty == session::certainty::sure &&
        shown.order->report.filled.raw() != order->filled)
      blame("filled_wrong", label,
            fmt::format("shown {} by {}, was {}", shown.order->report.filled.raw(), shown.connection, order->filled));
  }

  void judge_answers() {
    for (const auto& answer : seen_.told.answers) {
      if (!answer.answered || answer.outcome.outcome != session::outcome::refused)
        continue;
      const auto& label = answer.outcome.order.label;
      const bool was_place = seen_.plan.operations[answer.operation].act == user_act::place;
      if (was_place && !label.empty() && seen_.exchange.find(label) != nullptr)
        blame("refused_but_placed", label, answer.outcome.text);
    }
  }

  void blame(std::string rule, std::string label, std::string why) {
    auto story = why + "\n" + story_of(label);
    found_.push_back({std::move(rule), std::move(label), std::move(story)});
  }

  [[nodiscard]] std::string story_of(const std::string& label) const {
    std::string text;
    if (const auto* order = label.empty() ? nullptr : seen_.exchange.find(label); order != nullptr) {
      text += fmt::format("    exchange: {} of {} placed at {} us, amount {}, filled {}", order->order_id,
                          order->account, order->placed_us, order->amount, order->filled);
      text +=
          order->lives() ? ", lives\n" : fmt::format(", {} at {} us ({})\n", order->end, order->over_us, order->reason);
    }
    for (const auto& answer : seen_.told.answers)
      if (!label.empty() && answer.outcome.order.label == label)
        text += fmt::format("    told a user at {} us: {} {}\n", micros(answer.at),
                            static_cast<int>(answer.outcome.outcome), answer.outcome.text);
    for (const auto& notice : seen_.told.notices)
      if (!label.empty() && label_of(notice) == label)
        text += fmt::format("    event at {} us: {}\n", micros(notice.at.steady),
                            observe::to_json(session::to_event(notice)));
    return text;
  }

  [[nodiscard]] static std::int64_t micros(base::time_point at) {
    return std::chrono::duration_cast<std::chrono::microseconds>(at.time_since_epoch() - std::chrono::hours{1}).count();
  }

  const evidence& seen_;
  std::map<std::string, shown_order> shown_; // by label
  std::map<std::string, std::size_t, std::less<>> fills_told_;
  std::vector<violation> found_;
};

} // namespace

std::vector<violation> judge(const evidence& seen) {
  return bench{seen}.all();
}

} // namespace cafnode::chaos

#include "chaos/judge/judge.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>

using namespace cafnode;
using namespace cafnode::chaos;

namespace {

std::string line(std::int64_t at, std::string_view kind, std::string_view rest) {
  return fmt::format(R"({{"t_us":{},"at":"x","kind":"{}",{}}})"
                     "\n",
                     at, kind, rest);
}

std::string order(std::string_view id, std::string_view state, std::string_view filled = "0") {
  return fmt::format(R"("connection":1,"account":"sim-key","order_id":"{}","label":"a.1","amount":"10","filled":"{}",)"
                     R"("state":"{}")",
                     id, filled, state);
}

/// One life with one order, told as it was; each test tells one thing otherwise.
struct bench {
  bench() {
    plan.operations.resize(1);
    log = line(1, "started", R"("port":0)") + line(100, "order_placed", order("o1", "open"));
    known.request.label = "a.1";
    known.certainty = session::certainty::sure;
    known.report.label = "a.1";
    shown.connection = "c0";
  }

  std::vector<std::string> rules() {
    const auto story = read_audit(log);
    evidence seen{plan, story, told, {shown}, 1'000'000};
    std::vector<std::string> out;
    for (const auto& one : judge(seen))
      out.push_back(one.rule);
    return out;
  }

  void tell_fill(const std::string& trade) {
    session::notice notice;
    notice.what = session::fact::fill_seen{trade, "a.1", std::nullopt, std::nullopt};
    told.publish(std::move(notice));
  }

  life_plan plan;
  std::string log;
  told_log told;
  session::known_order known;
  shown_orders shown;
};

using rules = std::vector<std::string>;

} // namespace

SCENARIO("nothing is held against a node that shows what is") {
  bench one;
  one.shown.orders.live.push_back(one.known);
  CHECK(one.rules().empty());
}

SCENARIO("an order that lives has to be shown as such") {
  bench one;
  CHECK(one.rules() == rules{"lives_unseen"});
  one.shown.orders.ended.push_back(one.known);
  CHECK(one.rules() == rules{"dead_but_lives"});
  one.shown.orders.ended.clear();
  one.known.certainty = session::certainty::in_doubt;
  one.shown.orders.live.push_back(one.known);
  CHECK(one.rules() == rules{"in_doubt_at_rest"});
}

SCENARIO("an order that is over is not shown as live") {
  bench one;
  one.log += line(200, "order_cancelled", order("o1", "cancelled"));
  one.shown.orders.live.push_back(one.known);
  CHECK(one.rules() == rules{"lives_but_over"});
  one.shown.orders.live.clear();
  one.shown.orders.ended.push_back(one.known);
  CHECK(one.rules().empty());
}

SCENARIO("one label is one order") {
  bench one;
  one.shown.orders.live.push_back(one.known);
  one.log += line(150, "order_placed", order("o2", "open"));
  CHECK(one.rules() == rules{"placed_twice"});
}

SCENARIO("each fill is told once, and what is shown as filled is what was") {
  bench one;
  one.log += line(200, "order_filled", order("o1", "open", "4") + R"(,"trade_id":"t1","fill_amount":"4")");
  one.known.report.filled = base::decimal::from_raw(4 * base::decimal::one);
  one.shown.orders.live.push_back(one.known);
  CHECK(one.rules() == rules{"fill_untold"});
  one.tell_fill("t1");
  CHECK(one.rules().empty());
  one.tell_fill("t1");
  CHECK(one.rules() == rules{"fill_told_twice"});
  one.told.notices.pop_back();
  one.shown.orders.live[0].report.filled = base::decimal::from_raw(3 * base::decimal::one);
  CHECK(one.rules() == rules{"filled_wrong"});
}

SCENARIO("who was told that nothing was placed has nothing at the exchange") {
  bench one;
  one.shown.orders.live.push_back(one.known);
  told_answer answer;
  answer.answered = true;
  answer.outcome.outcome = session::outcome::refused;
  answer.outcome.order.label = "a.1";
  one.told.answers.push_back(answer);
  CHECK(one.rules() == rules{"refused_but_placed"});
}

SCENARIO("no request is too many, and every line of the log is claimed") {
  bench one;
  one.shown.orders.live.push_back(one.known);
  one.log += line(300, "too_many_requests", R"("method":"private/buy")");
  CHECK(one.rules() == rules{"too_many_requests"});
  one.log += line(301, "never_heard_of", R"("x":1)");
  CHECK(one.rules() == rules{"too_many_requests", "line_unclaimed"});
}

SCENARIO("what the exchange did in the last moment need not be known yet") {
  bench one;
  one.log += line(1'000'001, "order_filled", order("o1", "filled", "10") + R"(,"trade_id":"t1","fill_amount":"10")");
  one.shown.orders.live.push_back(one.known);
  CHECK(one.rules().empty());
}

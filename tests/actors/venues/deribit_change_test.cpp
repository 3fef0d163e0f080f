#include "actors/venues/deribit/subscription_table.hpp"
#include "tests/actors/venues/deribit_rig.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace cafnode;
using namespace std::chrono_literals;
using test::deribit_rig;

namespace {

using names = std::vector<std::string>;

const std::string ticker = "ticker.BTC-PERPETUAL.100ms";
const std::string book = "book.BTC-PERPETUAL.100ms";
const std::string trades = "trades.BTC-PERPETUAL.100ms";
const std::string quote = "quote.ETH-PERPETUAL";

constexpr const char* quote_data = R"({"instrument_name":"ETH-PERPETUAL"})";

void change(deribit_rig& rig, names channels) {
  rig.machine->change({std::move(channels), 5s, 10s}, rig.now, rig.out);
}

/// The channels of the last frame with this method.
std::string asked(const deribit_rig& rig, std::string_view method) {
  const auto frame = rig.last_frame(method);
  const auto from = frame.find('[');
  return from == std::string_view::npos ? std::string{} : std::string{frame.substr(from, frame.find(']') - from + 1)};
}

void confirm(deribit_rig& rig, std::string_view method) {
  rig.answer(rig.last(method), asked(rig, method));
}

std::string list(const names& channels) {
  std::string text = "[";
  for (const auto& one : channels)
    text.append(text.size() > 1 ? "," : "").append("\"").append(one).append("\"");
  return text + "]";
}

std::string frame(const char* type, int from, int to) {
  return R"({"type":")" + std::string{type} +
         R"(","timestamp":1,"instrument_name":"BTC-PERPETUAL","bids":[],"asks":[],"prev_change_id":)" +
         std::to_string(from) + R"(,"change_id":)" + std::to_string(to) + "}";
}

std::size_t faults(const deribit_rig& rig) {
  return rig.out.all<venues::protocol_fault>().size();
}

} // namespace

SCENARIO("a change of the channels asks for the difference, and for nothing else") {
  deribit_rig rig;
  rig.go_live();
  rig.out.forget();
  WHEN("nothing changes") {
    change(rig, {book, trades, ticker});
    CHECK(rig.out.sent.empty());
  }
  WHEN("one is added and one dropped") {
    change(rig, {ticker, book, quote});
    CHECK(asked(rig, "private/unsubscribe") == list({trades}));
    CHECK(rig.count("private/subscribe") == 0);
    confirm(rig, "private/unsubscribe");
    CHECK(asked(rig, "private/subscribe") == list({quote}));
    confirm(rig, "private/subscribe");
    THEN("the new one is told, and what still comes of the other is no fault") {
      rig.notify(quote, quote_data);
      rig.notify(trades, "[]");
      CHECK(rig.out.all<venues::raw_notification>().size() == 1);
      CHECK(faults(rig) == 0);
      rig.pass(11s);
      rig.notify(trades, "[]");
      CHECK(faults(rig) == 1);
    }
  }
  WHEN("all are dropped, the session's own are kept") {
    change(rig, {});
    CHECK(asked(rig, "private/unsubscribe") == list({ticker, book, trades}));
    confirm(rig, "private/unsubscribe");
    CHECK(rig.out.sent.size() == 1);
    rig.notify("user.orders.any.any.raw", test::order_json("E1", "x"));
    CHECK(rig.out.all<venues::order_updated>().size() == 1);
  }
  WHEN("the exchange does not know one of the new ones") {
    change(rig, {ticker, book, trades, quote, "nonsense"});
    rig.answer(rig.last("private/subscribe"), list({quote}));
    REQUIRE(rig.out.all<venues::subscription_missing>().size() == 1);
    CHECK(rig.out.all<venues::subscription_missing>()[0].channels == names{"nonsense"});
    change(rig, {ticker, book, trades, quote});
    CHECK(rig.out.sent.size() == 1); // it was never there
  }
  WHEN("there are too many") {
    names many;
    for (int i = 0; i < 5000; ++i)
      many.push_back("quote." + std::to_string(i));
    change(rig, many);
    CHECK(rig.out.sent.empty());
    CHECK(rig.out.all<venues::upkeep_failed>().size() == 1);
    CHECK(rig.out.closed.empty());
  }
}

SCENARIO("what is changed while a call is under way is asked for behind it") {
  deribit_rig rig;
  rig.go_live();
  rig.out.forget();
  change(rig, {ticker, book, trades, quote});
  REQUIRE(rig.count("private/subscribe") == 1);
  WHEN("the new one is dropped before it is there") {
    change(rig, {ticker, book, trades});
    CHECK(rig.out.sent.size() == 1);
    rig.notify(quote, quote_data);
    CHECK(rig.out.all<venues::raw_notification>().empty());
    CHECK(faults(rig) == 0);
    confirm(rig, "private/subscribe");
    CHECK(asked(rig, "private/unsubscribe") == list({quote}));
    WHEN("and wished again before it is gone") {
      change(rig, {ticker, book, trades, quote});
      confirm(rig, "private/unsubscribe");
      CHECK(rig.count("private/subscribe") == 2);
      CHECK(asked(rig, "private/subscribe") == list({quote}));
    }
  }
  WHEN("more is wished") {
    change(rig, {ticker, book, trades, quote, "quote.BTC-PERPETUAL"});
    CHECK(rig.out.sent.size() == 1);
    confirm(rig, "private/subscribe");
    CHECK(asked(rig, "private/subscribe") == list({"quote.BTC-PERPETUAL"}));
  }
}

SCENARIO("a change before the connection is live takes part in its set-up as far as that was paid for") {
  deribit_rig rig;
  rig.machine->open(rig.now, rig.out);
  rig.answer(1, R"("ok")");
  WHEN("nothing was asked for yet") {
    change(rig, {quote});
    rig.answer(2, test::grant_json);
    rig.answer(3, R"("ok")");
    CHECK(asked(rig, "private/subscribe") == list({"user.orders.any.any.raw", "user.trades.any.any.raw", quote}));
    confirm(rig, "private/subscribe");
    CHECK(rig.out.all<venues::stage_reached>().back().stage == venues::stage::resumed);
    CHECK(rig.out.asked_for.empty());
  }
  WHEN("the set-up's call is out, the rest follows when it is live, and asks the budget") {
    rig.answer(2, test::grant_json);
    rig.answer(3, R"("ok")");
    rig.out.may_spend_more = false;
    change(rig, {quote});
    confirm(rig, "private/subscribe");
    CHECK(rig.out.all<venues::stage_reached>().back().stage == venues::stage::resumed);
    CHECK(rig.count("private/unsubscribe") == 0);
    rig.out.may_spend_more = true;
    rig.pass(250ms);
    CHECK(asked(rig, "private/unsubscribe") == list({ticker, book, trades}));
    confirm(rig, "private/unsubscribe");
    CHECK(asked(rig, "private/subscribe") == list({quote}));
  }
}

SCENARIO("a change waits for the budget, and is asked for no more often than four times per second") {
  deribit_rig rig;
  rig.go_live();
  rig.out.forget();
  rig.out.may_spend_more = false;
  change(rig, {ticker, book, trades, quote});
  rig.pass(10s);
  CHECK(rig.out.sent.empty());
  CHECK(rig.out.asked_for.size() <= 41);
  CHECK(rig.out.asked_for.front() == venues::credits{0, 0, 3000});
  rig.out.may_spend_more = true;
  rig.pass(250ms);
  CHECK(rig.count("private/subscribe") == 1);
  confirm(rig, "private/subscribe");
  rig.out.forget();
  rig.out.asked_for.clear();
  change(rig, {ticker, book, trades});
  REQUIRE(rig.out.asked_for.size() == 1);
  CHECK(rig.out.asked_for.front() == venues::credits{0, 500, 0});
}

SCENARIO(
    "a change that the exchange refuses, or does not answer, is tried again with pauses, the one beside the other") {
  deribit_rig rig;
  rig.go_live();
  rig.out.forget();
  change(rig, {ticker, book, quote});
  const auto drop = rig.last("private/unsubscribe");
  WHEN("it is refused") {
    rig.refuse(drop, 13028, "temporarily_unavailable");
  }
  WHEN("it is not answered") {
    rig.pass(10s);
  }
  CHECK(rig.out.closed.empty());
  CHECK(rig.out.all<venues::upkeep_failed>().size() == 1);
  rig.pass(2s);
  CHECK(asked(rig, "private/subscribe") == list({quote}));
  confirm(rig, "private/subscribe");
  CHECK(rig.last("private/unsubscribe") != drop);
  confirm(rig, "private/unsubscribe");
  rig.notify(trades, "[]");
  CHECK(faults(rig) == 0);
  CHECK(rig.out.sent.size() == 3);
}

SCENARIO(
    "a channel whose subscription was not answered may be there: it is told, and unsubscribed when it is dropped") {
  deribit_rig rig;
  rig.go_live();
  rig.out.forget();
  change(rig, {ticker, book, trades, quote});
  rig.out.may_spend_more = false;
  rig.pass(11s);
  REQUIRE(rig.out.all<venues::upkeep_failed>().size() == 1);
  rig.notify(quote, quote_data);
  CHECK(rig.out.all<venues::raw_notification>().size() == 1);
  rig.out.may_spend_more = true;
  change(rig, {ticker, book, trades});
  rig.pass(2s);
  CHECK(asked(rig, "private/unsubscribe") == list({quote}));
  CHECK(faults(rig) == 0);
}

SCENARIO("a book that is wished again is told to be wrong until its snapshot, if frames of it were passed over") {
  deribit_rig rig;
  rig.go_live();
  rig.notify(book, frame("snapshot", 0, 10));
  rig.out.forget();
  rig.out.may_spend_more = false;
  change(rig, {ticker, trades});
  WHEN("nothing came meanwhile, its chain goes on") {
    change(rig, {ticker, trades, book});
    rig.notify(book, frame("change", 10, 11));
    CHECK(rig.out.all<venues::book_changed>().size() == 1);
    CHECK(rig.out.all<venues::book_gap>().empty());
    CHECK(rig.out.sent.empty());
  }
  WHEN("something came") {
    rig.notify(book, frame("change", 10, 11));
    CHECK(rig.out.all<venues::book_changed>().empty());
    rig.out.may_spend_more = true;
    change(rig, {ticker, trades, book});
    REQUIRE(rig.out.all<venues::book_gap>().size() == 1);
    rig.pass(250ms);
    CHECK(asked(rig, "private/unsubscribe") == list({book}));
    rig.notify(book, frame("change", 11, 12));
    confirm(rig, "private/unsubscribe");
    rig.notify(book, frame("snapshot", 0, 20));
    confirm(rig, "private/subscribe");
    rig.notify(book, frame("change", 20, 21));
    CHECK(rig.out.all<venues::book_changed>().size() == 2);
    CHECK(rig.out.all<venues::book_gap>().size() == 1);
  }
  CHECK(faults(rig) == 0);
}

SCENARIO("a broken book that is wished no longer is not renewed") {
  deribit_rig rig;
  rig.go_live();
  rig.out.forget();
  rig.out.may_spend_more = false;
  rig.notify(book, frame("snapshot", 0, 10));
  rig.notify(book, frame("change", 11, 12));
  rig.out.may_spend_more = true;
  change(rig, {ticker, trades});
  rig.pass(5s);
  CHECK(rig.count("private/unsubscribe") == 1);
  confirm(rig, "private/unsubscribe");
  rig.pass(60s);
  CHECK(rig.out.sent.size() == 1);
}

SCENARIO("new deadlines are for requests from now on") {
  deribit_rig rig;
  rig.go_live();
  rig.out.forget();
  const auto before = rig.machine->list_positions(rig.now, rig.out);
  rig.machine->change({deribit_rig::default_config().channels, 300ms, 700ms}, rig.now, rig.out);
  const auto order = rig.machine->cancel("E1", rig.now, rig.out);
  const auto query = rig.machine->list_positions(rig.now, rig.out);
  const auto failed = [&] {
    std::vector<venues::request_id> ids;
    for (const auto& one : rig.out.all<venues::request_failed>())
      ids.push_back(one.request);
    return ids;
  };
  rig.pass(300ms);
  CHECK(failed() == std::vector{order});
  rig.pass(400ms);
  CHECK(failed() == std::vector{order, query});
  CHECK(rig.out.all<venues::request_failed>().back().text.ends_with("within 700 ms"));
  rig.pass(4300ms);
  CHECK(failed() == std::vector{order, query, before});
}

SCENARIO("thousands of changes leave nothing behind") {
  names first;
  names second;
  for (int i = 0; i < 400; ++i)
    (i % 2 == 0 ? first : second).push_back("quote." + std::to_string(i));
  deribit::subscription_table channels{first};
  base::time_point now{1h};
  for (int i = 0; i < 5000; ++i) {
    first.back() = "quote.of." + std::to_string(i);
    static_cast<void>(channels.wish(i % 2 == 0 ? second : first));
    if (const auto call = channels.next_call(); !call.empty())
      CHECK(channels.settle_call(call).missing.empty());
    if (!channels.begin_unsubscribe(now, true).empty())
      channels.end_unsubscribe(now);
    now += 1ms;
  }
  CHECK(channels.size() == 200);
  CHECK(channels.remembered() <= 200 + deribit::subscription_table::strays_max);
  now += 11s;
  static_cast<void>(channels.wish({}));
  while (!channels.begin_unsubscribe(now, true).empty())
    channels.end_unsubscribe(now);
  CHECK(channels.remembered() <= 200);
}

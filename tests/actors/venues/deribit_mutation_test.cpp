#include "runtime/base/rng.hpp"
#include "tests/actors/venues/deribit_rig.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace cafnode;
using test::deribit_rig;
using test::recorded_frame;

namespace {

/// A place in a JSON text: `"key":value`, with the comma behind it.
struct member {
  std::string key;
  std::size_t from = 0, value = 0, end = 0;
};

std::size_t end_of_value(std::string_view text, std::size_t at) {
  int depth = 0;
  for (bool quoted = false; at < text.size(); ++at) {
    const char c = text[at];
    if (c == '"')
      quoted = !quoted;
    if (quoted)
      continue;
    if (depth == 0 && (c == ',' || c == '}' || c == ']'))
      return at;
    depth += c == '{' || c == '[' ? 1 : c == '}' || c == ']' ? -1 : 0;
  }
  return at;
}

/// Every member of every object; the frames here have no escapes and no spaces around colons.
std::vector<member> members_of(std::string_view text) {
  std::vector<member> found;
  for (std::size_t at = 0; (at = text.find('"', at)) != std::string_view::npos;) {
    const auto end = text.find('"', at + 1);
    if (end + 1 < text.size() && text[end + 1] == ':')
      found.push_back({std::string{text.substr(at + 1, end - at - 1)}, at, end + 2, end_of_value(text, end + 2)});
    at = end + 1;
  }
  return found;
}

std::string without(const std::string& text, const member& one) {
  auto copy = text;
  const bool comma_behind = one.end < copy.size() && copy[one.end] == ',';
  const bool comma_before = one.from > 0 && copy[one.from - 1] == ',';
  const auto from = !comma_behind && comma_before ? one.from - 1 : one.from;
  copy.erase(from, one.end + (comma_behind ? 1 : 0) - from);
  return copy;
}

std::string with(const std::string& text, const member& one, std::string_view value) {
  auto copy = text;
  copy.replace(one.value, one.end - one.value, value);
  return copy;
}

deribit_rig live_rig() {
  auto config = deribit_rig::default_config();
  for (const auto* more :
       {"user.orders.option.BTC.raw", "user.trades.option.BTC.raw", "user.changes.any.any.raw", "platform_state"})
    config.channels.emplace_back(more);
  deribit_rig rig{std::move(config)};
  rig.go_live();
  return rig;
}

const std::vector<std::string> notifications{"ticker_perpetual.json", "book_snapshot.json",        "trades.json",
                                             "user_order_open.json",  "user_order_cancelled.json", "user_trades.json",
                                             "user_changes.json",     "platform_locked.json"};

std::size_t index_of_fault() {
  return venues::event{venues::protocol_fault{}}.index();
}

/// Delivers a broken notification: what is told of it is what could be read, and says what it lacks.
bool is_fault(const std::string& frame) {
  auto rig = live_rig();
  rig.out.forget();
  rig.receive(frame);
  CHECK(rig.out.closed.empty());
  for (const auto& sent : rig.out.sent)
    CHECK(sent.find("private/unsubscribe") != std::string::npos); // a book that was not understood is renewed
  bool fault = false;
  for (const auto& happened : rig.out.events)
    fault = fault || happened.index() == index_of_fault();
  for (const auto& news : rig.out.all<venues::order_updated>())
    CHECK(((news.order.state != venues::order_state::unknown) != ((news.order.lacks & venues::field_state) != 0)));
  return fault;
}

struct answered_request {
  const char* frame;
  venues::request_id (*ask)(deribit_rig&);
};

const std::vector<answered_request> answers{
    {"edit_ok.json", [](deribit_rig& rig) { return rig.machine->edit({}, rig.now, rig.out); }},
    {"cancel_ok.json", [](deribit_rig& rig) { return rig.machine->cancel("1", rig.now, rig.out); }},
    {"stop_market_without_filled_amount.json",
     [](deribit_rig& rig) { return rig.machine->place({}, rig.now, rig.out); }},
    {"positions.json", [](deribit_rig& rig) { return rig.machine->list_positions(rig.now, rig.out); }},
};

/// Delivers a broken answer: the request has its one outcome at the latest when the connection ends.
void deliver_answer(const answered_request& request, std::string frame) {
  CAPTURE(frame);
  auto rig = live_rig();
  const auto id = request.ask(rig);
  rig.out.forget();
  if (const auto at = frame.find("\"id\":"); at != std::string::npos && frame[at + 5] != '"' && frame[at + 5] != 'n')
    frame.replace(at + 5, frame.find(',', at) - at - 5, std::to_string(id));
  rig.receive(frame);
  const auto faults = rig.out.all<venues::protocol_fault>().size();
  for (const auto& accepted : rig.out.all<venues::order_accepted>())
    CHECK((faults > 0 || accepted.order.lacks == 0 || accepted.order.lacks == venues::field_label));
  for (const auto& failed : rig.out.all<venues::request_failed>())
    CHECK(failed.disposition == venues::disposition::unknown);
  rig.machine->abandon(rig.now, rig.out);
  CHECK(rig.out.events.size() == faults + 1);
  CHECK(rig.machine->pending() == 0);
}

} // namespace

SCENARIO("a field that the protocol promises cannot be left out, whichever it is") {
  const std::vector<std::string> needed{"order_id",
                                        "order_state",
                                        "amount",
                                        "filled_amount",
                                        "direction",
                                        "trade_id",
                                        "trade_seq",
                                        "instrument_name",
                                        "change_id",
                                        "timestamp",
                                        "bids",
                                        "asks",
                                        "channel",
                                        "data",
                                        "method",
                                        "price",
                                        "last_update_timestamp"};
  std::size_t tried = 0;
  for (const auto& name : notifications) {
    const auto frame = recorded_frame(name);
    for (const auto& one : members_of(frame)) {
      CAPTURE(name);
      CAPTURE(one.key);
      const bool fault = is_fault(without(frame, one));
      const bool must = std::find(needed.begin(), needed.end(), one.key) != needed.end();
      // The instrument of all changes together is not needed: each order, trade and position has its own. Trades of
      // others are told by their number in the sequence.
      const bool spare = (name == "user_changes.json" && one.key == "instrument_name") ||
                         (name == "trades.json" && one.key == "trade_id");
      if (must && !spare)
        CHECK(fault);
      ++tried;
    }
  }
  CHECK(tried > 100);
}

SCENARIO("a field of another type is a fault or no harm, never something made up") {
  for (const auto& name : notifications) {
    const auto frame = recorded_frame(name);
    for (const auto& one : members_of(frame))
      for (const auto* value : {"null", "true", "-1", "1e400", "0.123456789123", "\"\"", "\"\\u0000\"", "{}", "[]",
                                "[[]]", "{\"a\":{}}", "x", ""}) {
        CAPTURE(name);
        CAPTURE(one.key);
        CAPTURE(value);
        is_fault(with(frame, one, value));
      }
  }
}

SCENARIO("a broken answer gives its request one outcome and no other") {
  for (const auto& request : answers) {
    const auto frame = recorded_frame(request.frame);
    deliver_answer(request, frame);
    for (const auto& one : members_of(frame)) {
      deliver_answer(request, without(frame, one));
      for (const auto* value : {"null", "true", "-1", "1e400", "\"x\"", "{}", "[]", "[[]]", ""})
        deliver_answer(request, with(frame, one, value));
    }
  }
}

SCENARIO("bytes that change at random cost no more than the connection") {
  const std::uint64_t seed = 20'261'122;
  CAPTURE(seed);
  base::rng chance{seed};
  const std::string_view alphabet = "{}[]\",:0129-+eE.\\utrnf \n\x80\xc3\xff";
  auto rig = live_rig();
  for (int round = 0; round < 20'000; ++round) {
    auto frame = recorded_frame(notifications[static_cast<std::size_t>(chance.between(0, 7))]);
    for (auto changes = chance.between(1, 4); changes > 0; --changes) {
      const auto at = static_cast<std::size_t>(chance.between(0, static_cast<std::int64_t>(frame.size()) - 1));
      const auto c =
          alphabet[static_cast<std::size_t>(chance.between(0, static_cast<std::int64_t>(alphabet.size()) - 1))];
      if (chance.chance(1, 4))
        frame.erase(at, static_cast<std::size_t>(chance.between(1, 40)));
      else
        frame[at] = c;
      if (frame.empty())
        frame.assign(1, 'x');
    }
    rig.out.forget();
    rig.receive(frame);
    if (!rig.out.closed.empty())
      rig = live_rig();
  }
}

#include "actors/venues/deribit/errors.hpp"
#include "actors/venues/deribit/rules.hpp"
#include "actors/venues/fault_meter.hpp"
#include "actors/venues/pending_requests.hpp"
#include "actors/venues/wire/exact_number.hpp"
#include "actors/venues/wire/json_text.hpp"
#include "runtime/base/rng.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <string>
#include <vector>

using namespace cafnode;
using namespace std::chrono_literals;
using namespace deribit;
using venues::disposition;
using venues::fault_meter;
using venues::parse_noisy;
using venues::parse_plain;
using venues::parse_plain_whole;
using venues::parse_whole;
namespace json = venues::json;
using pending_requests = venues::pending_requests<request_kind>;

namespace {

/// What the project's reference says of each code; the second list is for requests that change orders.
const std::map<disposition, std::vector<int>> meanings{
    {disposition::our_bug, {-32700, -32602, -32601, -32600, -32000, 10030, 11029, 11043, 11047, 11049, 11050, 13032}},
    {disposition::reauthenticate, {10000, 13009, 11056, 13778}},
    {disposition::fatal, {13004, 10029, 13021, 13403, 11042}},
    {disposition::reject,
     {10002, 10003, 10009, 10010, 10011, 10012, 10013, 10014, 10015, 10016, 10017, 10018, 10020, 10021, 10022,
      10027, 10032, 10037, 10038, 10039, 10048, 11013, 11022, 11035, 13019, 13020, 13040, 13042, 13666}},
    {disposition::reprice, {10005, 10006, 10007, 10023, 10026, 10043, 10044, 11021, 11036, 11054, 11055}},
    {disposition::gone, {10004, 11008, 11044, 13777}},
    {disposition::pause, {10019, 11051, 11098, 12003, 13025, 13030, 13043, 13503}},
    {disposition::back_off, {10028}},
    {disposition::retry, {10001, 10040, 10041, 10047, 10049, 10050, 10066, 11052, 11094, 13028, 13888}},
};

const std::vector<int> unknown_for_orders{10001, 10050, 11094, 13028};

} // namespace

SCENARIO("every code of the exchange means what it should, and the table has no other") {
  std::size_t rows = 0;
  for (const auto& [meaning, codes] : meanings)
    for (const int code : codes) {
      CAPTURE(code);
      ++rows;
      REQUIRE(find_error(code) != nullptr);
      CHECK(!find_error(code)->name.empty());
      CHECK(disposition_of(code, "", false) == meaning);
      const bool open =
          std::find(unknown_for_orders.begin(), unknown_for_orders.end(), code) != unknown_for_orders.end();
      CHECK(disposition_of(code, "", true) == (open ? disposition::unknown : meaning));
    }
  CHECK(error_table().size() == rows);
}

SCENARIO("a code that nobody knows is never taken for a rejection of an order") {
  for (const int code : {0, 1, 9999, 10999, 99999, -1}) {
    CHECK(disposition_of(code, "", true) == disposition::unknown);
    CHECK(disposition_of(code, "", false) == disposition::retry);
  }
}

SCENARIO("a parameter error that speaks of a step asks for another price or amount") {
  CHECK(disposition_of(-32602, "must conform to tick size", true) == disposition::reprice);
  CHECK(disposition_of(-32602, "must be a multiple of contract size", true) == disposition::reprice);
  CHECK(disposition_of(-32602, "invalid value", true) == disposition::our_bug);
}

SCENARIO("requests cost what the exchange says") {
  CHECK(cost_of(request_kind::buy).pool == venues::cost_class::matching);
  CHECK(cost_of(request_kind::cancel_by_label).pool == venues::cost_class::matching);
  CHECK(cost_of(request_kind::buy).credits == 1);
  CHECK(cost_of(request_kind::answer_heartbeat).credits == 500);
  CHECK(cost_of(request_kind::subscribe_private).credits == 3000);
  for (std::size_t i = 0; i < request_kind_count; ++i) {
    const auto kind = static_cast<request_kind>(i);
    CHECK(changes_orders(kind) == (cost_of(kind).pool == venues::cost_class::matching));
    CHECK(method_of(kind).find('/') != std::string_view::npos);
  }
  CHECK(method_of(request_kind::trades_of_instrument) == "private/get_user_trades_by_instrument");
}

SCENARIO("an instrument's orders are filed under what it settles in") {
  CHECK(currency_of("BTC-PERPETUAL") == "BTC");
  CHECK(currency_of("ETH-25DEC26-3000-C") == "ETH");
  CHECK(currency_of("ETH_USDC-PERPETUAL") == "USDC");
  CHECK(currency_of("BTC_USDC") == "USDC");
}

SCENARIO("the short way to read a number reads what the long way reads") {
  const std::uint64_t seed = 20'261'122;
  CAPTURE(seed);
  base::rng chance{seed};
  const std::string_view alphabet = "00123456789.-e+x";
  std::size_t read = 0;
  for (int round = 0; round < 200'000; ++round) {
    std::string text;
    for (auto length = chance.between(0, 22); length > 0; --length)
      text += alphabet[static_cast<std::size_t>(chance.between(0, chance.chance(1, 3) ? 15 : 11))];
    base::decimal plain;
    if (!parse_plain(text, plain))
      continue;
    ++read;
    const auto parsed = base::decimal::parse(text);
    REQUIRE_MESSAGE(parsed.has_value(), text);
    REQUIRE_MESSAGE(parsed.value() == plain, text);
  }
  CHECK(read > 5000);
}

SCENARIO("a whole number is read in every notation, or not at all") {
  CHECK(parse_whole("0") == 0);
  CHECK(parse_whole("-17") == -17);
  CHECK(parse_whole("17.0") == 17);
  CHECK(parse_whole("1.7e1") == 17);
  CHECK(parse_whole("1.79013384e+8") == 179013384);
  CHECK(parse_whole("1700e-2") == 17);
  CHECK(parse_whole("0e999") == std::nullopt);
  CHECK(parse_whole("9223372036854775807") == 9223372036854775807);
  for (const auto* bad : {"", "-", "1.5", "17e-1", "1e19", "9223372036854775808", "01", "1.", ".5", "1e",
                          "1e999999999999", "x", "1 ", "+1", "\"1\"", "null"}) {
    CAPTURE(std::string{bad});
    CHECK(parse_whole(bad) == std::nullopt);
  }
  std::int64_t plain = 5;
  CHECK(parse_plain_whole("1790133840887", plain));
  CHECK(plain == 1790133840887);
  CHECK(!parse_plain_whole("17.0", plain));
  CHECK(!parse_plain_whole("017", plain));
  CHECK(!parse_plain_whole("1790133840887179013", plain));
}

SCENARIO("escapes of JSON are resolved, others are none") {
  CHECK(json::unescape(R"(a\"\\\/\b\f\n\r\tz)") == "a\"\\/\b\f\n\r\tz");
  CHECK(json::unescape(R"(\u0041\u00e9\u20AC\ud83d\ude00)") == "A\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80");
  for (const auto* bad : {R"(\)", R"(\x)", R"(\u12)", R"(\u12g4)"}) {
    CAPTURE(std::string{bad});
    CHECK(json::unescape(bad) == std::nullopt);
  }
}

SCENARIO("half of a pair is well formed in JSON and no character") {
  const std::string none = "\xef\xbf\xbd";
  CHECK(json::unescape(R"(\ud800)") == none);
  CHECK(json::unescape(R"(\ud800\u0041)") == none + "A");
  CHECK(json::unescape(R"(\udc00)") == none);
  CHECK(json::unescape(R"(\ud800\ud83d\ude00)") == none + "\xf0\x9f\x98\x80");
}

SCENARIO("what binary arithmetic leaves behind a number is not taken for digits of it") {
  const auto read = [](std::string_view text) {
    base::decimal found = base::decimal::from_raw(-7);
    return venues::parse_noisy(text, found) ? found.to_string() : "no";
  };
  CHECK(read("0.30000000000000004") == "0.3");
  CHECK(read("0.29999999999999998") == "0.3");
  CHECK(read("-0.30000000000000004") == "-0.3");
  CHECK(read("3.0000000000000004e-1") == "0.3");
  CHECK(read("123.45600000000002") == "123.456");
  CHECK(read("1.2345678900000001e4") == "12345.6789");
  CHECK(read("0.000012345") == "no");
  CHECK(read("0.00001234500000000001") == "no");
  CHECK(read("0.1234567890123456") == "no");
  CHECK(read("1e300") == "no");
  CHECK(read("10000000000000000000000000000000000000.1") == "no");
  CHECK(read("0.30000000000000004x") == "no");
}

SCENARIO("a request is forgotten with its outcome, and known as late after its deadline") {
  pending_requests pending{{5s, 5s}, 2};
  const base::time_point start{1h};
  const auto first = pending.add(request_kind::buy, start);
  const auto second = pending.add(request_kind::answer_heartbeat, start + 1s);
  CHECK(!pending.has_room_for_owner());
  CHECK(pending.has_room());
  CHECK(pending.owners() == 1);
  CHECK(pending.next_deadline() == start + 5s);
  CHECK(!pending.take_overdue(start + 4999ms));
  REQUIRE(pending.take_overdue(start + 5s));
  CHECK(!pending.find(first));
  CHECK(pending.find(second)->kind == request_kind::answer_heartbeat);
  pending.settle(second);
  CHECK(pending.size() == 0);
  CHECK(pending.next_deadline() == start + 35s); // the late one is given up
  CHECK(pending.take_late(first)->kind == request_kind::buy);
  CHECK(!pending.next_deadline());
  CHECK(!pending.take_late(first));
  CHECK(!pending.take_late(second));
}

SCENARIO("orders and all other requests have each their own deadline, and what was over first comes first") {
  pending_requests pending{{3s, 10s}, 4};
  const base::time_point start{1h};
  const auto query = pending.add(request_kind::positions, start);
  const auto order = pending.add(request_kind::buy, start + 1s);
  const auto early = pending.add(request_kind::cancel, start + 8s);
  CHECK(pending.next_deadline() == start + 4s);
  CHECK(pending.take_overdue(start + 4s)->id == order);
  CHECK(!pending.take_overdue(start + 4s));
  CHECK(pending.find(query));
  CHECK(pending.take_overdue(start + 20s)->id == query);
  CHECK(pending.take_overdue(start + 20s)->id == early);
}

SCENARIO("a change of the deadlines is for requests that come after it") {
  pending_requests pending{{10s, 10s}, 8};
  const base::time_point start{1h};
  const auto old_order = pending.add(request_kind::buy, start);
  const auto old_query = pending.add(request_kind::positions, start);
  pending.set_deadlines({2s, 30s});
  const auto order = pending.add(request_kind::buy, start + 1s);
  const auto query = pending.add(request_kind::positions, start + 1s);
  WHEN("it is a shorter one, what is due first comes first, whichever was sent first") {
    CHECK(pending.next_deadline() == start + 3s);
    CHECK(pending.take_overdue(start + 3s)->id == order);
    CHECK(pending.find(old_order));
    CHECK(pending.take_overdue(start + 10s)->id == old_order);
  }
  WHEN("it is changed again and again while they wait, each keeps its own") {
    for (int i = 0; i < 5000; ++i)
      pending.set_deadlines({std::chrono::seconds{1 + i % 7}, std::chrono::seconds{40 - i % 7}});
    CHECK(pending.take_overdue(start + 3s)->id == order);
    pending.settle(old_order);
    CHECK(pending.take_overdue(start + 40s)->id == old_query);
    CHECK(pending.next_deadline() == start + 31s);
    CHECK(pending.take_overdue(start + 40s)->id == query);
    CHECK(!pending.take_overdue(start + 40s));
  }
}

SCENARIO("an answer that never comes keeps its place in the account's budget for a while, not for ever") {
  pending_requests pending{{3s, 3s}, 4};
  const base::time_point start{1h};
  const auto order = pending.add(request_kind::buy, start);
  REQUIRE(pending.take_overdue(start + 3s));
  CHECK(pending.traffic().answered.matching == 0);
  CHECK(pending.next_deadline() == start + 33s);
  CHECK(!pending.take_overdue(start + 32'999ms));
  CHECK(pending.traffic().answered.matching == 0);
  CHECK(!pending.take_overdue(start + 33s));
  CHECK(pending.traffic().answered.matching == 1);
  CHECK(!pending.next_deadline());
  WHEN("it comes after all, it is known, and counts once") {
    CHECK(pending.take_late(order));
    CHECK(pending.traffic().answered.matching == 1);
  }
}

SCENARIO("requests that ran late are remembered within a bound") {
  pending_requests pending{{1s, 1s}, 4};
  base::time_point now{1h};
  std::vector<venues::request_id> ids;
  for (int i = 0; i < 100; ++i) {
    ids.push_back(pending.add(request_kind::positions, now));
    now += 2s;
    REQUIRE(pending.take_overdue(now));
  }
  CHECK(!pending.take_late(ids[0]));
  CHECK(!pending.take_late(ids[63]));
  CHECK(pending.take_late(ids[64]));
  CHECK(pending.take_late(ids[99]));
}

SCENARIO("faults are borne until there are more than twenty in a minute") {
  fault_meter meter;
  base::time_point now{1h};
  for (int i = 0; i < 20; ++i)
    CHECK(meter.record(now) == fault_meter::verdict::bear);
  CHECK(meter.record(now + 59s) == fault_meter::verdict::leave);
  CHECK(meter.record(now + 60s) == fault_meter::verdict::bear);
}

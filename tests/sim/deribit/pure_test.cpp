#include "sim/deribit/account_registry.hpp"
#include "sim/deribit/credit_ledger.hpp"
#include "sim/deribit/fault_table.hpp"
#include "sim/deribit/matching_queue.hpp"
#include "sim/deribit/query_text.hpp"
#include "sim/deribit/rpc_text.hpp"
#include "sim/deribit/settings.hpp"
#include "sim/deribit/signature.hpp"
#include "sim/deribit/subscription_table.hpp"

#include <doctest/doctest.h>

using namespace cafnode;
using namespace cafnode::sim;
using namespace std::chrono_literals;

namespace json = boost::json;

namespace {

constexpr base::moment start{};

account_registry registry_of(const settings& rules) {
  account_registry registry{rules, 7};
  registry.add({"one", "key-1", base::secret{"secret-1"}});
  return registry;
}

json::object credentials(std::string_view secret = "secret-1", std::string_view scope = "") {
  return {{"grant_type", "client_credentials"}, {"client_id", "key-1"}, {"client_secret", secret}, {"scope", scope}};
}

} // namespace

TEST_CASE("the documented signature vector is what we compute") {
  CHECK(hmac_sha256_hex("AMANDASECRECT", "1576074319000\n1iqt2wls\n") ==
        "56590594f97921b09b18f166befe0d1319b198bbcdad7ca73382de2f88fe9aa1");
  CHECK(decode_base64("c2ltLWtleTpzaW0tc2VjcmV0") == "sim-key:sim-secret");
}

TEST_CASE("a connection's token works on its connection only, and until it expires") {
  settings rules;
  auto registry = registry_of(rules);
  const auto who = registry.authenticate(credentials(), 5, start);
  REQUIRE(who);
  const auto& token = who.value().access_token;
  CHECK(registry.find(token, 5, start.steady) != nullptr);
  CHECK(registry.find(token, 6, start.steady) == nullptr);
  CHECK(registry.find(token, 5, start.steady + 900s) == nullptr);
  registry.forget_connection(5);
  CHECK(registry.find(token, 5, start.steady) == nullptr);
}

TEST_CASE("a refresh gives a token and voids the one before") {
  settings rules;
  auto registry = registry_of(rules);
  const auto first = registry.authenticate(credentials(), 5, start);
  REQUIRE(first);
  const json::object refresh{{"grant_type", "refresh_token"}, {"refresh_token", first.value().refresh_token}};
  const auto second = registry.authenticate(refresh, 5, start);
  REQUIRE(second);
  CHECK(registry.find(first.value().access_token, 5, start.steady) == nullptr);
  CHECK(registry.find(second.value().access_token, 5, start.steady) != nullptr);
  CHECK(registry.authenticate(refresh, 5, start).fault().code == 13004);
}

TEST_CASE("a named session outlives its socket and shares its key's 16 places") {
  settings rules;
  rules.sessions_per_key_max = 2;
  auto registry = registry_of(rules);
  std::vector<std::string> tokens;
  for (const auto* name : {"session:a", "session:b", "session:c"})
    tokens.push_back(registry.authenticate(credentials("secret-1", name), 5, start).value().access_token);
  registry.forget_connection(5);
  CHECK(registry.find(tokens[0], 9, start.steady) == nullptr); // evicted: the oldest
  CHECK(registry.find(tokens[1], 9, start.steady) != nullptr);
  CHECK(registry.find(tokens[2], 9, start.steady) != nullptr);
}

TEST_CASE("wrong credentials are 13004, too many of them 12003") {
  settings rules;
  rules.login_failures_max = 3;
  auto registry = registry_of(rules);
  for (int count = 0; count < 3; ++count)
    CHECK(registry.authenticate(credentials("guess"), 1, start).fault().code == 13004);
  CHECK(registry.authenticate(credentials(), 1, start).fault().code == 12003);
  CHECK(registry.authenticate(credentials(), 1, start + 61s));
}

TEST_CASE("a signature is good for a minute") {
  settings rules;
  auto registry = registry_of(rules);
  const auto signed_at = [](std::int64_t ms) {
    const std::string stamp = std::to_string(ms);
    return json::object{{"grant_type", "client_signature"},
                        {"client_id", "key-1"},
                        {"timestamp", ms},
                        {"nonce", "n"},
                        {"signature", hmac_sha256_hex("secret-1", stamp + "\nn\n")}};
  };
  CHECK(registry.authenticate(signed_at(0), 1, start + 59s));
  CHECK(registry.authenticate(signed_at(0), 1, start + 61s).fault().code == 13004);
}

TEST_CASE("tokens are bounded: the oldest dies first") {
  settings rules;
  rules.tokens_max = 20;
  auto registry = registry_of(rules);
  for (std::uint64_t connection = 1; connection <= 200; ++connection)
    REQUIRE(registry.authenticate(credentials(), connection, start));
  CHECK(registry.tokens() <= 20);
}

TEST_CASE("scope and expiry can be asked for") {
  settings rules;
  auto registry = registry_of(rules);
  const auto who = registry.authenticate(credentials("secret-1", "trade:read expires:30"), 1, start);
  CHECK(who.value().expires_in_s == 30);
  CHECK(who.value().scope == "trade:read expires:30");
}

TEST_CASE("an account's credits run out and come back at 20 requests per second") {
  settings rules;
  credit_ledger ledger{rules};
  const base::time_point now{};
  for (int count = 0; count < 100; ++count)
    REQUIRE(ledger.pay("one", "public/test", now));
  CHECK_FALSE(ledger.pay("one", "public/test", now));
  CHECK(ledger.pay("two", "public/test", now));
  CHECK_FALSE(ledger.pay("one", "public/test", now + 49ms));
  CHECK(ledger.pay("one", "public/test", now + 50ms));
}

TEST_CASE("order methods are paid from a purse of their own, cancel_all from another") {
  settings rules;
  rules.matching_burst = 2;
  credit_ledger ledger{rules};
  const base::time_point now{};
  CHECK(ledger.pay("one", "private/buy", now));
  CHECK(ledger.pay("one", "private/cancel", now));
  CHECK_FALSE(ledger.pay("one", "private/edit", now));
  CHECK(ledger.pay("one", "private/cancel_all_by_currency", now));
  CHECK(ledger.pay("one", "private/get_open_orders", now));
  rules.credits = false;
  CHECK(ledger.pay("one", "private/edit", now));
}

TEST_CASE("a fault hits whom it names, as often and as long as it says") {
  fault_table faults;
  const base::time_point now{};
  const auto spec = read_fault({{"type", "drop_acks"}, {"target", "one"}, {"count", 2}});
  REQUIRE(spec);
  REQUIRE(faults.add(spec.value(), now) == 1);
  CHECK_FALSE(faults.strike(fault_type::drop_acks, 1, "two"));
  CHECK(faults.strike(fault_type::drop_acks, 1, "one"));
  CHECK(faults.strike(fault_type::drop_acks, 2, "one"));
  CHECK_FALSE(faults.strike(fault_type::drop_acks, 1, "one"));
  CHECK(faults.take_ended(now).size() == 1);
  CHECK_FALSE(faults.any(fault_type::drop_acks));

  const auto timed = read_fault({{"type", "mute"}, {"target", 7}, {"for_ms", 100}});
  faults.add(timed.value(), now);
  CHECK(faults.look(fault_type::mute, 7, "") != nullptr);
  CHECK(faults.look(fault_type::mute, 8, "") == nullptr);
  CHECK(faults.take_ended(now + 99ms).empty());
  CHECK(faults.take_ended(now + 100ms).size() == 1);
}

TEST_CASE("every fault type can be named, and what is wrong with one is said") {
  for (std::size_t number = 0; number < static_cast<std::size_t>(fault_type::count_of_types); ++number) {
    const auto type = static_cast<fault_type>(number);
    CHECK(!name_of(type).empty());
    CHECK(fault_named(name_of(type)) == type);
  }
  CHECK(read_fault({{"type", "flood"}}).fault().starts_with("'type' must be one of"));
  CHECK(read_fault({{"type", "mute"}, {"targets", 1}}).fault().starts_with("unknown field 'targets'"));
  CHECK(read_fault({{"type", "mute"}, {"target", json::array{}}}).fault().starts_with("'target' must be"));
  CHECK(read_fault({{"type", "mute"}, {"for_ms", -1}}).fault().starts_with("'count', 'for_ms'"));
}

TEST_CASE("faults under way are bounded") {
  fault_table faults;
  for (std::size_t count = 0; count < fault_table::active_max; ++count)
    REQUIRE(faults.add({fault_type::mute, {}, {}, 0, 0, 0}, {}) != 0);
  CHECK(faults.add({fault_type::mute, {}, {}, 0, 0, 0}, {}) == 0);
}

TEST_CASE("a channel is wanted while anybody hears it") {
  subscription_table table{2};
  using added = subscription_table::added;
  CHECK(table.add(1, "ticker.X", "", "") == added::first_of_channel);
  CHECK(table.add(1, "ticker.X", "", "") == added::already_there);
  CHECK(table.add(2, "ticker.X", "", "") == added::another);
  bool was_there = false;
  CHECK_FALSE(table.remove(1, "ticker.X", "", was_there));
  CHECK(was_there);
  CHECK(table.remove(2, "ticker.X", "", was_there));
  CHECK_FALSE(table.remove(2, "ticker.X", "", was_there));
  CHECK_FALSE(was_there);
  CHECK(table.find("ticker.X", "") == nullptr);
}

TEST_CASE("an account hears its own events only, and a connection's channels are bounded") {
  subscription_table table{2};
  using added = subscription_table::added;
  CHECK(table.add(1, "user.orders.any.any.raw", "one", "") == added::first_of_channel);
  CHECK(table.add(2, "user.orders.any.any.raw", "two", "") == added::another);
  CHECK(table.find("user.orders.any.any.raw", "one")->subscribers.size() == 1);
  CHECK(table.add(1, "b", "", "") == added::first_of_channel);
  CHECK(table.add(1, "c", "", "") == added::too_many);
  CHECK(table.find("c", "") == nullptr);
  CHECK(table.count_of(1) == 2);
}

TEST_CASE("a matching lane takes what it may hold, in order") {
  matching_queue<int> queue;
  using put = matching_queue<int>::put;
  CHECK(queue.add("one/BTC", {1, {}}, 2) == put::starts);
  CHECK(queue.add("one/BTC", {2, {}}, 2) == put::waits);
  CHECK(queue.add("one/BTC", {3, {}}, 2) == put::waits);
  CHECK(queue.add("one/BTC", {4, {}}, 2) == put::full);
  CHECK(queue.drop([](int origin) { return origin != 3; }).size() == 1); // 1 runs already and stays
  bool more = false;
  CHECK(queue.take("one/BTC", more)->origin == 1);
  CHECK(more);
  CHECK(queue.take("one/BTC", more)->origin == 3);
  CHECK_FALSE(more);
  CHECK(matching_lane("one", {{"instrument_name", "ETH-PERPETUAL"}}) == "one/ETH");
  CHECK(matching_lane("one", {{"instrument_name", "made up"}}) == "one/any");
}

TEST_CASE("requests are read with all the tolerance of the wire") {
  const auto of = [](std::string_view text) { return std::get<rpc_request>(read_request(text)); };
  CHECK(of(R"({"id":17,"method":"/public/test"})").method == "public/test");
  CHECK(of(R"({"id":"a\"b","method":"x"})").id == R"("a\"b")");
  CHECK(of(R"({"id":1.50,"method":"x"})").id == "1.50");
  CHECK(of(R"({"method":"x","params":null})").id.empty());
  CHECK(integer_param(of(R"({"method":"x","params":{"interval":"10"}})").params, "interval") == 10);
  CHECK(integer_param(of(R"({"method":"x","params":{"interval":1.0e1}})").params, "interval") == 10);
  CHECK_FALSE(integer_param(of(R"({"method":"x","params":{"interval":10.5}})").params, "interval"));
}

TEST_CASE("what is no request is refused in the exchange's words") {
  const auto code = [](std::string_view text) { return std::get<rpc_refusal>(read_request(text)).error.code; };
  CHECK(code("nonsense") == 11050);
  CHECK(code("[]") == 11050);
  CHECK(code(R"({"id":1})") == 11050);
  CHECK(code(R"({"id":1,"method":"x","params":[1]})") == -32602);
  CHECK(code(std::string(5000, '[')) == 11050);
}

TEST_CASE("answers carry times and the id as it came") {
  const base::wall_time in{std::chrono::microseconds{1'000'000}};
  CHECK(write_answer({"17", in, in + 90us, true}, succeeded(5)) ==
        R"({"jsonrpc":"2.0","id":17,"result":5,"usIn":1000000,"usOut":1000090,"usDiff":90,"testnet":true})");
  CHECK(write_answer({"", in, in, false}, failed(13009, "unauthorized", json::object{{"reason", "invalid_token"}})) ==
        R"({"jsonrpc":"2.0","error":{"code":13009,"message":"unauthorized","data":{"reason":"invalid_token"}})"
        R"(,"usIn":1000000,"usOut":1000000,"usDiff":0,"testnet":false})");
}

TEST_CASE("parameters of a GET become what the method takes") {
  const auto params =
      read_query("instrument_name=BTC-PERPETUAL&amount=10&price=0.5&post_only=true&label=12&order_id=99&x=a%20b+c");
  CHECK(params.at("amount").is_int64());
  CHECK(json_text(params.at("price")) == "0.5");
  CHECK(params.at("post_only").as_bool());
  CHECK(params.at("label") == "12");
  CHECK(params.at("order_id") == "99");
  CHECK(params.at("x") == "a b c");
  CHECK(read_query("x=%01num%3A7").at("x") == "num:7"); // nobody outside can forge the mark of numbers
}

TEST_CASE("settings are read back as they are printed, and faults are explained") {
  settings changed;
  changed.shuffle_ms = 12;
  changed.hb_answer = "any_request";
  const auto text = parse_json(print_settings(changed));
  REQUIRE(text);
  const auto again = read_settings(text->as_object());
  REQUIRE(again);
  CHECK(again.value().shuffle_ms == 12);
  CHECK(again.value().hb_answer == "any_request");
  CHECK(read_settings({{"shufle_ms", 1}}).fault() == "unknown setting 'shufle_ms', did you mean 'shuffle_ms'?");
  CHECK(read_settings({{"shuffle_ms", "x"}}).fault() == "setting 'shuffle_ms' must be a whole number from 0 to 60000");
  CHECK(read_settings({{"hb_answer", "x"}}).fault() ==
        "setting 'hb_answer' must be 'public_test_only' or 'any_request'");
  CHECK(read_settings({{"cod_delay_min_ms", 300}}).fault() == "cod_delay_min_ms is greater than cod_delay_max_ms");
}

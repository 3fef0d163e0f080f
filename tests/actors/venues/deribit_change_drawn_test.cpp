#include "runtime/base/rng.hpp"
#include "tests/actors/venues/deribit_rig.hpp"

#include <doctest/doctest.h>

#include <deque>
#include <set>
#include <string>
#include <vector>

using namespace cafnode;
using namespace std::chrono_literals;
using test::deribit_rig;

// Changes of the channels, failures and answers in an order that a seed draws.

namespace {

using names = std::set<std::string>;

/// What the exchange does with the calls for channels: it keeps their order, and that is all one can rely on.
class drawn_exchange {
public:
  drawn_exchange(deribit_rig& rig, std::uint64_t seed) : rig_{rig}, chance_{seed} {}

  /// Reads what was sent since. Done or not, and answered or not: now, later, too late or never.
  void read(bool kind) {
    for (; read_ < rig_.out.sent.size(); ++read_) {
      const std::string frame = rig_.out.sent[read_];
      const bool off = frame.find("/unsubscribe\"") != std::string::npos;
      if (!off && frame.find("/subscribe\"") == std::string::npos)
        continue;
      take(frame, off, kind);
    }
  }

  /// Gives one of the answers that wait; any of them, they come in no order.
  void answer_one() {
    if (waiting_.empty())
      return;
    const auto at = waiting_.begin() + chance_.between(0, static_cast<std::int64_t>(waiting_.size()) - 1);
    const auto frame = *at;
    waiting_.erase(at);
    rig_.receive(frame);
  }

  void answer_all() {
    while (!waiting_.empty())
      answer_one();
  }

  /// News of any channel that is subscribed.
  void publish() {
    if (subscribed.empty())
      return;
    auto at = subscribed.begin();
    std::advance(at, chance_.between(0, static_cast<std::int64_t>(subscribed.size()) - 1));
    if (at->starts_with("book."))
      rig_.notify(*at, R"({"type":"change","timestamp":1,"instrument_name":")" + at->substr(5, at->rfind('.') - 5) +
                           R"(","bids":[],"asks":[],"prev_change_id":)" + std::to_string(chance_.between(1, 3)) +
                           R"(,"change_id":2})");
    else if (at->starts_with("quote."))
      rig_.notify(*at, "{}");
  }

  names subscribed;
  std::size_t most = 0;

private:
  void take(const std::string& frame, bool off, bool kind) {
    const auto from = frame.find('[');
    const auto id_at = frame.find("\"id\":") + 5;
    const auto id = frame.substr(id_at, frame.find(',', id_at) - id_at);
    const bool refused = !kind && chance_.chance(1, 4);
    std::string answered;
    for (auto at = frame.find('"', from); at != std::string::npos && at < frame.find(']');) {
      const auto end = frame.find('"', at + 1);
      const auto name = frame.substr(at + 1, end - at - 1);
      at = frame.find('"', end + 1);
      const bool was = subscribed.contains(name);
      if (!refused && off)
        subscribed.erase(name);
      if (!refused && !off)
        subscribed.insert(name);
      if (!off || was)
        answered += (answered.empty() ? "\"" : ",\"") + name + "\"";
    }
    most = std::max(most, subscribed.size());
    auto text = refused ? R"({"jsonrpc":"2.0","id":)" + id +
                              R"(,"error":{"code":13028,"message":"temporarily_unavailable"},"usIn":1,"usOut":2})"
                        : R"({"jsonrpc":"2.0","id":)" + id + R"(,"result":[)" + answered + R"(],"usIn":1,"usOut":2})";
    if (kind || !chance_.chance(1, 4))
      waiting_.push_back(std::move(text));
  }

  deribit_rig& rig_;
  base::rng chance_;
  std::size_t read_ = 0;
  std::deque<std::string> waiting_;
};

names draw(base::rng& chance) {
  names wished;
  for (int i = 0; i < 12; ++i)
    if (chance.chance(1, 2))
      wished.insert((i % 3 == 0 ? "book.B" + std::to_string(i) + ".raw" : "quote.Q" + std::to_string(i)));
  return wished;
}

std::string in_words(const names& channels) {
  std::string text;
  for (const auto& one : channels)
    text += one + " ";
  return text;
}

void run(std::uint64_t seed) {
  CAPTURE(seed);
  base::rng chance{seed};
  auto wished = draw(chance);
  auto config = deribit_rig::default_config();
  config.auth = chance.chance(1, 4) ? venues::auth_method::none : venues::auth_method::client_credentials;
  const bool has_login = config.auth != venues::auth_method::none;
  config.channels.assign(wished.begin(), wished.end());
  config.nonce_seed = seed;
  deribit_rig rig{config};
  drawn_exchange exchange{rig, seed * 31};
  const auto change = [&] {
    rig.machine->change({{wished.begin(), wished.end()}, 5s, std::chrono::seconds{chance.between(5, 10)}}, rig.now,
                        rig.out);
  };
  rig.machine->open(rig.now, rig.out);
  rig.answer(1, R"("ok")");
  if (has_login) {
    rig.answer(2, test::grant_json);
    rig.answer(3, R"("ok")");
  }
  exchange.read(true); // the set-up's call is done; its answer waits
  for (int step = 0; step < 120; ++step) {
    switch (chance.between(0, 6)) {
    case 0:
      wished = draw(chance);
      change();
      break;
    case 1:
      if (rig.out.all<venues::stage_reached>().back().stage == venues::stage::resumed)
        rig.pass(std::chrono::milliseconds{chance.between(1, 15'000)});
      break;
    case 2:
      rig.out.may_spend_more = !rig.out.may_spend_more;
      break;
    case 3:
      exchange.publish();
      break;
    default:
      exchange.answer_one();
    }
    exchange.read(rig.out.all<venues::stage_reached>().back().stage != venues::stage::resumed);
    if (const auto login = rig.last("public/auth"); login > 2)
      rig.answer(login, test::grant_json);
  }
  rig.out.may_spend_more = true;
  for (int quiet = 0; quiet < 300; ++quiet) {
    exchange.answer_all();
    rig.pass(1s);
    exchange.read(true);
    if (const auto login = rig.last("public/auth"); login > 2)
      rig.answer(login, test::grant_json);
  }
  CHECK(rig.out.closed.empty());
  if (has_login)
    wished.insert({"user.orders.any.any.raw", "user.trades.any.any.raw"});
  CHECK(in_words(exchange.subscribed) == in_words(wished));
  for (const auto& one : rig.out.all<venues::protocol_fault>())
    CHECK(one.kind == venues::fault_kind::unknown_reply);
}

} // namespace

SCENARIO("whatever order changes, failures and answers come in, in the end the exchange has what is wished") {
  for (std::uint64_t seed = 1; seed <= 400; ++seed)
    run(seed);
}

#include "tests/actors/venues/deribit_rig.hpp"

#include <doctest/doctest.h>

#include <array>

using namespace cafnode;
using namespace std::chrono_literals;
using test::deribit_rig;
using venues::give_up;

// What the machine renews by itself: while the old state is good, a renewal that fails ends nothing.

namespace {

deribit_rig live_rig(std::string_view life = "900") {
  deribit_rig rig;
  rig.machine->open(rig.now, rig.out);
  rig.answer(1, R"("ok")");
  rig.answer(2, R"({"access_token":"a","refresh_token":"r","expires_in":)" + std::string{life} + "}");
  rig.answer(3, R"("ok")");
  rig.confirm_subscription();
  return rig;
}

bool is_refresh(deribit_rig& rig) {
  return rig.last_frame("public/auth").find("\"refresh_token\":") != std::string_view::npos;
}

/// Lets `span` pass in steps, with `answer(id, is_refresh)` for each attempt to renew the login.
template<class Answer>
void renew(deribit_rig& rig, base::duration span, Answer answer) {
  auto seen = rig.last("public/auth");
  for (const auto until = rig.now.steady + span; rig.now.steady < until && rig.out.closed.empty();) {
    rig.pass(50ms);
    if (const auto id = rig.last("public/auth"); id != seen) {
      seen = id;
      answer(id, is_refresh(rig));
    }
  }
}

} // namespace

namespace {

struct failure {
  int code; // 0: no answer
  const char* words;
};

constexpr std::array failures{failure{0, "no answer"},
                              failure{13028, "temporarily_unavailable"},
                              failure{12003, "login_over_limit"},
                              failure{11051, "system_maintenance"},
                              failure{10066, "too_many_concurrent_requests"},
                              failure{77777, "a code of tomorrow"},
                              failure{10001, "error"}};

} // namespace

SCENARIO("a renewal that fails is tried again, and nothing is lost when it works before the login is over") {
  for (const auto& one : failures) {
    CAPTURE(one.code);
    auto rig = live_rig();
    rig.pass(719s);
    int attempts = 0;
    const auto fail = [&](venues::request_id id, bool) {
      ++attempts;
      if (one.code != 0)
        rig.refuse(id, one.code, one.words);
    };
    renew(rig, 150s, fail);
    CHECK(rig.out.closed.empty());
    CHECK(attempts >= 4);
    CHECK(attempts <= 40);
    CHECK(rig.out.all<venues::upkeep_failed>().size() >= 3);
    renew(rig, 31s, [&](venues::request_id id, bool) { rig.answer(id, test::grant_json); });
    renew(rig, 600s, fail);
    CHECK(rig.out.closed.empty());
  }
}

SCENARIO("when no renewal works the connection ends with its login and no sooner, and logins were few") {
  for (const auto& one : failures) {
    CAPTURE(one.code);
    auto rig = live_rig();
    rig.pass(719s);
    int logins = 0;
    const auto fail = [&](venues::request_id id, bool refresh) {
      logins += refresh ? 0 : 1;
      if (one.code != 0)
        rig.refuse(id, one.code, one.words);
    };
    renew(rig, 180s, fail);
    CHECK(rig.out.closed.empty());
    renew(rig, 2s, fail);
    CHECK(rig.out.closed == std::vector{give_up::unavailable});
    CHECK(rig.out.close_text.find("the login is over") != std::string::npos);
    CHECK(logins >= 1);
    CHECK(logins <= 10);
    CHECK(!rig.machine->next_due().has_value());
  }
}

SCENARIO("a renewal is not tried again before the exchange wants to hear of it, not even by the next connection") {
  auto rig = live_rig(); // it lives 900 s, and is renewed from 720 s on
  rig.pass(721s);
  const auto first = rig.last("public/auth");
  const auto tries = rig.count("public/auth");
  WHEN("it says so for less than the login lives") {
    rig.refuse(first, 13028, "temporarily_unavailable", R"({"wait":100})");
    CHECK(rig.out.all<venues::upkeep_failed>().back().retry_in == 100s);
    rig.pass(99s);
    CHECK(rig.count("public/auth") == tries);
    rig.pass(2s);
    CHECK(rig.count("public/auth") == tries + 1);
    CHECK(rig.out.closed.empty());
  }
  WHEN("it says so for longer") {
    rig.refuse(first, 13028, "temporarily_unavailable", R"({"wait":300})");
    rig.pass(178s);
    CHECK(rig.out.closed.empty());
    rig.pass(2s);
    CHECK(rig.count("public/auth") == tries);
    REQUIRE(rig.out.closed == std::vector{give_up::unavailable});
    CHECK(rig.out.close_retry_after > 118s);
    CHECK(rig.out.close_retry_after <= 121s);
  }
}

SCENARIO("a connection that is not live yet ends rather than sit out a wait that the exchange asks for") {
  deribit_rig rig;
  rig.machine->open(rig.now, rig.out);
  rig.answer(1, R"("ok")");
  rig.answer(2, test::grant_json);
  rig.answer(3, R"("ok")");
  rig.refuse(rig.last("private/subscribe"), 13028, "temporarily_unavailable", R"({"wait":20})");
  CHECK(rig.out.closed == std::vector{give_up::unavailable});
  CHECK(rig.out.close_retry_after == 20s);
}

SCENARIO("a login that lives five seconds survives a renewal that is never answered") {
  auto rig = live_rig("5");
  int logins = 0;
  renew(rig, 30s, [&](venues::request_id id, bool refresh) {
    if (refresh)
      return;
    ++logins;
    rig.answer(id, R"({"access_token":"a","refresh_token":"r","expires_in":5})");
  });
  CHECK(rig.out.closed.empty());
  CHECK(logins >= 5);
}

SCENARIO("a late grant counts: the tokens before it are void") {
  auto rig = live_rig();
  rig.pass(720s);
  const auto refresh = rig.last("public/auth");
  rig.pass(6s);
  rig.answer(refresh, R"({"access_token":"a2","refresh_token":"r2.late","expires_in":900})");
  rig.pass(720s);
  CHECK(rig.out.closed.empty());
  CHECK(rig.last_frame("public/auth").find("r2.late") != std::string_view::npos);
}

SCENARIO("13009 to what was sent before a new login says nothing about that login") {
  auto rig = live_rig();
  rig.pass(100s);
  const auto first = rig.machine->list_open_orders(rig.now, rig.out);
  std::vector<venues::request_id> before;
  for (int i = 0; i < 5; ++i)
    before.push_back(rig.machine->list_positions(rig.now, rig.out));
  rig.refuse(first, 13009, "unauthorized");
  CHECK(rig.count("public/auth") == 2);
  before.push_back(rig.machine->list_positions(rig.now, rig.out)); // the login is under way
  rig.answer(rig.last("public/auth"), test::grant_json);
  for (const auto id : before)
    rig.refuse(id, 13009, "unauthorized");
  CHECK(rig.out.closed.empty());
  CHECK(rig.count("public/auth") == 2);
  CHECK(rig.out.all<venues::request_failed>().size() == 7);
}

SCENARIO("a login that the exchange forgot is made anew with pauses, for a minute") {
  auto rig = live_rig();
  rig.refuse(rig.machine->list_open_orders(rig.now, rig.out), 13009, "unauthorized");
  CHECK(rig.count("public/auth") == 2);
  int logins = 0;
  const auto busy = [&](venues::request_id id, bool refresh) {
    CHECK(!refresh);
    ++logins;
    rig.refuse(id, 13028, "temporarily_unavailable");
  };
  busy(rig.last("public/auth"), false);
  renew(rig, 30s, busy);
  CHECK(rig.out.closed.empty());
  WHEN("it works in the end") {
    renew(rig, 29s, [&](venues::request_id id, bool) { rig.answer(id, test::grant_json); });
    CHECK(rig.out.closed.empty());
    renew(rig, 300s, busy);
    CHECK(rig.out.closed.empty());
  }
  WHEN("it does not") {
    renew(rig, 31s, busy);
    CHECK(rig.out.closed == std::vector{give_up::unavailable});
    CHECK(logins <= 12);
  }
}

namespace {

const std::string book = "book.BTC-PERPETUAL.100ms";

std::string frame(const char* type, int from, int to) {
  return R"({"type":")" + std::string{type} +
         R"(","timestamp":1,"instrument_name":"BTC-PERPETUAL","bids":[],"asks":[],)" + R"("prev_change_id":)" +
         std::to_string(from) + R"(,"change_id":)" + std::to_string(to) + "}";
}

} // namespace

SCENARIO("a subscription is not made again before the exchange wants to hear of it") {
  auto rig = live_rig();
  rig.notify(book, frame("snapshot", 0, 10));
  rig.notify(book, frame("change", 11, 12));
  rig.answer(rig.last("private/unsubscribe"), "[\"" + book + "\"]");
  const auto calls = [&] { return rig.count("private/subscribe") + rig.count("private/unsubscribe"); };
  const auto before = calls();
  rig.refuse(rig.last("private/subscribe"), 13028, "temporarily_unavailable", R"({"wait":120})");
  CHECK(rig.out.all<venues::upkeep_failed>().back().retry_in == 120s);
  rig.pass(119s);
  CHECK(calls() == before);
  rig.pass(2s);
  CHECK(calls() == before + 1);
}

SCENARIO("a subscription that fails is made again with pauses") {
  auto rig = live_rig();
  rig.notify(book, frame("snapshot", 0, 10));
  rig.notify(book, frame("change", 11, 12));
  const auto unsubscribe = rig.last("private/unsubscribe");
  REQUIRE(unsubscribe != 0);
  WHEN("the unsubscription is refused for now") {
    rig.refuse(unsubscribe, 13028, "temporarily_unavailable");
    CHECK(rig.out.closed.empty());
    rig.pass(10s);
    REQUIRE(rig.last("private/unsubscribe") != unsubscribe);
    rig.answer(rig.last("private/unsubscribe"), "[\"" + book + "\"]");
    rig.confirm_subscription();
    rig.notify(book, frame("snapshot", 0, 20));
    CHECK(rig.out.all<venues::book_changed>().size() == 2);
  }
  WHEN("the subscription is refused for now, or not answered, or answered with nonsense") {
    for (const int way : {0, 1, 2}) {
      CAPTURE(way);
      auto again = live_rig();
      again.notify(book, frame("snapshot", 0, 10));
      again.notify(book, frame("change", 11, 12));
      again.answer(again.last("private/unsubscribe"), "[\"" + book + "\"]");
      const auto subscribe = again.last("private/subscribe");
      if (way == 0)
        again.refuse(subscribe, 13028, "temporarily_unavailable");
      if (way == 2)
        again.answer(subscribe, "7");
      again.pass(4999ms);
      again.pass(20s);
      CHECK(again.out.closed.empty());
      // Whether it was subscribed nobody knows: only an unsubscription makes sure of a snapshot.
      REQUIRE(again.count("private/unsubscribe") >= 2);
      CHECK(again.out.all<venues::upkeep_failed>().size() >= 1);
    }
  }
  WHEN("it happens while the connection is made") {
    deribit_rig fresh;
    fresh.machine->open(fresh.now, fresh.out);
    fresh.answer(1, R"("ok")");
    fresh.answer(2, test::grant_json);
    fresh.answer(3, R"("ok")");
    for (int i = 0; i < 3; ++i) {
      fresh.refuse(fresh.last("private/subscribe"), 13028, "temporarily_unavailable");
      CHECK(fresh.out.closed.empty());
      fresh.pass(4900ms);
    }
    fresh.confirm_subscription();
    CHECK(fresh.out.all<venues::stage_reached>().back().stage == venues::stage::resumed);
  }
}

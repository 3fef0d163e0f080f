#include "actors/venues/deribit/auth.hpp"
#include "tests/actors/venues/deribit_rig.hpp"

#include <doctest/doctest.h>

#include <set>

using namespace cafnode;
using namespace std::chrono_literals;
using test::deribit_rig;
using venues::give_up;

SCENARIO("a login is signed as the exchange's own example") {
  CHECK(deribit::sign_login(base::secret{"AMANDASECRECT"}, 1576074319000, "1iqt2wls", "") ==
        "56590594f97921b09b18f166befe0d1319b198bbcdad7ca73382de2f88fe9aa1");
}

SCENARIO("a signed login carries the signature of what it says, and never the secret") {
  auto config = deribit_rig::default_config();
  config.auth = venues::auth_method::client_signature;
  config.nonce_seed = 7;
  deribit_rig rig{std::move(config)};
  rig.machine->open(rig.now, rig.out);
  const std::string frame{rig.last_frame("public/auth")};
  const auto field = [&frame](const std::string& key) {
    const auto from = frame.find("\"" + key + "\":\"") + key.size() + 4;
    return frame.substr(from, frame.find('"', from) - from);
  };
  CHECK(frame.find("AMANDASECRECT") == std::string::npos);
  CHECK(field("grant_type") == "client_signature");
  CHECK(field("client_id") == "AMANDA");
  CHECK(frame.find("\"timestamp\":1576074319000,") != std::string::npos);
  CHECK(field("nonce").size() == 8);
  CHECK(field("signature") ==
        deribit::sign_login(base::secret{"AMANDASECRECT"}, 1576074319000, field("nonce"), field("data")));
}

SCENARIO("a login asks for the scope that is configured, and for none where there is none") {
  for (const auto method : {venues::auth_method::client_credentials, venues::auth_method::client_signature}) {
    auto config = deribit_rig::default_config();
    config.auth = method;
    deribit_rig plain{config};
    plain.machine->open(plain.now, plain.out);
    CHECK(plain.last_frame("public/auth").find("scope") == std::string::npos);
    config.own.deribit.scope = "trade:read_write account:read_write";
    deribit_rig scoped{config};
    scoped.machine->open(scoped.now, scoped.out);
    CHECK(scoped.last_frame("public/auth").find(R"("scope":"trade:read_write account:read_write")") !=
          std::string::npos);
  }
}

SCENARIO("nonces differ") {
  base::rng chance{1};
  std::set<std::string> seen;
  for (int i = 0; i < 1000; ++i)
    seen.insert(deribit::make_nonce(chance));
  CHECK(seen.size() == 1000);
}

SCENARIO("a login is renewed at 80 % of its life, on the live connection") {
  deribit_rig rig;
  rig.go_live();
  rig.pass(719s);
  CHECK(rig.count("public/auth") == 1);
  rig.pass(1s);
  REQUIRE(rig.count("public/auth") == 2);
  CHECK(rig.out.sent.back().find(R"("params":{"grant_type":"refresh_token","refresh_token":"r1.refresh"}})") !=
        std::string::npos);
  WHEN("it is granted") {
    rig.answer(rig.last("public/auth"), test::grant_json);
    THEN("the next renewal follows") {
      rig.pass(720s);
      CHECK(rig.count("public/auth") == 3);
    }
  }
  WHEN("it is refused") {
    rig.refuse(rig.last("public/auth"), 13009, "unauthorized", R"({"reason":"invalid_token"})");
    THEN("the machine logs in again with its credentials") {
      CHECK(rig.out.closed.empty());
      CHECK(rig.out.sent.back().find("client_credentials") != std::string::npos);
      rig.refuse(rig.last("public/auth"), 13004, "invalid_credentials");
      AND_THEN("credentials that are wrong are not tried again, and the connection lasts as long as its login") {
        CHECK(rig.out.closed.empty());
        rig.pass(179s);
        CHECK(rig.out.closed.empty());
        CHECK(rig.count("public/auth") == 3);
        rig.pass(1s);
        CHECK(rig.out.closed == std::vector{give_up::refused});
      }
    }
  }
}

SCENARIO("a login that lasts ten years and more needs no renewal that overflows a clock") {
  deribit_rig rig;
  rig.machine->open(rig.now, rig.out);
  rig.answer(1, R"("ok")");
  rig.answer(2, R"({"access_token":"a","refresh_token":"r","expires_in":9000000000000000000})");
  rig.answer(3, R"("ok")");
  rig.confirm_subscription();
  REQUIRE(rig.machine->next_due().has_value());
  CHECK(*rig.machine->next_due() - rig.now.steady == std::chrono::hours{24 * 365 * 8});
}

SCENARIO("a login without a token ends the connection, without a word of it in the reason") {
  for (const auto* grant : {R"({"access_token":["s3cret"],"refresh_token":null,"expires_in":9})",
                            R"({"access_token":"s3cret","refresh_token":"s3cret\x","expires_in":9})",
                            R"({"expires_in":9})", R"("s3cret")"}) {
    CAPTURE(std::string{grant});
    deribit_rig rig;
    rig.machine->open(rig.now, rig.out);
    rig.answer(2, grant);
    CHECK(rig.out.closed == std::vector{give_up::unavailable});
    CHECK(rig.out.close_text.find("s3cret") == std::string::npos);
    REQUIRE(rig.out.all<venues::protocol_fault>().size() == 1);
    CHECK(rig.out.all<venues::protocol_fault>()[0].detail.find("s3cret") == std::string::npos);
    CHECK(rig.out.all<venues::protocol_fault>()[0].text.find("s3cret") == std::string::npos);
  }
}

SCENARIO("a login whose life cannot be read is renewed within a minute, and its tokens are in no report") {
  for (const auto* life : {"0", "-1", "null", "\"soon\"", "1e30", "899.5", "{}"}) {
    CAPTURE(std::string{life});
    deribit_rig rig;
    rig.machine->open(rig.now, rig.out);
    rig.answer(1, R"("ok")");
    rig.answer(2, R"({"access_token":"s3cret","refresh_token":"s3cret","expires_in":)" + std::string{life} + "}");
    rig.answer(3, R"("ok")");
    rig.confirm_subscription();
    CHECK(rig.out.closed.empty());
    REQUIRE(rig.out.all<venues::protocol_fault>().size() == 1);
    CHECK(rig.out.all<venues::protocol_fault>()[0].text.empty());
    rig.pass(48s);
    CHECK(rig.count("public/auth") == 2);
  }
}

SCENARIO("a connection that was logged out by the exchange logs in again, once") {
  deribit_rig rig;
  rig.go_live();
  const auto first = rig.machine->list_open_orders(rig.now, rig.out);
  const auto second = rig.machine->list_open_orders(rig.now, rig.out);
  rig.refuse(first, 13009, "unauthorized");
  rig.refuse(second, 13009, "unauthorized");
  const auto failed = rig.out.all<venues::request_failed>();
  REQUIRE(failed.size() == 2);
  CHECK(failed[1].disposition == venues::disposition::reauthenticate);
  CHECK(rig.count("public/auth") == 2);
  CHECK(rig.out.closed.empty());
  rig.answer(rig.last("public/auth"), test::grant_json);
  WHEN("it is logged out again at once") {
    rig.refuse(rig.machine->list_open_orders(rig.now, rig.out), 13009, "unauthorized");
    CHECK(rig.out.closed == std::vector{give_up::unavailable});
  }
  WHEN("it is logged out again much later") {
    rig.pass(10min);
    rig.refuse(rig.machine->list_open_orders(rig.now, rig.out), 13009, "unauthorized");
    CHECK(rig.out.closed.empty());
    CHECK(rig.count("public/auth") == 3);
  }
}

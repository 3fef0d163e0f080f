#include "tests/control/api_rig.hpp"

#include <doctest/doctest.h>

using namespace cafnode;
using control::config_answer;
using control::config_outcome;
using test::api_rig;

namespace {

/// An API whose keeper answers the same whatever it is asked, and what it was asked last.
struct asked_keeper {
  api_rig rig;
  control::config_wish wish;

  explicit asked_keeper(config_answer answer) {
    rig.rules.tokens.push_back({base::secret{"operate-operate-operate"}, control::scope::operate});
    rig.actions.config = [this, answer = std::move(answer)](control::config_wish wanted, std::chrono::milliseconds,
                                                            const auto& finish) {
      wish = std::move(wanted);
      finish(answer);
    };
  }

  std::shared_ptr<test::heard_reply> post(const std::string& path, net::http_origin origin) {
    net::http_request request;
    request.method = "POST";
    request.path = path;
    request.body = "kind: Node\n";
    request.origin = origin;
    request.headers.emplace_back("x-caf-node", "1");
    request.authorization.emplace_back("Bearer operate-operate-operate");
    return rig.send(std::move(request));
  }
};

} // namespace

SCENARIO("only what comes over the unix socket is the owner's wish, whatever a token over TCP is good for") {
  asked_keeper keeper{{config_outcome::done, {}, {}, "{}"}};
  for (const std::string path : {"/api/v1/config/plan", "/api/v1/config/apply"}) {
    CAPTURE(path);
    CHECK(keeper.post(path, net::http_origin::tcp)->response.status == 200);
    CHECK_FALSE(keeper.wish.by_owner);
    CHECK(keeper.post(path, net::http_origin::local)->response.status == 200);
    CHECK(keeper.wish.by_owner);
  }
}

SCENARIO("what only the owner may is refused as forbidden, with what to do") {
  asked_keeper keeper{control::not_done(config_outcome::not_allowed, "auth is his", "use the socket")};
  const auto heard = keeper.post("/api/v1/config/apply", net::http_origin::tcp);
  CHECK(heard->response.status == 403);
  CHECK(heard->at("/error/code") == "forbidden");
  CHECK(heard->at("/error/message") == "auth is his");
  CHECK(heard->at("/error/hint") == "use the socket");
}

SCENARIO("the faults of a text are a list beside a message of one line") {
  asked_keeper keeper{{config_outcome::bad_text, "the file has 2 errors, the first: ...", "mend it",
                       R"([{"line":3,"message":"one"},{"line":4,"message":"two"}])"}};
  const auto heard = keeper.post("/api/v1/config/plan", net::http_origin::local);
  CHECK(heard->response.status == 422);
  CHECK(heard->at("/error/code") == "bad_config");
  CHECK(heard->at("/error/message") == "the file has 2 errors, the first: ...");
  CHECK(heard->at("/error/details/1/message") == "two");
}

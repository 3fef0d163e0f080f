#include "tests/apps/ctl/fake_node.hpp"
#include "tests/apps/program_run.hpp"

#include <doctest/doctest.h>

using cafnode::test::fake_node;
using cafnode::test::program_run;
using cafnode::test::run_program;

namespace {

program_run cafctl(std::vector<std::string> words, const std::vector<std::string>& environment = {}) {
  words.insert(words.begin(), CAFNODE_CAFCTL);
  return run_program(words, environment);
}

/// An address where nothing listens: a port that was just given back.
std::string dead_address() {
  return fake_node{}.address();
}

constexpr auto well = R"({"state":"ok","node":{"name":"n"}})";

} // namespace

SCENARIO("cafctl ends with 0 when all is well and with 1 when the node is not") {
  fake_node node;
  node.answers("GET /api/v1/status", 200, well);
  CHECK(cafctl({"status", "--addr", node.address()}).status == 0);
  node.answers("GET /api/v1/status", 200, R"({"state":"degraded"})");
  CHECK(cafctl({"status", "--addr", node.address()}).status == 1);
}

SCENARIO("cafctl ends with 2 when the command line makes no sense, before asking anybody") {
  for (const auto& words : std::vector<std::vector<std::string>>{{"frob"},
                                                                 {"conn"},
                                                                 {"conn", "show"},
                                                                 {"status", "--addr", "nowhere:"},
                                                                 {"status", "-o", "xml"},
                                                                 {"status", "--timeout", "soon"},
                                                                 {"sup", "restart"},
                                                                 {"sup", "show"},
                                                                 {"sup", "tree", "--limit", "0"},
                                                                 {"event", "tail", "--since", "x"},
                                                                 {"event", "tail", "--since", ""},
                                                                 {"event", "tail", "--kind="},
                                                                 {"event", "tail", "--kind", ""},
                                                                 {"order", "ls", ""},
                                                                 {"order", "ls", "--side", "up"},
                                                                 {"sup", "kill", "tokyo"},
                                                                 {"completion", "tcsh"},
                                                                 {"order", "place", "a", "hold", "1", "I"}}) {
    const auto run = cafctl(words);
    CAPTURE(run.err);
    CHECK(run.status == 2);
    CHECK(run.out.empty());
    CHECK(run.err.starts_with("cafctl: "));
  }
}

SCENARIO("cafctl ends with 3 where no node listens") {
  const auto run = cafctl({"status", "--addr", dead_address()});
  CHECK(run.status == 3);
  CHECK(run.err.find("is caf-node running?") != std::string::npos);
}

SCENARIO("cafctl ends with 4, 5 and 6 as the node refuses, does not know, or cannot now") {
  fake_node node;
  node.answers("POST /api/v1/connections/a/close", 403, "{}");
  CHECK(cafctl({"conn", "close", "a", "--addr", node.address()}).status == 4);
  CHECK(cafctl({"conn", "show", "nobody", "--addr", node.address()}).status == 5);
  node.answers("POST /api/v1/connections/a/close", 409, "{}");
  CHECK(cafctl({"conn", "close", "a", "--addr", node.address()}).status == 6);
}

SCENARIO("cafctl ends with 7 when the answer takes too long") {
  fake_node node;
  node.ignores("GET /api/v1/status");
  const auto run = cafctl({"status", "--timeout", "50ms", "--addr", node.address()});
  CHECK(run.status == 7);
}

SCENARIO("an order in doubt is no success: cafctl ends with 7 and shows it") {
  fake_node node;
  node.answers("DELETE /api/v1/orders", 202, R"({"outcome":"in_doubt","order":{"label":"n1"}})");
  const auto run = cafctl({"order", "cancel", "a", "n1", "--addr", node.address()});
  CHECK(run.status == 7);
  CHECK(run.out.find("in doubt") != std::string::npos);
}

SCENARIO("with -o json faults are JSON on standard error and standard output is empty") {
  const std::string address = dead_address();
  for (const auto& words : std::vector<std::vector<std::string>>{
           {"frob", "-o", "json"}, {"status", "--output=json", "--addr", address}, {"-ojson"}}) {
    const auto run = cafctl(words);
    CAPTURE(run.err);
    CHECK(run.status != 0);
    CHECK(run.out.empty());
    CHECK(run.err.starts_with("{\"error\":{\"code\":"));
  }
}

SCENARIO("with -o json the node's document comes through on one line") {
  fake_node node;
  node.answers("GET /api/v1/status", 200, well);
  CHECK(cafctl({"status", "-o", "json", "--addr", node.address()}).out == std::string{well} + "\n");
}

SCENARIO("what steers a terminal is escaped in JSON as it is replaced in tables") {
  fake_node node;
  node.answers("GET /api/v1/status", 200,
               "{\"state\":\"ok\",\"node\":{\"name\":\"\xc2\x9b"
               "31m\"}}");
  CHECK(cafctl({"status", "-o", "json", "--addr", node.address()}).out ==
        "{\"state\":\"ok\",\"node\":{\"name\":\"\\u009b31m\"}}\n");
}

SCENARIO("the address comes from CAF_ADDR unless the command line has one") {
  fake_node node;
  node.answers("GET /api/v1/status", 200, well);
  CHECK(cafctl({"status"}, {"CAF_ADDR=" + node.address()}).status == 0);
  CHECK(cafctl({"status", "--addr", node.address()}, {"CAF_ADDR=" + dead_address()}).status == 0);
}

SCENARIO("an order on the command line is the order that the node gets") {
  fake_node node;
  node.answers("POST /api/v1/orders", 200, R"({"outcome":"done","order":{"label":"n1","state":"open"}})");
  const auto run = cafctl({"order", "place", "alpha", "buy", "10", "BTC-PERPETUAL", "--price", "50000.5", "--post-only",
                           "--addr", node.address()});
  CHECK(run.status == 0);
  CHECK(node.heard() ==
        "POST /api/v1/orders?timeout_ms=4500 {\"connection\":\"alpha\",\"side\":\"buy\",\"amount\":\"10\","
        "\"instrument\":\"BTC-PERPETUAL\",\"type\":\"limit\",\"price\":\"50000.5\",\"post_only\":true,"
        "\"reduce_only\":false}");
}

SCENARIO("a tree is asked for one page at a time, and the last line says how to get the next") {
  fake_node node;
  node.answers("GET /api/v1/tree", 200, R"({"rows":[{"path":"t/a b","type":"worker"}],"next":"t/a b","dropped":0})");
  const auto run = cafctl({"sup", "tree", "t", "--limit", "1", "--after", "t/a a", "--addr", node.address()});
  CHECK(run.status == 0);
  CHECK(node.heard() == "GET /api/v1/tree?limit=1&path=t&after=t/a a ");
  CHECK(run.out.ends_with("there is more: cafctl sup tree t --limit 1 --after 't/a b'\n"));
  CHECK(cafctl({"sup", "tree", "--addr", node.address()}).status == 0);
  CHECK(node.heard() == "GET /api/v1/tree?limit=1000 ");
}

SCENARIO("a restart says what came of it, in words or as JSON, and its refusal ends with 6") {
  fake_node node;
  constexpr auto done = R"({"path":"t/a","outcome":"started","incarnation":3,"took_ms":12,"at":"t"})";
  node.answers("POST /api/v1/tree/restart", 200, done);
  const auto run = cafctl({"sup", "restart", "t/a", "--make-before-break", "--addr", node.address()});
  CHECK(run.status == 0);
  CHECK(run.out == "restarted: t/a, incarnation 3, in 12ms\n");
  CHECK(node.heard() == R"(POST /api/v1/tree/restart?timeout_ms=4500 {"path":"t/a","how":"make_before_break"})");
  CHECK(cafctl({"sup", "restart", "t/a", "-o", "json", "--addr", node.address()}).out == std::string{done} + "\n");
  CHECK(node.heard() == R"(POST /api/v1/tree/restart?timeout_ms=4500 {"path":"t/a","how":"default"})");
  node.answers("POST /api/v1/tree/restart", 409, R"({"error":{"code":"refused","message":"it is the root"}})");
  const auto refused = cafctl({"sup", "restart", "t", "--addr", node.address()});
  CHECK(refused.status == 6);
  CHECK(refused.err == "cafctl: it is the root\n");
}

SCENARIO("the root of a tree is not killed unless somebody says that this is meant") {
  fake_node node;
  node.answers("POST /api/v1/tree/kill", 202, "{}");
  for (const auto* root : {"t", "/t", "t/"}) {
    const auto run = cafctl({"sup", "kill", root, "--addr", node.address()});
    CHECK(run.status == 2);
    CHECK(run.err.find("--yes") != std::string::npos);
    CHECK(node.heard() == "  ");
  }
  CHECK(cafctl({"sup", "kill", "t", "--yes", "--addr", node.address()}).out == "killed: t\n");
}

SCENARIO("a mistyped command or option ends with 2 and says what was perhaps meant") {
  const auto hint = [](const std::vector<std::string>& words) {
    const auto run = cafctl(words);
    CHECK(run.status == 2);
    return run.err;
  };
  CHECK(hint({"staus"}) == "cafctl: 'staus' is no command of cafctl\n        did you mean 'status'?\n");
  CHECK(hint({"conn", "shwo", "a"}).find("did you mean 'show'?") != std::string::npos);
  CHECK(hint({"tree"}).find("did you mean 'sup tree'?") != std::string::npos);
  CHECK(hint({"sup", "tree", "--limt", "3"}).find("did you mean '--limit'?") != std::string::npos);
  CHECK(hint({"conn"}).find("one of 'ls', 'show' or 'close'") != std::string::npos);
  CHECK(hint({"order", "place", "a", "buy", "1", "I", "--market", "--tif", "fill_or_kill"}).find("no --tif") !=
        std::string::npos);
}

SCENARIO("cafctl alone prints its help, as kubectl does") {
  const auto run = cafctl({});
  CHECK(run.status == 0);
  CHECK(run.err.empty());
  CHECK(run.out == cafctl({"--help"}).out);
}

SCENARIO("an answer that could not be written is no success") {
  fake_node node;
  node.answers("GET /api/v1/status", 200, well);
  node.answers("POST /api/v1/connections/a/close", 200, "{}");
  const auto shell = [](const std::string& command) { return run_program({"/bin/sh", "-c", command}); };
  const std::string status = std::string{CAFNODE_CAFCTL} + " status --addr " + node.address();
  for (const std::string where : {" > /dev/full", " >&-"})
    for (const std::string& command :
         {status, status + " -o json", std::string{CAFNODE_CAFCTL} + " --help", std::string{CAFNODE_CAFCTL},
          std::string{CAFNODE_CAFCTL} + " conn close a --addr " + node.address()}) {
      const auto run = shell(command + where);
      CHECK_MESSAGE(run.status == 1, command << where << ": " << run.err);
      CHECK(run.err.find("could not be written") != std::string::npos);
    }
  CHECK(shell(status + " <&- 2>&-").status == 0);
}

SCENARIO("a fault that nobody can be told ends as it would else") {
  fake_node node;
  node.answers("DELETE /api/v1/orders", 202, R"({"outcome":"in_doubt","order":{"label":"n1"}})");
  const std::string program = CAFNODE_CAFCTL;
  const std::pair<std::string, int> commands[] = {{program + " nope", 2},
                                                  {program + " status --addr " + dead_address(), 3},
                                                  {program + " order cancel a n1 --addr " + node.address(), 7},
                                                  {program + " --help >/dev/full", 1},
                                                  {std::string{CAFNODE_SUP_TRACE} + " /nonexistent", 2}};
  for (const auto& [command, status] : commands)
    for (const std::string where : {" 2>/dev/full", " 2>&-"})
      CHECK_MESSAGE(run_program({"/bin/sh", "-c", command + where}).status == status, command << where);
}

SCENARIO("orders are listed without a name, with filters, and prices may be below zero") {
  fake_node node;
  node.answers("GET /api/v1/orders", 200, R"({"orders":[],"connections":[{"name":"a","phase":"closed"}],"next":null})");
  const auto run = cafctl({"order", "ls", "--addr", node.address()});
  CHECK(run.status == 0);
  CHECK(node.heard() == "GET /api/v1/orders ");
  CHECK(run.out.find("a is closed for") != std::string::npos);
  cafctl({"order", "ls", "a", "--state", "live", "--instrument", "I", "--side", "buy", "--addr", node.address()});
  CHECK(node.heard() == "GET /api/v1/orders?connection=a&state=live&instrument=I&side=buy ");
  node.answers("POST /api/v1/orders", 200, R"({"outcome":"done","order":{"label":"n1"}})");
  for (const auto& price : std::vector<std::vector<std::string>>{{"--price", "-5"}, {"--price=-5"}}) {
    std::vector<std::string> words{"order", "place", "a", "buy", "1", "I", "--addr", node.address()};
    words.insert(words.end(), price.begin(), price.end());
    CHECK(cafctl(words).status == 0);
    CHECK(node.heard().find(R"("price":"-5")") != std::string::npos);
  }
}

SCENARIO("completion offers commands, options, choices and the node's names, and is silent where there is none") {
  fake_node node;
  const auto offers = [](std::vector<std::string> words) {
    words.insert(words.begin(), "__complete");
    const auto run = cafctl(words);
    CHECK(run.status == 0);
    CHECK(run.err.empty());
    return run.out;
  };
  CHECK(offers({"conn"}) == "conn\tExchange connections\n");
  CHECK(offers({"conn", ""}).find("close\t") != std::string::npos);
  CHECK(offers({"sup", "tree", "--li"}).starts_with("--limit\t"));
  CHECK(offers({"-o", "j"}) == "json\n");
  CHECK(offers({"--output=w"}) == "--output=wide\n");
  CHECK(offers({"order", "place", "a", ""}) == "buy\nsell\n");
  CHECK(offers({"completion", ""}) == "bash\nzsh\nfish\n");
  CHECK(offers({"nonsense", ""}).empty());
  CHECK(offers({"conn", "show", "--addr", dead_address(), ""}).empty());
  node.answers("GET /api/v1/connections", 200, R"({"connections":[{"name":"alpha","phase":"live"},{"name":"bravo"}]})");
  CHECK(offers({"--addr", node.address(), "conn", "show", "a"}) == "alpha\tlive\n");
  CHECK(offers({"--addr=" + node.address(), "order", "ls", ""}) == "alpha\tlive\nbravo\t-\n");
  node.answers("GET /api/v1/tree", 200, R"({"rows":[{"path":"t/a","state":"running"},{"path":"t/b"}]})");
  CHECK(offers({"sup", "kill", "--addr", node.address(), "t/a"}) == "t/a\trunning\n");
  CHECK(node.heard() == "GET /api/v1/tree?limit=1000&path=t ");
  CHECK_FALSE(offers({"sup", "kill", "--addr", node.address(), "t"}).empty());
  CHECK(node.heard() == "GET /api/v1/tree?limit=1000 ");
  node.answers("GET /api/v1/events/kinds", 200, R"({"kinds":["silent","link_closed"]})");
  CHECK(offers({"event", "tail", "--addr", node.address(), "--kind", "si"}) == "silent\n");
  node.answers("GET /api/v1/orders", 200, R"({"orders":[{"label":"a.1","instrument":"I"}]})");
  CHECK(offers({"order", "cancel", "a", "--addr", node.address(), ""}) == "a.1\tI\n");
  CHECK(node.heard() == "GET /api/v1/orders?state=live&limit=1000&connection=a ");
}

SCENARIO("bash completes from the printed script") {
  fake_node node;
  node.answers("GET /api/v1/connections", 200, R"({"connections":[{"name":"alpha","phase":"live"}]})");
  const auto complete = [&node](const std::string& line) {
    const std::string program = CAFNODE_CAFCTL;
    const auto run = run_program({"/bin/bash", "-c",
                                  "source <(" + program + " completion bash); COMP_LINE='" + program + " " + line +
                                      "'; COMP_POINT=${#COMP_LINE}; _cafctl; printf '%s\\n' \"${COMPREPLY[@]}\""},
                                 {"CAF_ADDR=" + node.address()});
    CHECK(run.err.empty());
    return run.out;
  };
  CHECK(complete("sup tr") == "tree\n");
  CHECK(complete("conn show ") == "alpha\n");
  CHECK(complete("--output=j") == "json\n");
  for (const auto* shell : {"zsh", "fish"})
    CHECK(cafctl({"completion", shell}).out.find("__complete") != std::string::npos);
}

SCENARIO("a kill is brutal unless it is to be asked") {
  fake_node node;
  node.answers("POST /api/v1/tree/kill", 202, "{}");
  CHECK(cafctl({"sup", "kill", "t/a", "--addr", node.address()}).out == "killed: t/a\n");
  CHECK(node.heard() == R"(POST /api/v1/tree/kill?timeout_ms=4500 {"path":"t/a","how":"kill"})");
  CHECK(cafctl({"sup", "kill", "t/a", "--asked", "--addr", node.address()}).out == "asked to stop: t/a\n");
  CHECK(node.heard() == R"(POST /api/v1/tree/kill?timeout_ms=4500 {"path":"t/a","how":"stop"})");
}

SCENARIO("one path is shown, and one that is not there ends with 5") {
  fake_node node;
  node.answers("GET /api/v1/tree/show", 200, R"({"row":{"path":"t/a","type":"worker","state":"running"}})");
  const auto run = cafctl({"sup", "show", "t/a", "--addr", node.address()});
  CHECK(run.status == 0);
  CHECK(run.out.starts_with("t/a\nworker, running for"));
  CHECK(node.heard() == "GET /api/v1/tree/show?path=t/a ");
  node.answers("GET /api/v1/tree/show", 404, "{}");
  CHECK(cafctl({"sup", "show", "t/b", "--addr", node.address()}).status == 5);
}

SCENARIO("events are followed until the node ends the stream") {
  fake_node node;
  node.streams("GET /api/v1/events", {R"({"seq":1,"at":"t","kind":"k","subject":"s","cause":"c","fields":{}})"});
  const auto run = cafctl({"event", "tail", "--follow", "--kind", "k", "--since", "7", "--addr", node.address()});
  CHECK(run.status == 3);
  CHECK(run.out == "t  k  s  c\n");
  CHECK(node.heard() == "GET /api/v1/events?limit=20&since=7&kind=k&follow=1 ");
}

SCENARIO("events that were lost are told apart from those that are shown") {
  fake_node node;
  node.streams("GET /api/v1/events", {R"({"lost":7})", ""});
  const auto run = cafctl({"event", "tail", "-f", "--addr", node.address()});
  CHECK(run.out.empty());
  CHECK(run.err.starts_with("cafctl: 7 events came too fast"));
}

SCENARIO("help and version end with 0 and say which commands are tools for debugging") {
  CHECK(cafctl({"--version"}).out.starts_with("cafctl "));
  const auto help = cafctl({"--help"});
  CHECK(help.status == 0);
  CHECK(help.out.find("130 interrupted") != std::string::npos);
  CHECK(help.out.find("a debugging tool") != std::string::npos);
}

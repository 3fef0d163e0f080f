#include "apps/ctl/tree.hpp"

#include <boost/json/parse.hpp>
#include <doctest/doctest.h>

using namespace cafnode::ctl;

namespace {

const value tree = boost::json::parse(R"({"rows":[
  {"path":"tokyo","type":"supervisor","strategy":"one_for_one","children":1,"state":"running","in_state_ms":5000,
   "restarts":0,"restarts_in_window":0,"restarts_allowed":10,"window_ms":60000,"mailbox":null,"last_end":null},
  {"path":"tokyo/deribit","type":"supervisor","strategy":"one_for_one","children":2,"state":"running",
   "in_state_ms":5000,"restarts":0,"restarts_in_window":1,"restarts_allowed":3,"window_ms":60000,"mailbox":2,
   "last_end":null},
  {"path":"tokyo/deribit/alpha","type":"worker","state":"waiting","in_state_ms":20,"restarts":2,"restart_in_ms":180,
   "circuit":"open","stalled":1,"last_end":{"reason":"crashed","text":"bad things"}},
  {"path":"tokyo/deribit/beta","type":"worker","state":"running","in_state_ms":20,"restarts":1,"mailbox":14,
   "ready":false,"last_end":{"reason":"killed","text":"killed"}}],"next":null})");

const value detail = boost::json::parse(R"({
  "row":{"path":"tokyo/deribit/alpha","type":"worker","state":"waiting","since":"t0","in_state_ms":20,"incarnation":3,
    "restarts":2,"restart_in_ms":180,"circuit":"closed","zombies":1,"mailbox":null,
    "last_end":{"reason":"crashed","text":"bad things"}},
  "supervisor":{"path":"tokyo/deribit","type":"supervisor","state":"running","strategy":"rest_for_one","children":3,
    "restarts_in_window":1,"restarts_allowed":5,"window_ms":60000},
  "records":[{"supervisor":"tokyo/deribit","failed_at":"t1","text":"alpha failed: crashed; restarted alpha"}],
  "events":[{"at":"t2","kind":"child_ended","subject":"tokyo/deribit/alpha","cause":"bad things",
    "fields":{"supervisor":"tokyo/deribit","child":"alpha","reason":"crashed"}}]})");

} // namespace

SCENARIO("the tree is drawn with its branches, limits, back-offs, mailboxes and marks") {
  CHECK(tree_text(tree, {false, true, 0}) ==
        "PATH         STRATEGY         STATE     FOR  WINDOW      RESTARTS  BACK-OFF  MAIL  MARKS                    "
        "LAST END\n"
        "tokyo        one_for_one (1)  running    5s  0/10 in 1m         0         -     -  -                        "
        "-\n"
        "└─ deribit   one_for_one (2)  running    5s  1/3 in 1m          0         -     2  -                        "
        "-\n"
        "   ├─ alpha  -                waiting  20ms  -                  2     180ms     -  circuit open, 1 stalled  "
        "crashed: bad things\n"
        "   └─ beta   -                running  20ms  -                  1         -    14  not ready                "
        "killed\n");
}

SCENARIO("a part of the tree starts with its own path") {
  const value part = boost::json::parse(R"({"rows":[{"path":"tokyo/deribit","type":"supervisor"},
                                                   {"path":"tokyo/deribit/alpha","type":"worker"}]})");
  const std::string text = tree_text(part, {});
  CHECK(text.find("\ntokyo/deribit ") != std::string::npos);
  CHECK(text.find("\n`- alpha ") != std::string::npos);
}

SCENARIO("what is not below a row that is shown has its whole path, on a page in the middle") {
  const value page = boost::json::parse(R"({"rows":[{"path":"t/a/x"},{"path":"t/a/y"},{"path":"t/b"},{"path":"t/b/z"},
                                                    {"path":"t/bb"}]})");
  const std::string text = tree_text(page, {});
  for (const char* shown : {"\nt/a/x ", "\nt/a/y ", "\nt/b ", "\n`- z ", "\nt/bb "}) {
    CAPTURE(shown);
    CHECK(text.find(shown) != std::string::npos);
  }
}

SCENARIO("one path is shown as a page: how it is, its restarts, what happened to it") {
  CHECK(tree_detail_text(detail, {}) ==
        "tokyo/deribit/alpha\n"
        "worker, waiting for 20ms, since t0 UTC\n"
        "\n"
        "  incarnation  3, 2 restarts\n"
        "  back-off     180ms left\n"
        "  mailbox      -\n"
        "  marks        1 zombie\n"
        "  last end     crashed: bad things\n"
        "  supervisor   tokyo/deribit, rest_for_one (3), running, 1 of 5 restarts in 1m\n"
        "\nRestarts\n"
        "  t1  alpha failed: crashed; restarted alpha\n"
        "\nEvents\n"
        "  t2  child_ended  bad things, crashed\n");
}

SCENARIO("no line of a page is wider than the terminal, and the wide page has all fields") {
  const look narrow{false, false, 40};
  std::string_view text;
  const std::string page = tree_detail_text(detail, narrow);
  for (text = page; !text.empty(); text.remove_prefix(text.find('\n') + 1))
    CHECK(text.substr(0, text.find('\n')).size() <= 40);
  CHECK(tree_detail_text(detail, {false, false, 40, true}).find("reason=crashed") != std::string::npos);
}

SCENARIO("a child that has nothing to run after its restart is said to be stopped") {
  CHECK(restart_text(boost::json::parse(R"({"path":"t/a","outcome":"ignored"})")).starts_with("stopped: t/a;"));
}

SCENARIO("a tree of any shape is shown with dashes and ends nothing") {
  for (const char* body : {"null", "[]", "7", R"("x")", "{}", R"({"rows":{},"row":7,"records":7})",
                           R"({"rows":[7,null,[]],"supervisor":[],"records":[7],"events":[[]]})"}) {
    CAPTURE(body);
    const value odd = boost::json::parse(body);
    CHECK_FALSE(tree_text(odd, {}).empty());
    CHECK_FALSE(tree_detail_text(odd, {}).empty());
    CHECK_FALSE(restart_text(odd).empty());
  }
}

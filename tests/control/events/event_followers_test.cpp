#include "control/events/event_followers.hpp"
#include "control/events/event_pages.hpp"
#include "tests/control/api_rig.hpp"

#include <boost/json/parse.hpp>
#include <doctest/doctest.h>

using namespace cafnode;
using test::api_rig;

namespace {

std::size_t lines_of(const std::string& text) {
  return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
}

/// The sequence numbers in a stream of JSON lines, in order; losses in brackets.
std::string numbers_in(const std::string& streamed) {
  std::string out;
  std::size_t from = 0;
  for (auto end = streamed.find('\n'); end != std::string::npos; from = end + 1, end = streamed.find('\n', from)) {
    const std::string line = streamed.substr(from, end - from);
    if (line.empty())
      continue;
    const auto parsed = boost::json::parse(line).as_object();
    if (parsed.contains("lost"))
      out += "[" + std::to_string(parsed.at("lost").as_int64()) + "] ";
    else
      out += std::to_string(parsed.at("seq").as_int64()) + " ";
  }
  return out;
}

} // namespace

SCENARIO("without a number the newest events are answered, oldest first") {
  api_rig rig;
  for (int count = 0; count < 5; ++count)
    rig.happened("phase_changed");
  const auto newest = rig.ask("GET", "/api/v1/events?limit=2");
  CHECK(newest->at("/events/0/seq") == "4");
  CHECK(newest->at("/events/1/seq") == "5");
  CHECK(newest->at("/last_seq") == "5");
  CHECK(newest->at("/gap") == "false");
}

SCENARIO("behind a number the oldest events are answered, so that nothing is left out between two requests") {
  api_rig rig;
  for (int count = 0; count < 5; ++count)
    rig.happened("phase_changed");
  const auto page = rig.ask("GET", "/api/v1/events?since=1&limit=2");
  CHECK(page->at("/events/0/seq") == "2");
  CHECK(page->at("/events/1/seq") == "3");
  CHECK(page->at("/events/2") == "none");
}

SCENARIO("events of one kind are picked out") {
  api_rig rig;
  rig.happened("silent");
  rig.happened("phase_changed");
  rig.happened("silent");
  const auto page = rig.ask("GET", "/api/v1/events?kind=silent&limit=10");
  CHECK(page->at("/events/0/seq") == "1");
  CHECK(page->at("/events/1/seq") == "3");
  CHECK(page->at("/events/2") == "none");
}

SCENARIO("bad questions about events are refused") {
  api_rig rig;
  CHECK(rig.ask("GET", "/api/v1/events?since=x")->response.status == 400);
  CHECK(rig.ask("GET", "/api/v1/events?limit=0")->response.status == 400);
  CHECK(rig.ask("GET", "/api/v1/events?limit=10001")->response.status == 400);
}

SCENARIO("a follower gets what is there, then what comes, each once and in order") {
  api_rig rig;
  rig.happened("a");
  rig.happened("a");
  const auto follower = rig.ask("GET", "/api/v1/events?follow=1&limit=1");
  CHECK(follower->streaming);
  CHECK(follower->response.content_type == "application/x-ndjson");
  CHECK(numbers_in(follower->streamed) == "2 ");
  rig.happened("a");
  rig.happened("a");
  rig.settle();
  CHECK(numbers_in(follower->streamed) == "2 3 4 ");
}

SCENARIO("a follower of one kind hears of no other") {
  api_rig rig;
  const auto follower = rig.ask("GET", "/api/v1/events?follow=1&kind=silent");
  rig.happened("phase_changed");
  rig.happened("silent");
  rig.settle();
  CHECK(numbers_in(follower->streamed) == "2 ");
}

SCENARIO("a long page is written in turns, so that others are answered in between, and is whole") {
  api_rig rig;
  for (int count = 0; count < 3 * static_cast<int>(control::events_per_turn); ++count)
    rig.happened("a");
  const auto page = rig.ask("GET", "/api/v1/events?limit=10000");
  CHECK_FALSE(page->answered);
  CHECK(rig.ask("GET", "/api/v1/events?limit=1")->answered);
  rig.happened("later");
  rig.settle();
  REQUIRE(page->answered);
  const auto events = page->json().at("events").as_array();
  REQUIRE(events.size() == 3 * control::events_per_turn);
  for (std::size_t number = 0; number < events.size(); ++number)
    CHECK(events[number].at("seq").as_int64() == static_cast<std::int64_t>(number) + 1);
  CHECK(page->at("/last_seq") == std::to_string(events.size()));
}

SCENARIO("a page that fits into one turn is answered at once") {
  api_rig rig;
  for (std::size_t count = 0; count < control::events_per_turn; ++count)
    rig.happened("a");
  CHECK(rig.ask("GET", "/api/v1/events?limit=10000")->answered);
}

SCENARIO("a burst is written in turns, and all of it") {
  api_rig rig;
  const auto follower = rig.ask("GET", "/api/v1/events?follow=1");
  for (int count = 0; count < 1000; ++count)
    rig.happened("a");
  rig.settle();
  CHECK(lines_of(follower->streamed) == 1000);
}

SCENARIO("a follower that is too slow is told how many events it lost") {
  api_rig rig;
  const auto follower = rig.ask("GET", "/api/v1/events?follow=1");
  for (int count = 0; count < 4'100; ++count)
    rig.happened("a");
  rig.settle();
  CHECK(follower->streamed.find("{\"lost\":4}") != std::string::npos);
  CHECK(lines_of(follower->streamed) == 4'097);
}

SCENARIO("a follower that asks for a long past is told what of it was left out") {
  api_rig rig;
  for (int count = 0; count < 2'010; ++count)
    rig.happened("a");
  const auto follower = rig.ask("GET", "/api/v1/events?follow=1&since=3");
  CHECK(numbers_in(follower->streamed).starts_with("[7] 11 12 "));
  CHECK(lines_of(follower->streamed) == 2'001);
}

SCENARIO("a follower whose client has gone is forgotten, so that others find room") {
  api_rig rig;
  for (int round = 0; round < 200; ++round) {
    const auto follower = rig.ask("GET", "/api/v1/events?follow=1");
    CHECK(follower->streaming);
    follower->client_gone = true;
  }
}

SCENARIO("more followers than there is room for are refused") {
  api_rig rig;
  std::vector<std::shared_ptr<test::heard_reply>> followers;
  for (int round = 0; round < 65; ++round)
    followers.push_back(rig.ask("GET", "/api/v1/events?follow=1"));
  CHECK(followers[63]->streaming);
  CHECK(followers[64]->response.status == 503);
  CHECK(followers[64]->at("/error/code") == "too_many_followers");
}

SCENARIO("a kind of event that is none is refused with those that there are") {
  api_rig rig;
  rig.happened("made_up_by_a_later_part");
  const auto wrong = rig.ask("GET", "/api/v1/events?kind=slient");
  CHECK(wrong->response.status == 400);
  for (const auto* kind : {"silent", "child_started", "change_undone", "order_in_doubt", "config_applied",
                           "log_failing", "made_up_by_a_later_part"})
    CHECK(wrong->at("/error/hint").find(kind) != std::string::npos);
  CHECK(rig.ask("GET", "/api/v1/events?kind=made_up_by_a_later_part")->response.status == 200);
  CHECK(rig.ask("GET", "/api/v1/events?kind=slient&follow=1")->response.status == 400);
  CHECK(rig.ask("GET", "/api/v1/events/kinds")->json().at("kinds").as_array().size() > 30);
}

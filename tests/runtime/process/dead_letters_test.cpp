#include "runtime/process/dead_letters.hpp"
#include "runtime/virtual/virtual_world.hpp"

#include <caf/message.hpp>
#include <doctest/doctest.h>

#include <string>

using namespace cafnode;
using namespace std::chrono_literals;
using process::dead_letter_kind;
using process::process_base;

SCENARIO("dead letters are counted by kind, and a flood of one kind hides no other") {
  GIVEN("a box with one refused letter, and then very many that nobody expected") {
    process::dead_letter_box box;
    REQUIRE(box.count(dead_letter_kind::overflow));
    box.keep({"gate", "order", dead_letter_kind::overflow, {}});
    int kept = 0;
    for (int i = 0; i < 100'000; ++i)
      if (box.count(dead_letter_kind::unexpected)) {
        ++kept;
        box.keep({"deaf", std::to_string(i), dead_letter_kind::unexpected, {}});
      }

    WHEN("it is looked at") {
      const auto report = box.report();

      THEN("the counts are exact, the samples bounded, in order, and the first one still there") {
        CHECK(box.total() == 100'001);
        CHECK(box.count_of(dead_letter_kind::unexpected) == 100'000);
        CHECK(report.counts[static_cast<std::size_t>(dead_letter_kind::overflow)] == 1);
        CHECK(kept < 200);
        REQUIRE(report.samples.size() == process::dead_letter_box::samples_max + 1);
        CHECK(report.samples.front().receiver == "gate");
        CHECK(report.samples.back().content == "99000");
        CHECK(report.samples[1].content < report.samples[2].content);
      }
    }
  }
}

SCENARIO("a dead letter says who, what, why and when") {
  GIVEN("a process that expects nothing") {
    test::virtual_world world;
    const auto deaf = world.spawn_function("deaf", [](process_base&) -> caf::behavior { return {}; });
    world.pass(10s);
    const auto now = world.now();

    WHEN("it gets a number, and an error that answers nothing") {
      process::tell_anonymous(deaf, 17);
      process::tell_anonymous(deaf, process::make_reason(process::reason_code::refused, "no"));
      world.run();

      THEN("each is of its kind, with the time of the process") {
        const auto report = world.services().dead_letters_by_kind();
        REQUIRE(report.samples.size() == 2);
        CHECK(report.samples[0].receiver == "deaf");
        CHECK(report.samples[0].content == "@i32");
        CHECK(report.samples[0].kind == dead_letter_kind::unexpected);
        CHECK(report.samples[0].at.steady == now.steady);
        CHECK(report.samples[0].at.wall == now.wall);
        CHECK(report.samples[1].kind == dead_letter_kind::error_answer);
        CHECK(report.samples[1].content == "@error");
        CHECK(report.counts[static_cast<std::size_t>(dead_letter_kind::error_answer)] == 1);
      }
    }
  }
}

SCENARIO("each kind of dead letter has a name of its own") {
  std::string names;
  for (std::size_t kind = 0; kind < process::dead_letter_kinds; ++kind)
    names += std::string{to_string(static_cast<dead_letter_kind>(kind))} + " ";
  CHECK(names == "unexpected error_answer fenced overflow closed_mailbox ");
}

#include "sim/virtual/one_way.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace cafnode;
using namespace cafnode::sim;
using namespace std::chrono_literals;

namespace {

struct stage {
  agenda time{base::moment{}};
  std::shared_ptr<one_way> way = std::make_shared<one_way>(time, travel_time{1ms, 20ms}, base::rng{7});
  std::vector<std::string> heard;
  std::vector<base::duration> at;

  stage() {
    way->lead_to([this](parcel what) {
      heard.push_back(*what.text);
      at.push_back(time.now().steady - base::time_point{});
    });
  }

  void put(std::string text) { way->put({parcel::kind::text, 0, {}, make_frame(std::move(text))}); }

  void turn_to(base::duration when) {
    while (time.next_due() <= base::time_point{when}) {
      time.turn_to(time.next_due());
      time.run_due();
    }
    time.turn_to(base::time_point{when});
  }
};

} // namespace

SCENARIO("what is put in comes out in order, each within the drawn time") {
  stage on;
  std::vector<std::string> put;
  for (int number = 0; number < 200; ++number) {
    put.push_back(std::to_string(number));
    on.put(put.back());
  }
  on.turn_to(1ms - 1ns);
  CHECK(on.heard.empty());
  on.turn_to(20ms);
  CHECK(on.heard == put);
  CHECK(on.at.front() < on.at.back());
  CHECK(on.way->bytes() == 0);
}

SCENARIO("while it is held nothing comes out, and then all of it") {
  stage on;
  on.put("one");
  on.way->hold(true);
  on.turn_to(1s);
  CHECK(on.heard.empty());
  CHECK(on.way->bytes() == 13);
  on.put("two");
  on.turn_to(2s);
  on.way->hold(false);
  CHECK(on.heard.empty()); // not from within whoever lets go
  on.turn_to(2s);
  CHECK(on.heard == std::vector<std::string>{"one", "two"});
}

SCENARIO("what is dropped never comes out, and what is put in behind it does") {
  stage on;
  on.put("lost");
  on.way->drop();
  CHECK(on.way->bytes() == 0);
  on.put("kept");
  on.turn_to(1s);
  CHECK(on.heard == std::vector<std::string>{"kept"});
}

SCENARIO("thousands of texts under way are one thing on the agenda") {
  stage on;
  for (int number = 0; number < 5000; ++number)
    on.put("x");
  on.time.turn_to(on.time.next_due());
  on.time.run_due();
  CHECK(on.heard.size() < 5000);
  CHECK(on.time.waiting() == 1);
}

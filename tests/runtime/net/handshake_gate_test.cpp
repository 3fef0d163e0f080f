#include "runtime/net/handshake_gate.hpp"
#include "tests/support/net_probe.hpp"

#include <doctest/doctest.h>

using namespace cafnode;
using namespace cafnode::test;
using namespace std::chrono_literals;

namespace {

struct gate_rig {
  explicit gate_rig(std::chrono::milliseconds counts_for = 60s)
      : gate{std::make_shared<net::handshake_gate>(io, net::gate_limits{2, counts_for})} {}

  void enter(int name) {
    places.push_back(gate->enter([this, name] { went.push_back(name); }));
  }

  void settle() {
    io.restart();
    io.poll();
  }

  boost::asio::io_context io;
  std::shared_ptr<net::handshake_gate> gate;
  std::vector<net::handshake_gate::place> places;
  std::vector<int> went;
};

} // namespace

TEST_CASE("no more handshakes are under way than there are places, first come, first served") {
  gate_rig rig;
  for (int name = 0; name < 5; ++name)
    rig.enter(name);
  CHECK(rig.went.empty()); // never from inside the call
  rig.settle();
  CHECK(rig.went == std::vector<int>{0, 1});
  CHECK(rig.gate->figures()->under_way == 2);
  CHECK(rig.gate->figures()->waiting == 3);
  rig.places[1] = {};
  rig.settle();
  CHECK(rig.went == std::vector<int>{0, 1, 2});
  rig.places[3] = {}; // gives up while it waits
  rig.places[0] = {};
  rig.settle();
  CHECK(rig.went == std::vector<int>{0, 1, 2, 4});
  CHECK(rig.gate->figures()->waiting == 0);
}

TEST_CASE("a place that is given up before its turn has come is not called any more") {
  gate_rig rig;
  rig.enter(0);
  rig.places.clear();
  rig.settle();
  CHECK(rig.went.empty());
  CHECK(rig.gate->figures()->under_way == 0);
}

TEST_CASE("a peer that hangs in its handshake keeps nobody else out") {
  gate_rig rig{20ms};
  for (int name = 0; name < 5; ++name)
    rig.enter(name);
  CHECK(run_until(rig.io, [&] { return rig.went.size() == 5; }));
  CHECK(rig.went == std::vector<int>{0, 1, 2, 3, 4});
}

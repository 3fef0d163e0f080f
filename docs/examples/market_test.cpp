// The same tree, tested: one thread, virtual time, no waiting. Any test framework can hold this; here it is none.
#include "market.hpp"
#include "runtime/process/tell.hpp"
#include "runtime/virtual/virtual_world.hpp"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

namespace {

using namespace cafnode;
using namespace std::chrono_literals;

int failures = 0;

void expect(bool holds, const char* what) {
  std::printf("%s: %s\n", holds ? "ok" : "FAILED", what);
  failures += holds ? 0 : 1;
}

/// Keeps the events as lines, each with its supervisor's path.
class recording final : public supervision::event_sink {
public:
  void publish(const supervision::event& happened) override {
    lines_.push_back(happened.supervisor + " " + market::describe(happened));
  }

  /// Whether a line that begins so was published, since the last one that was found.
  bool saw(const std::string& begin) {
    const auto found =
        std::find_if(lines_.begin(), lines_.end(), [&begin](const auto& line) { return line.starts_with(begin); });
    if (found == lines_.end())
      return false;
    lines_.erase(lines_.begin(), found + 1);
    return true;
  }

private:
  std::vector<std::string> lines_;
};

} // namespace

int main() {
  const auto events = std::make_shared<recording>();
  virtual_time::virtual_world world; // an actor system on this thread; nothing runs unless told to
  const auto outcome = supervision::start_supervisor(world.system(), &world.home(), market::make_plan(events, {}));
  const auto root = std::get<supervision::started>(outcome).child;
  world.run(); // until nobody has anything left to do at this moment
  expect(events->saw("root supervisor_started"), "the whole tree is up at once");

  world.pass(80ms); // four asks, 20 ms apart
  expect(events->saw("root/market child_ended feed #1: crashed, quote 4 is garbled"), "the fourth ask ends the feed");
  expect(events->saw("root/market child_stopped consumer #1: shutdown"), "its consumer is stopped with it");
  world.pass(49ms);
  expect(!events->saw("root/market child_started feed #2"), "nothing is started within 49 ms");
  world.pass(1ms);
  expect(events->saw("root/market child_started feed #2"), "the feed is started again after 50 ms");
  expect(events->saw("root/market child_started consumer #2"), "and the consumer after it");

  process::kill(world.services().names().whereis("recorder")->holder);
  world.run();
  expect(events->saw("root child_ended recorder #1: killed"), "a plain CAF actor is watched like any process");
  expect(events->saw("root child_started recorder #2"), "and started again, at once and alone");

  world.pass(1h);
  expect(events->saw("root/market child_started feed #3"), "the feed fails once more within this hour");
  expect(!events->saw("root/market child_started feed #4"), "and its third life lasts");

  process::ask_to_stop(root);
  world.run();
  expect(world.ended(root).has_value(), "the tree ends when it is asked to");
  return failures == 0 ? 0 : 1;
}

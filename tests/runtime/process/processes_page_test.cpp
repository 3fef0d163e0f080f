// The examples of docs/processes.md, each as it stands there. The last scenario compares the two.
#include "runtime/process/ask.hpp"
#include "runtime/process/mailbox.hpp"
#include "runtime/virtual/virtual_world.hpp"
#include "tests/support/source_tree.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>
#include <vector>

using namespace cafnode;
using namespace std::chrono_literals;

namespace {

class counter final : public process::process_base {
public:
  explicit counter(caf::actor_config& config) : process_base{config, "demo/counter"} {}

private:
  caf::behavior behave() override {
    return {[this](int step) { total_ += step; }, [this](const std::string&) { return total_; }};
  }

  int total_ = 0;
};

int total_of(virtual_time::virtual_world& world, const caf::actor& who) {
  int total = -1;
  world.spawn_function("asker", [&, who](process::process_base& self) -> caf::behavior {
    process::ask(
        self, who, 1s, std::string{"total"}, [&](int answer) { total = answer; }, [](const caf::error&) {});
    return {};
  });
  world.run();
  return total;
}

std::string file(const std::string& path) {
  std::ifstream in{test::source_tree() + "/" + path};
  return {std::istreambuf_iterator<char>{in}, {}};
}

/// The lines of `text` without what is in front of them.
std::vector<std::string> flush_lines(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in{text};
  for (std::string line; std::getline(in, line);)
    lines.push_back(line.substr(std::min(line.find_first_not_of(' '), line.size())));
  return lines;
}

} // namespace

SCENARIO("the page's mailbox keeps what the first incarnation has not handled") {
  virtual_time::virtual_world world;
  auto& system = world.system();
  auto* home = &world.home();
  const auto box = process::make_mailbox(system, {"demo/counter", 1000, process::overflow::refuse});
  const process::spawn_options options{home, box};
  const auto first = process::spawn_process<counter>(system, options);
  process::tell_anonymous(box, 1);
  process::kill(first);
  process::tell_anonymous(first, 2); // it ends, or has ended: the next one gets this
  const auto second = process::spawn_process<counter>(system, options);
  world.run();
  CHECK(total_of(world, second) == 3);
  box->close();
}

SCENARIO("the page's name moves from one holder to the next") {
  virtual_time::virtual_world world;
  auto& services = world.services();
  const auto first = world.spawn<counter>();
  const auto second = world.spawn<counter>();
  auto& names = services.names();
  const auto mine = names.claim("orders", first);
  const auto refused = names.claim("orders", second); // taken: the fault has the holder
  const auto moved = names.replace("orders", second, mine.value());
  const auto found = names.whereis("orders"); // second, with a higher number
  CHECK(refused.fault().holder.holder == first);
  CHECK(found->holder == second);
  CHECK(found->incarnation == moved.value());
  CHECK(moved.value() > mine.value());
}

SCENARIO("the page's fence keeps a zombie from its socket, and its dead letters are shown") {
  struct {
    std::vector<int> written;

    void write(int order) { written.push_back(order); }
  } socket;

  virtual_time::virtual_world world;
  auto& services = world.services();
  caf::actor stuck;
  stuck = world.spawn_function("zombie", [&](process::process_base& self) -> caf::behavior {
    return {[&](int order) {
      process::fence_and_kill(stuck, process::reason_code::stuck);
      process::tell(self, stuck, order);
      if (self.is_fenced())
        return;
      socket.write(order);
    }};
  });
  process::tell_anonymous(stuck, 1);
  world.run();
  CHECK(socket.written.empty());
  std::vector<std::string> lines;
  const auto report = services.dead_letters_by_kind();
  for (const auto& letter : report.samples)
    lines.push_back(letter.receiver + " " + letter.content + " " + std::string{to_string(letter.kind)});
  CHECK(lines == std::vector<std::string>{"zombie @i32 fenced"});
  stuck = nullptr;
}

SCENARIO("every example of the page is in this file, word for word") {
  const auto page = file("docs/processes.md");
  const auto here = flush_lines(file("tests/runtime/process/processes_page_test.cpp"));
  int examples = 0;
  const std::string opening = "```cpp\n";
  for (auto at = page.find(opening); at != std::string::npos; at = page.find(opening, at)) {
    at += opening.size();
    const auto example = flush_lines(page.substr(at, page.find("```", at) - at));
    INFO("the example that begins with " << example.front());
    CHECK(std::search(here.begin(), here.end(), example.begin(), example.end()) != here.end());
    ++examples;
  }
  CHECK(examples == 6);
}

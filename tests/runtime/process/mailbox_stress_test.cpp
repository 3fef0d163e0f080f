#include "runtime/process/ask.hpp"
#include "runtime/process/mailbox.hpp"
#include "runtime/process/messages.hpp"
#include "runtime/virtual/virtual_world.hpp"

#include <caf/actor_registry.hpp>
#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <future>
#include <stdexcept>
#include <thread>
#include <vector>

using namespace cafnode;
using namespace std::chrono_literals;
using process::process_base;

namespace {

constexpr int senders = 4;
constexpr int each_sends = 3000;

struct numbered {
  int sender = 0;
  int number = 0;
};

} // namespace

CAFNODE_LOCAL_MESSAGE(numbered)

namespace {

/// Time stands still: nothing here waits for it.
class still_clock final : public process::timer_source {
public:
  ticket arm(base::time_point, caf::weak_actor_ptr, std::uint64_t) override { return ++last_; }

  void cancel(ticket) override {}

  [[nodiscard]] base::moment now() const override { return {}; }

private:
  std::atomic<ticket> last_{0};
};

/// What all incarnations together have seen.
struct tally {
  std::array<std::array<std::atomic<int>, each_sends>, senders> times{};
  std::array<std::atomic<int>, senders> latest{};
  std::atomic<bool> in_order{true};
  std::atomic<int> begun{0};
  std::atomic<int> left{senders * each_sends};
  std::promise<void> all_done;

  void see(const numbered& it) {
    ++times[static_cast<std::size_t>(it.sender)][static_cast<std::size_t>(it.number)];
    if (latest[static_cast<std::size_t>(it.sender)].exchange(it.number) > it.number)
      in_order = false;
    if (--left == 0)
      all_done.set_value();
  }

  [[nodiscard]] bool each_once() const {
    return std::all_of(times.begin(), times.end(), [](const auto& of_one) {
      return std::all_of(of_one.begin(), of_one.end(), [](const auto& count) { return count == 1; });
    });
  }
};

struct life {
  process::system_config config{2};
  still_clock clock;
  std::shared_ptr<process::mailbox> box;
  tally seen;
  std::atomic<bool> over{false};
};

/// Begins an incarnation; its handler throws at each 50th number. Whoever watches begins the next one.
caf::actor begin_incarnation(life& all, process_base& watcher) {
  auto made = process::spawn_process<test::function_process>(
      watcher.system(), process::spawn_options{nullptr, all.box}, "incarnation", [&all](process_base&) {
        ++all.seen.begun;
        return caf::behavior{[&all](const numbered& it) {
                               all.seen.see(it);
                               if (it.number % 50 == 49)
                                 throw std::runtime_error{"poison"};
                             },
                             [](int question) {
                               if (question % 50 == 49)
                                 throw std::runtime_error{"poison"};
                               return question;
                             }};
      });
  watcher.watch(made, [&all, &watcher](const caf::error&) {
    if (!all.over)
      begin_incarnation(all, watcher);
  });
  return made;
}

template<class Send>
void send_from_threads(Send send) {
  std::vector<std::thread> threads;
  for (int sender = 0; sender < senders; ++sender)
    threads.emplace_back([sender, send] {
      for (int number = 0; number < each_sends; ++number)
        send(numbered{sender, number});
    });
  for (auto& each : threads)
    each.join();
}

void end_all(caf::actor_system& system, life& all) {
  all.over = true;
  while (system.registry().running() > 0) { // one may begin while others end
    for (const auto& left : all.config.services().live())
      process::kill(left.handle);
    std::this_thread::yield();
  }
}

} // namespace

SCENARIO("threads send while incarnations crash and begin: each message is handled once, in the order of its sender") {
  life all;
  all.config.services().use_timers(all.clock);
  caf::actor_system system{all.config};
  all.box = process::make_mailbox(system, {"box", senders * each_sends});
  std::promise<caf::actor> first;
  const auto watcher =
      process::spawn_process<test::function_process>(system, nullptr, "watcher", [&](process_base& self) {
        first.set_value(begin_incarnation(all, self));
        return caf::behavior{[](int) {}};
      });
  const auto handle = first.get_future().get();
  send_from_threads([&](numbered it) {
    if (it.number % 2 == 0)
      process::tell_anonymous(all.box, it);
    else
      process::tell_anonymous(handle, it); // of one that ended long ago
  });
  all.seen.all_done.get_future().wait();
  end_all(system, all);
  CHECK(all.seen.each_once());
  CHECK(all.seen.in_order);
  CHECK(all.seen.begun > 100);
  CHECK(all.box->figures().taken == senders * each_sends);
  all.box = nullptr;
}

SCENARIO("threads send while one incarnation replaces another that still lives: each message is handled once") {
  life all;
  all.config.services().use_timers(all.clock);
  caf::actor_system system{all.config};
  all.box = process::make_mailbox(system, {"box", senders * each_sends});
  const auto watcher =
      process::spawn_process<test::function_process>(system, nullptr, "watcher", [&](process_base& self) {
        begin_incarnation(all, self);
        return caf::behavior{[&](int) { begin_incarnation(all, self); }};
      });
  send_from_threads([&](numbered it) {
    if (it.number % 500 == 0)
      process::tell_anonymous(watcher, 1); // one more beside those that live
    process::tell_anonymous(all.box, it);
  });
  all.seen.all_done.get_future().wait();
  end_all(system, all);
  CHECK(all.seen.each_once());
  all.box = nullptr;
}

SCENARIO("threads send into a small mailbox until it is closed: each message is handled or counted as lost") {
  for (const auto policy :
       {process::overflow::refuse, process::overflow::drop_newest, process::overflow::drop_oldest}) {
    life all;
    all.config.services().use_timers(all.clock);
    caf::actor_system system{all.config};
    all.box = process::make_mailbox(system, {"box", 8, policy});
    const auto watcher =
        process::spawn_process<test::function_process>(system, nullptr, "watcher", [&](process_base& self) {
          begin_incarnation(all, self);
          return caf::behavior{[](int) {}};
        });
    send_from_threads([&](numbered it) {
      if (it.sender == 0 && it.number == each_sends - 100)
        all.box->close();
      process::tell_anonymous(all.box, it);
    });
    end_all(system, all);
    const auto figures = all.box->figures();
    CHECK(figures.taken + figures.dropped + figures.refused + figures.closed == senders * each_sends);
    CHECK(figures.taken == static_cast<std::uint64_t>(senders * each_sends - all.seen.left));
    CHECK(figures.high_water <= 8);
    CHECK(figures.length == 0);
    CHECK(all.config.services().dead_letters() == figures.refused + figures.closed);
    all.box = nullptr;
  }
}

SCENARIO(
    "processes on several threads ask through a small mailbox whose readers crash: each question has one outcome") {
  constexpr int askers = 4;
  constexpr int each_asks = 1000;
  life all;
  all.config.services().use_timers(all.clock);
  caf::actor_system system{all.config};
  all.box = process::make_mailbox(system, {"box", 8});
  std::atomic<int> outcomes{0};
  std::promise<void> all_done;
  const auto watcher =
      process::spawn_process<test::function_process>(system, nullptr, "watcher", [&](process_base& self) {
        begin_incarnation(all, self);
        return caf::behavior{[](int) {}};
      });
  const auto one_more = [&] {
    if (++outcomes == askers * each_asks)
      all_done.set_value();
  };
  for (int asker = 0; asker < askers; ++asker)
    static_cast<void>(process::spawn_process<test::function_process>(
        system, nullptr, "asker", [&](process_base& self) -> caf::behavior {
          for (int i = 0; i < each_asks; ++i)
            process::ask(
                self, all.box, 1h, i, [&](int) { one_more(); }, [&](const caf::error&) { one_more(); });
          return {};
        }));
  all_done.get_future().wait();
  end_all(system, all);
  CHECK(outcomes == askers * each_asks);
  all.box = nullptr;
}

// A supervised market for half a second: watch it fall and come back, ask about it, change it, end it.
#include "market.hpp"
#include "runtime/process/system_config.hpp"
#include "runtime/process/tell.hpp"
#include "supervisors/words.hpp"

#include <caf/actor_system.hpp>
#include <caf/scoped_actor.hpp>

#include <chrono>
#include <cstdio>
#include <memory>
#include <string>

namespace {

using namespace cafnode;
using namespace std::chrono_literals;

constexpr auto patience = 10s;

/// Hears of every transition in the tree, on the thread of the supervisor that it is about: take it and return.
class console final : public supervision::event_sink {
public:
  void publish(const supervision::event& happened) override {
    std::printf("%-12s %s\n", happened.supervisor.c_str(), market::describe(happened).c_str());
  }
};

void say(const std::string& what) {
  std::printf("%-12s %s\n", "main", what.c_str());
}

/// Sends one management command and waits for its report. A process would use process::ask, and never wait.
template<class Command>
supervision::management_report manage(caf::scoped_actor& self, const caf::actor& supervisor, Command command) {
  supervision::management_report report;
  self->request(supervisor, patience, std::move(command))
      .receive([&report](const supervision::management_report& got) { report = got; },
               [&report](const caf::error& why) { report.text = process::text_of(why); });
  return report;
}

void show_children(caf::scoped_actor& self, const caf::actor& supervisor, const std::string& name) {
  const auto show = [&name](const supervision::children_page& page) {
    for (const auto& child : page.lines)
      say(name + "/" + child.id + " is " + std::string{to_string(child.state)} + " as #" +
          std::to_string(child.incarnation));
  };
  self->request(supervisor, patience, supervision::which_children{}).receive(show, [](const caf::error& why) {
    say(process::text_of(why));
  });
}

void show_count(caf::scoped_actor& self, const caf::actor& recorder) {
  self->request(recorder, patience, caf::get_atom_v)
      .receive([](int quotes) { say("the recorder has " + std::to_string(quotes) + " quotes"); },
               [](const caf::error& why) { say(process::text_of(why)); });
}

/// Waits until the consumer is content; false when that took too long.
bool await_quotes(caf::scoped_actor& self) {
  bool content = false;
  self->receive([&content](const market::enough_quotes&) { content = true; }, caf::after(patience) >> [] {});
  return content;
}

bool look_and_manage(caf::scoped_actor& self, const caf::actor& root) {
  if (!await_quotes(self))
    return false;
  // Whom a name stands for is asked of its supervisor: a handle of before may be that of a life that is over.
  show_children(self, root, "root");
  show_children(self, manage(self, root, supervision::find_child{"market"}).child, "market");
  show_count(self, manage(self, root, supervision::find_child{"recorder"}).child);

  // Stopped and started by command: neither counts as a failure, and a new life begins with nothing.
  manage(self, root, supervision::terminate_child{"recorder"});
  const auto again = manage(self, root, supervision::restart_child{"recorder"});
  say("restart_child: " + std::string{to_string(again.code)});
  if (again.code != supervision::answer_code::started)
    return false;
  show_count(self, again.child);
  return true;
}

} // namespace

int main() {
  process::system_config config; // an actor_system_config; add what else you want of CAF to it
  config.use_timer_thread();     // real time for processes; it ends with the config, after the system
  caf::actor_system system{config};

  caf::scoped_actor self{system};
  const auto plan = market::make_plan(std::make_shared<console>(), self);
  // Null: nothing is pinned to a thread, all runs on CAF's scheduler. The plan is checked before anything starts.
  const auto outcome = supervision::start_supervisor(system, nullptr, plan);
  if (const auto* failed = std::get_if<supervision::start_failed>(&outcome)) {
    say("the plan is faulty: " + process::text_of(failed->reason));
    return 1;
  }
  const auto root = std::get<supervision::started>(outcome).child;
  const bool went_well = look_and_manage(self, root);

  // The orderly end: last first, each asked, and killed when its grace is over. Always stop the root: a system waits at
  // its own end until all its actors have ended.
  process::ask_to_stop(root);
  self->wait_for(root);
  say("processes left: " + std::to_string(config.services().live_count()));
  return went_well ? 0 : 1;
}

#include "tests/supervisors/tree_world.hpp"

#include "supervisors/ready_signal.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

namespace cafnode::test {

using namespace supervision;

namespace {

using alive_map = std::map<std::string, caf::actor>;

class obedient final : public process::process_base {
public:
  obedient(caf::actor_config& config, std::string id, alive_map* alive)
      : process_base{config, std::move(id)}, alive_{alive} {}

private:
  caf::behavior behave() override {
    return {
        [](const std::string& text) { throw std::runtime_error(text); },
        [this](process::reason_code code) { stop(process::make_reason(code)); },
        [this](const await_start& question) { ready_.on_await(*this, question); },
        [this](const confirm_now&) { ready_.set(*this); },
        [this](const ask_above& wanted) {
          process::ask(
              *this, wanted.above, std::chrono::hours{1}, terminate_child{label()}, [](const management_report&) {},
              [](const caf::error&) {});
        },
    };
  }

  void on_end(const caf::error&) override {
    if (const auto found = alive_->find(label()); found != alive_->end() && found->second == this)
      alive_->erase(found);
  }

  alive_map* alive_;
  ready_signal ready_;
};

const char* word_of(transition what) {
  switch (what) {
  case transition::supervisor_started:
    return "up";
  case transition::supervisor_stopping:
    return "stopping";
  case transition::supervisor_stopped:
    return "down";
  case transition::child_started:
    return "started";
  case transition::child_ended:
    return "ended";
  case transition::child_stopped:
    return "stopped";
  case transition::child_killed:
    return "killed";
  default:
    return nullptr;
  }
}

} // namespace

class tree_world::listener final : public event_sink {
public:
  explicit listener(std::vector<std::string>& said) : said_{said} {}

  void publish(const event& happened) override {
    const auto* word = word_of(happened.what);
    if (!word)
      return;
    auto line = fmt::format("{} {}", word, happened.supervisor);
    if (!happened.child.empty())
      line += fmt::format("/{}#{}", happened.child, happened.incarnation);
    const bool plain = happened.what == transition::child_started || happened.what == transition::supervisor_started ||
                       happened.what == transition::child_killed;
    if (!plain)
      line += fmt::format(" {}", process::to_string(happened.reason));
    if (!plain && !happened.reason_text.empty())
      line += " " + happened.reason_text;
    said_.push_back(std::move(line));
  }

private:
  std::vector<std::string>& said_;
};

tree_world::tree_world() : events_{std::make_shared<listener>(said)} {}

child_spec tree_world::worker(const std::string& id) {
  child_spec spec;
  spec.id = id;
  spec.start = [id, alive = &alive](process::process_base& above) -> start_outcome {
    const auto child = process::spawn_process<obedient>(above.system(), above.pinned_to(), id, alive);
    (*alive)[id] = child;
    return started{child};
  };
  return spec;
}

child_spec tree_world::supervisor(const std::string& id, supervisor_plan inner) {
  child_spec spec;
  spec.id = id;
  spec.type = child_type::supervisor;
  spec.start = [id, inner, alive = &alive](process::process_base& above) {
    auto outcome = start_supervisor(above.system(), above.pinned_to(), inner);
    if (const auto* up = std::get_if<started>(&outcome))
      (*alive)[id] = up->child;
    return outcome;
  };
  return spec;
}

supervisor_plan tree_world::plan(std::string path, std::vector<child_spec> children) {
  supervisor_plan out;
  out.path = std::move(path);
  out.children = std::move(children);
  out.events = events_;
  return out;
}

caf::actor tree_world::start(supervisor_plan plan) {
  return std::get<started>(start_supervisor(world.system(), &world.home(), std::move(plan))).child;
}

bool tree_world::saw(const std::string& words) const {
  return std::ranges::any_of(said, [&](const auto& line) { return line == words || line.find(words + " ") == 0; });
}

} // namespace cafnode::test

// Our contestant: processes under our supervisor.
#include "bench/supervise_cases.hpp"
#include "runtime/process/process_base.hpp"
#include "runtime/process/tell.hpp"
#include "supervisors/management.hpp"
#include "supervisors/supervisor.hpp"

#include <memory>
#include <stdexcept>
#include <string>

namespace cafnode::bench {

namespace {

using supervision::strategy;

template<class Role>
class our_child final : public process::process_base {
public:
  our_child(caf::actor_config& config, Role role) : process::process_base{config, "child"}, role_{role} {}

private:
  caf::behavior behave() override {
    role_.begin(*this);
    return {[this](crash_atom) { role_.crash(); }};
  }

  Role role_;
};

class no_events final : public supervision::event_sink {
public:
  void publish(const supervision::event&) override {}
};

template<class MakeRole>
supervision::child_spec child(supervise_bed& bed, std::string id, MakeRole make_role) {
  supervision::child_spec spec;
  spec.id = std::move(id);
  spec.start = [&bed, make_role](process::process_base&) -> supervision::start_outcome {
    return supervision::started{
        process::spawn_process<our_child<decltype(make_role())>>(bed.system(), bed.home(), make_role())};
  };
  return spec;
}

/// Restarts are never too many, and there is room for all children.
caf::actor start(supervise_bed& bed, strategy chosen, std::vector<supervision::child_spec> children) {
  supervision::supervisor_plan plan;
  plan.path = "bench";
  plan.flags.strategy = chosen;
  plan.flags.intensity = 1'000'000;
  plan.flags.period = std::chrono::seconds{1};
  plan.flags.children_max = 2'000'000;
  plan.children = std::move(children);
  plan.events = std::make_shared<no_events>();
  auto outcome = supervision::start_supervisor(bed.system(), bed.home(), std::move(plan));
  const auto* up = std::get_if<supervision::started>(&outcome);
  if (up == nullptr)
    throw std::runtime_error{"the supervisor of the benchmark was refused"};
  return up->child;
}

void stop(supervise_bed& bed, const caf::actor& supervisor) {
  std::promise<void> ended;
  const auto watcher = bed.spawn<end_watcher>(supervisor, ended);
  process::ask_to_stop(supervisor);
  ended.get_future().wait();
}

caf::actor start_crashing(supervise_bed& bed, strategy chosen, crash_loop& loop) {
  std::vector<supervision::child_spec> children;
  const bool simple = chosen == strategy::simple_one_for_one;
  for (std::size_t i = 0; i < (simple ? 1 : loop.children.size()); ++i)
    children.push_back(child(bed, std::to_string(i), [&loop, i] { return crash_role{&loop, i}; }));
  auto supervisor = start(bed, chosen, children);
  for (std::size_t i = 0; simple && i < loop.children.size(); ++i)
    process::tell_anonymous(supervisor, supervision::start_instance{std::to_string(i), child(bed, "", [&loop, i] {
                                                                                         return crash_role{&loop, i};
                                                                                       }).start});
  return supervisor;
}

/// Starts instances one by one, each after the answer to the one before.
void feed(supervise_bed& bed, const caf::actor& supervisor, start_count& count) {
  const auto question = [](std::size_t i) { return supervision::start_instance{std::to_string(i), {}}; };
  bed.spawn<feeder<decltype(question), supervision::management_report>>(supervisor, count, question);
}

class page_asker final : public caf::event_based_actor {
public:
  page_asker(caf::actor_config& config, crash_loop& loop, std::vector<double>& samples_us, std::promise<void>& finished)
      : caf::event_based_actor{config}, loop_{&loop}, samples_us_{&samples_us}, done_{&finished} {}

private:
  caf::behavior make_behavior() override {
    return {[this](start_atom) {
              crashing_ = true;
              begin();
            },
            [this](caf::actor& supervisor) {
              supervisor_ = std::move(supervisor);
              begin();
            }};
  }

  void begin() {
    if (crashing_ && supervisor_)
      ask();
  }

  void ask() {
    const auto asked = steady::now();
    request(supervisor_, caf::infinite, supervision::which_children{})
        .then([this, asked](const supervision::children_page&) {
          samples_us_->push_back(milliseconds_between(asked, steady::now()) * 1000);
          // After an answer: a short run can be over before this one hears of its supervisor.
          if (!loop_->over)
            return ask();
          supervisor_ = nullptr;
          done_->set_value();
          quit();
        });
  }

  crash_loop* loop_;
  caf::actor supervisor_;
  bool crashing_ = false;
  std::vector<double>* samples_us_;
  std::promise<void>* done_;
};

} // namespace

figures restart_ours(const restart_work& work) {
  supervise_bed bed{work.where};
  return restart_figures(work, [&](crash_loop& loop) {
    loop.driver = bed.spawn<crash_driver>(loop);
    const auto supervisor = start_crashing(bed, work.strategy, loop);
    loop.done.get_future().wait();
    stop(bed, supervisor);
    loop.children.clear();
  });
}

figures spawn_ours(std::size_t children) {
  supervise_bed bed{place::home};
  start_count count;
  count.wanted = children;
  count.timed = true;
  const auto supervisor =
      start(bed, strategy::simple_one_for_one, {child(bed, "instance", [&count] { return count_role{count}; })});
  feed(bed, supervisor, count);
  count.all_ready.get_future().wait();
  stop(bed, supervisor);
  return percentiles(count.samples_us);
}

figures children_ours(const children_work& work) {
  supervise_bed bed{place::home};
  start_count count;
  count.wanted = work.children;
  const bool simple = work.strategy == strategy::simple_one_for_one;
  const auto began = run_now();
  caf::actor supervisor;
  {
    std::vector<supervision::child_spec> children;
    children.reserve(simple ? 1 : work.children);
    for (std::size_t i = 0; i < (simple ? 1 : work.children); ++i)
      children.push_back(child(bed, std::to_string(i), [&count] { return bare_role{count}; }));
    supervisor = start(bed, work.strategy, std::move(children));
  }
  if (simple)
    feed(bed, supervisor, count);
  count.all_ready.get_future().wait();
  const auto ready = run_now();
  stop(bed, supervisor);
  return start_stop_figures(work.children, began, ready, run_now());
}

figures ask_ours(const ask_work& work) {
  supervise_bed bed{place::home};
  crash_loop loop;
  loop.rounds = work.at_once ? 1 : work.rounds;
  loop.rotates = true;
  loop.at_once = work.at_once;
  loop.replaced = work.at_once ? work.children : 1;
  loop.children.resize(work.children);
  loop.awaited = work.children;
  std::vector<double> samples_us;
  std::promise<void> done;
  loop.driver = bed.spawn<crash_driver>(loop);
  loop.asker = bed.spawn<page_asker>(loop, samples_us, done);
  const auto supervisor = start_crashing(bed, strategy::one_for_one, loop);
  caf::anon_send(loop.asker, supervisor);
  done.get_future().wait();
  stop(bed, supervisor);
  loop.children.clear();
  loop.driver = nullptr;
  loop.asker = nullptr;
  const auto asks = static_cast<double>(samples_us.size());
  auto out = percentiles(samples_us);
  out.emplace_back("asks", asks);
  return out;
}

} // namespace cafnode::bench

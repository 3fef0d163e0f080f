// The bare contestant: actors of CAF, watched and made anew by hand, with nothing else.
#include "bench/supervise_cases.hpp"

#include <algorithm>
#include <functional>

namespace cafnode::bench {

namespace {

using supervision::strategy;

template<class Role>
class bare_child final : public caf::event_based_actor {
public:
  bare_child(caf::actor_config& config, Role role) : caf::event_based_actor{config}, role_{role} {
    // CAF's own handler prints.
    set_exception_handler(
        [](caf::scheduled_actor*, std::exception_ptr&) -> caf::error { return caf::exit_reason::unhandled_exception; });
  }

private:
  caf::behavior make_behavior() override {
    role_.begin(*this);
    return {[this](crash_atom) { role_.crash(); }};
  }

  Role role_;
};

/// Watches children and does by hand what a strategy asks for. Neither counts restarts nor keeps what a child was.
class bare_parent final : public caf::event_based_actor {
public:
  using spawn_function = std::function<caf::actor(caf::event_based_actor& self, std::size_t index)>;

  bare_parent(caf::actor_config& config, strategy chosen, std::size_t children, spawn_function make)
      : caf::event_based_actor{config}, strategy_{chosen}, children_(children), make_{std::move(make)} {
    set_down_handler([this](const caf::down_msg& down) { on_down(down.source); });
  }

private:
  caf::behavior make_behavior() override {
    start_from(0);
    return {[this](stop_atom) { on_stop(); },
            [this](start_atom) {
              children_.emplace_back();
              start(children_.size() - 1);
              return children_.back();
            }};
  }

  void start(std::size_t index) {
    children_[index] = make_(*this, index);
    monitor(children_[index]);
  }

  void start_from(std::size_t first) {
    for (auto i = first; i < children_.size(); ++i)
      start(i);
  }

  void on_down(const caf::actor_addr& source) {
    if (stopping_)
      return stopped();
    const auto found = std::find_if(children_.rbegin(), children_.rend(),
                                    [&](const caf::actor& each) { return each && each.address() == source; });
    const auto index = static_cast<std::size_t>(children_.rend() - found) - 1;
    if (group_ > 0 || (strategy_ != strategy::one_for_all && strategy_ != strategy::rest_for_one))
      return group_ > 0 ? stop_next() : start(index);
    failed_ = index; // the first one always is: all after it are stopped, last first
    group_ = children_.size();
    stop_next();
  }

  void stop_next() {
    if (--group_ > failed_)
      return send_exit(children_[group_], caf::exit_reason::user_shutdown);
    group_ = 0;
    start_from(failed_);
  }

  void on_stop() {
    stopping_ = true;
    if (children_.empty())
      return quit();
    if (strategy_ != strategy::simple_one_for_one)
      return send_exit(children_.back(), caf::exit_reason::user_shutdown);
    for (const auto& each : children_)
      send_exit(each, caf::exit_reason::user_shutdown);
  }

  void stopped() {
    if (strategy_ == strategy::simple_one_for_one) {
      if (++ended_ == children_.size())
        quit();
      return;
    }
    children_.pop_back();
    if (children_.empty())
      return quit();
    send_exit(children_.back(), caf::exit_reason::user_shutdown);
  }

  strategy strategy_;
  std::vector<caf::actor> children_;
  spawn_function make_;
  std::size_t failed_ = 0;
  std::size_t group_ = 0; // the child that is stopped next comes before this one; 0: no group is being stopped
  std::size_t ended_ = 0;
  bool stopping_ = false;
};

void stop(supervise_bed& bed, const caf::actor& parent) {
  std::promise<void> ended;
  const auto watcher = bed.spawn<end_watcher>(parent, ended);
  caf::anon_send(parent, stop_atom::value);
  ended.get_future().wait();
}

template<class Role>
bare_parent::spawn_function spawner(start_count& count) {
  return [&count](caf::event_based_actor& self, std::size_t) { return self.spawn<bare_child<Role>>(Role{count}); };
}

void feed(supervise_bed& bed, const caf::actor& parent, start_count& count) {
  const auto question = [](std::size_t) { return start_atom::value; };
  bed.spawn<feeder<decltype(question), caf::actor>>(parent, count, question);
}

} // namespace

figures restart_bare(const restart_work& work) {
  supervise_bed bed{work.where};
  return restart_figures(work, [&](crash_loop& loop) {
    loop.driver = bed.spawn<crash_driver>(loop);
    const auto make = [&loop](caf::event_based_actor& self, std::size_t index) {
      return self.spawn<bare_child<crash_role>>(crash_role{&loop, index});
    };
    const auto parent = bed.spawn<bare_parent>(work.strategy, loop.children.size(), make);
    loop.done.get_future().wait();
    stop(bed, parent);
    loop.children.clear();
  });
}

figures spawn_bare(std::size_t children) {
  supervise_bed bed{place::home};
  start_count count;
  count.wanted = children;
  count.timed = true;
  const auto parent = bed.spawn<bare_parent>(strategy::simple_one_for_one, std::size_t{0}, spawner<count_role>(count));
  feed(bed, parent, count);
  count.all_ready.get_future().wait();
  stop(bed, parent);
  return percentiles(count.samples_us);
}

figures children_bare(const children_work& work) {
  supervise_bed bed{place::home};
  start_count count;
  count.wanted = work.children;
  const bool simple = work.strategy == strategy::simple_one_for_one;
  const auto before = memory_now();
  const auto began = steady::now();
  const auto parent = bed.spawn<bare_parent>(work.strategy, simple ? 0 : work.children, spawner<bare_role>(count));
  if (simple)
    feed(bed, parent, count);
  count.all_ready.get_future().wait();
  const auto ready = steady::now();
  const auto after = memory_now();
  const auto asked = steady::now();
  stop(bed, parent);
  return start_stop_figures(work.children, milliseconds_between(began, ready),
                            milliseconds_between(asked, steady::now()), before, after);
}

} // namespace cafnode::bench

#include "bench/supervise_bench.hpp"

#include "bench/contestant.hpp"
#include "bench/processor.hpp"
#include "bench/supervise_cases.hpp"
#include "bench/supervise_otp.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <stdexcept>

namespace cafnode::bench {

namespace {

using supervision::strategy;
constexpr std::chrono::seconds case_limit{300};
constexpr std::size_t batch = 200;  // restarts of one supervisor while latencies are taken
constexpr std::size_t group = 3;    // children of the supervisor in the restart cases
constexpr std::size_t crowd = 1000; // children of the supervisor that is asked: one page

// What is aimed at, as ours divided by the peer's.
constexpr double of_otp = 1.0 / 8;
constexpr double of_bare = 2;
constexpr double child_bytes = 1500;

/// One who takes part in a case.
struct contestant {
  std::string name;
  std::function<figures()> run;
};

strategy strategy_of(const std::string& name) {
  for (const auto& [known, value] : {std::pair{"one_for_one", strategy::one_for_one},
                                     {"one_for_all", strategy::one_for_all},
                                     {"rest_for_one", strategy::rest_for_one},
                                     {"simple_one_for_one", strategy::simple_one_for_one}})
    if (name == known)
      return value;
  throw std::runtime_error{"no strategy is called " + name};
}

bool more_is_better(const std::string& figure) {
  return figure.ends_with("_per_s") || figure == "asks";
}

void keep_the_best(figures& best, const figures& next) {
  if (best.empty())
    best = next;
  for (std::size_t i = 0; i < std::min(best.size(), next.size()); ++i)
    best[i].second = more_is_better(best[i].first) ? std::max(best[i].second, next[i].second)
                                                   : std::min(best[i].second, next[i].second);
}

/// All contestants by turns, `repeat` times; the first is ours.
bench_case run_case(std::string name, const std::vector<contestant>& contestants, std::size_t repeat) {
  bench_case out{std::move(name), {}, {}, {}, {}};
  for (std::size_t i = 1; i < contestants.size(); ++i)
    out.peers.push_back({contestants[i].name, {}});
  for (std::size_t turn = 0; turn < repeat; ++turn)
    for (std::size_t i = 0; i < contestants.size(); ++i)
      keep_the_best(i == 0 ? out.ours : out.peers[i - 1].second, contestants[i].run());
  return out;
}

contestant apart(const std::string& name, std::function<figures()> work) {
  return {name, [work = std::move(work)] { return measure_apart(work, case_limit); }};
}

/// Runs the cases that are asked for, one after the other.
class supervise_run {
public:
  explicit supervise_run(const supervise_options& options) : options_{options} {
    if (options.otp)
      otp_ = std::make_unique<otp_peer>(options.otp_source);
  }

  report run() {
    for (const auto& each : options_.cases)
      run_kind(each);
    if (otp_ && !otp_->absent().empty())
      out_.notes.push_back("otp skipped: " + otp_->absent());
    return std::move(out_);
  }

private:
  void run_kind(const std::string& kind) {
    if (kind == "restart")
      return restarts();
    if (kind == "spawn")
      return spawns();
    if (kind == "children")
      return all_children();
    if (kind == "ask")
      return asks();
    throw std::runtime_error{"no case is called " + kind};
  }

  /// Ours and, unless it is left out, the bare one.
  [[nodiscard]] std::vector<contestant> both(std::function<figures()> ours, std::function<figures()> bare) const {
    std::vector<contestant> out{apart("ours", std::move(ours))};
    if (options_.bare)
      out.push_back(apart("caf", std::move(bare)));
    return out;
  }

  /// OTP as a contestant, if it is here.
  void add_otp(std::vector<contestant>& to, const std::string& name, std::vector<std::string> words) const {
    if (otp_ && otp_->absent().empty())
      to.push_back({name, [this, words = std::move(words)] { return otp_->run(words); }});
  }

  void restarts() {
    for (const auto& where : options_.places)
      for (const auto& name : options_.strategies)
        restart(name, where);
  }

  void restart(const std::string& name, const std::string& where) {
    const restart_work work{strategy_of(name), where == "home" ? place::home : place::scheduler,
                            name == "simple_one_for_one" ? 1 : group, options_.rounds, batch};
    auto all = both([work] { return restart_ours(work); }, [work] { return restart_bare(work); });
    for (const auto& [peer, kind] : {std::pair{"otp", "plain"}, {"otp_gen_server", "gen_server"}})
      if (where == "home")
        add_otp(all, peer,
                {"restart", name, kind, std::to_string(work.children), std::to_string(work.rounds),
                 std::to_string(work.batch)});
    auto done = run_case("restart " + name + " " + where, all, options_.repeat);
    done.ratios = {{"p50_us", "p50"},
                   {"p99_us", "p99"},
                   {"sustained_p50_us", "sustained_p50"},
                   {"sustained_p99_us", "sustained_p99"},
                   {"restarts_per_s", "restarts_per_s"}};
    for (const auto* figure : {"p50", "p99", "sustained_p50", "sustained_p99"}) {
      done.aims.push_back({"caf", figure, of_bare});
      done.aims.push_back({"otp", figure, of_otp});
    }
    out_.cases.push_back(std::move(done));
  }

  void spawns() {
    const auto count = options_.rounds;
    auto all = both([count] { return spawn_ours(count); }, [count] { return spawn_bare(count); });
    add_otp(all, "otp", {"spawn", std::to_string(count)});
    auto done = run_case("spawn", all, options_.repeat);
    done.ratios = {{"p50_us", "p50"}, {"p99_us", "p99"}};
    out_.cases.push_back(std::move(done));
  }

  void all_children() {
    for (const auto* name : {"one_for_one", "simple_one_for_one"})
      if (std::ranges::find(options_.strategies, name) != options_.strategies.end())
        for (const auto count : options_.children)
          children(name, count);
  }

  void children(const std::string& name, std::size_t count) {
    const children_work work{strategy_of(name), count};
    auto all = both([work] { return children_ours(work); }, [work] { return children_bare(work); });
    add_otp(all, "otp", {"children", name, std::to_string(count)});
    // A million takes long, and its figures do not jump about.
    auto done = run_case(fmt::format("children {} {}", name, count), all, count > 100'000 ? 1 : options_.repeat);
    add_growth(done, name);
    done.ratios = {
        {"start_ns", "start"}, {"stop_ns", "stop"}, {"bytes", "bytes"}, {"resident_bytes", "resident_bytes"}};
    if (count >= 10'000)
      done.aims = {{"", "bytes", child_bytes}, {"", "resident_bytes", child_bytes}};
    out_.cases.push_back(std::move(done));
  }

  /// What one child costs here, relative to the first count that was run: 1 is linear.
  void add_growth(bench_case& done, const std::string& name) const {
    const auto first = std::ranges::find_if(
        out_.cases, [&](const bench_case& each) { return each.name.starts_with("children " + name + " "); });
    if (first == out_.cases.end())
      return;
    for (const auto& [figure, shown] : {std::pair{"start_ns", "start_growth"}, {"stop_ns", "stop_growth"}})
      done.ours.emplace_back(shown, *find_figure(done.ours, figure) / *find_figure(first->ours, figure));
  }

  void asks() {
    for (const bool at_once : {false, true}) {
      const ask_work work{crowd, options_.rounds, at_once};
      std::vector<contestant> all{apart("ours", [work] { return ask_ours(work); })};
      add_otp(all, "otp",
              {"ask", at_once ? "all_at_once" : "one_by_one", std::to_string(crowd), std::to_string(work.rounds)});
      auto done = run_case(at_once ? "ask while all crash at once" : "ask while one after the other crashes", all,
                           options_.repeat);
      done.ratios = {{"p50_us", "p50"}, {"p99_us", "p99"}};
      out_.cases.push_back(std::move(done));
    }
  }

  const supervise_options& options_;
  std::unique_ptr<otp_peer> otp_;
  report out_{"supervise", {}, {}};
};

} // namespace

figures restart_figures(const restart_work& work, const std::function<void(crash_loop&)>& run) {
  const bool grouped = work.strategy == strategy::one_for_all || work.strategy == strategy::rest_for_one;
  const auto live = [&](std::size_t rounds, crash_loop& loop) {
    loop.rounds = rounds;
    loop.replaced = grouped ? work.children : 1;
    loop.children.resize(work.children);
    loop.awaited = work.children;
    run(loop);
  };
  std::vector<double> samples_us;
  for (std::size_t done = 0; done < work.rounds; done += work.batch) {
    crash_loop loop;
    live(work.batch, loop);
    samples_us.insert(samples_us.end(), loop.samples_us.begin(), loop.samples_us.end());
  }
  auto out = percentiles(samples_us);
  crash_loop loop;
  live(work.rounds, loop);
  const auto sustained = percentiles(loop.samples_us);
  out.emplace_back("sustained_p50_us", sustained[0].second);
  out.emplace_back("sustained_p99_us", sustained[1].second);
  out.emplace_back("restarts_per_s",
                   static_cast<double>(work.rounds) * 1e3 / milliseconds_between(loop.began_at, loop.ended_at));
  return out;
}

supervise_options quick_options() {
  supervise_options options;
  options.rounds = 400;
  options.repeat = 1;
  options.children = {100, 1000};
  options.otp = false;
  return options;
}

report run_supervise(const supervise_options& options) {
  // Every contestant on one and the same processor: whoever is measured, no wake-up crosses to another.
  stay_on_processor(1);
  return supervise_run{options}.run();
}

} // namespace cafnode::bench

#include "runtime/observe/metric_names.hpp"
#include "runtime/observe/metrics.hpp"
#include "runtime/observe/process_metrics.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <set>
#include <thread>

using namespace cafnode::observe;

namespace {

bool has_line(const std::string& text, const std::string& line) {
  return ("\n" + text).find("\n" + line + "\n") != std::string::npos;
}

} // namespace

SCENARIO("every metric of the node keeps the naming rules and is called like no other") {
  std::set<std::string_view> names;
  for (const auto* spec : metric::all()) {
    CHECK_MESSAGE(name_fault(*spec).empty(), spec->name);
    CHECK_MESSAGE(names.insert(spec->name).second, spec->name);
    CHECK_MESSAGE(spec->help.ends_with('.'), spec->name);
  }
  CHECK(names.size() >= 25);
}

SCENARIO("names that Prometheus' own check would refuse are refused") {
  const auto fault = [](metric_kind kind, std::string_view name, std::vector<std::string_view> labels = {}) {
    return name_fault({kind, name, "Help.", std::move(labels), {}});
  };
  CHECK(fault(metric_kind::gauge, "caf_node_x_seconds").empty());
  CHECK_FALSE(fault(metric_kind::gauge, "x_seconds").empty());
  CHECK_FALSE(fault(metric_kind::gauge, "caf_node_X").empty());
  CHECK_FALSE(fault(metric_kind::gauge, "caf_node_x_ms").empty());
  CHECK_FALSE(fault(metric_kind::gauge, "caf_node_x_total").empty());
  CHECK_FALSE(fault(metric_kind::counter, "caf_node_x").empty());
  CHECK_FALSE(fault(metric_kind::gauge, "caf_node_x", {"Bad-Label"}).empty());
  CHECK_FALSE(name_fault({metric_kind::gauge, "caf_node_x", "", {}, {}}).empty());
  CHECK_FALSE(name_fault({metric_kind::histogram, "caf_node_x_seconds", "Help.", {}, {}}).empty());
}

SCENARIO("counters and gauges render as text format 0.0.4") {
  registry all;
  all.counter_of(metric::connection_opens, {"deribit"}).increment();
  all.counter_of(metric::connection_opens, {"deribit"}).increment(41);
  all.gauge_of(metric::ready).set(1);
  const auto text = all.render();
  CHECK(has_line(text, "# HELP caf_node_connection_opens_total WebSockets that opened."));
  CHECK(has_line(text, "# TYPE caf_node_connection_opens_total counter"));
  CHECK(has_line(text, "caf_node_connection_opens_total{exchange=\"deribit\"} 42"));
  CHECK(has_line(text, "# TYPE caf_node_ready gauge"));
  CHECK(has_line(text, "caf_node_ready 1"));
  CHECK(all.render() == text);
}

SCENARIO("a histogram counts upwards, and a value on a bound belongs to it") {
  registry all;
  const metric_spec spec{metric_kind::histogram, "caf_node_test_seconds", "Help.", {}, {0.1, 1}};
  auto& sizes = all.histogram_of(spec);
  for (const double value : {0.05, 0.1, 0.5, 7.0})
    sizes.observe(value);
  const auto text = all.render();
  CHECK(has_line(text, "caf_node_test_seconds_bucket{le=\"0.1\"} 2"));
  CHECK(has_line(text, "caf_node_test_seconds_bucket{le=\"1\"} 3"));
  CHECK(has_line(text, "caf_node_test_seconds_bucket{le=\"+Inf\"} 4"));
  CHECK(has_line(text, "caf_node_test_seconds_count 4"));
  CHECK(sizes.sum() == doctest::Approx(7.65));
}

SCENARIO("the value of a label cannot break its line") {
  registry all;
  all.counter_of(metric::connection_opens, {"a\"b\\c\nd"}).increment();
  CHECK(has_line(all.render(), R"(caf_node_connection_opens_total{exchange="a\"b\\c\nd"} 1)"));
}

SCENARIO("a histogram that somebody else keeps is rendered as one of ours") {
  registry all;
  all.add_histogram_reading(metric::heartbeat_answer, {"deribit"}, [] {
    histogram_figures figures{std::vector<std::uint64_t>(metric::heartbeat_answer.bounds.size() + 1), 0.5};
    figures.counts[1] = 2;
    figures.counts.back() = 1;
    return figures;
  });
  const auto text = all.render();
  CHECK(has_line(text, R"(caf_node_heartbeat_answer_seconds_bucket{exchange="deribit",le="1e-06"} 0)"));
  CHECK(has_line(text, R"(caf_node_heartbeat_answer_seconds_bucket{exchange="deribit",le="2e-06"} 2)"));
  CHECK(has_line(text, R"(caf_node_heartbeat_answer_seconds_bucket{exchange="deribit",le="+Inf"} 3)"));
  CHECK(has_line(text, R"(caf_node_heartbeat_answer_seconds_sum{exchange="deribit"} 0.5)"));
}

SCENARIO("series that are read are forgotten by name, those that are counted here and those of others stay") {
  registry all;
  const auto reading = [](double value) { return [value] { return value; }; };
  all.add_reading(metric::connection_opens, {"deribit"}, reading(3));
  all.counter_of(metric::connection_opens, {"counted"}).increment(7);
  all.add_histogram_reading(metric::heartbeat_answer, {"deribit"}, [] {
    return histogram_figures{std::vector<std::uint64_t>(metric::heartbeat_answer.bounds.size() + 1), 0};
  });
  all.add_reading(metric::ready, {}, reading(1));
  REQUIRE(has_line(all.render(), "caf_node_connection_opens_total{exchange=\"deribit\"} 3"));
  all.forget_readings({&metric::connection_opens, &metric::heartbeat_answer, &metric::probes_sent});
  const auto text = all.render();
  CHECK_FALSE(text.find("deribit") != std::string::npos);
  CHECK(has_line(text, "caf_node_connection_opens_total{exchange=\"counted\"} 7"));
  CHECK(has_line(text, "caf_node_ready 1"));
  WHEN("one is added again") {
    all.add_reading(metric::connection_opens, {"deribit"}, reading(4));
    CHECK(has_line(all.render(), "caf_node_connection_opens_total{exchange=\"deribit\"} 4"));
  }
}

SCENARIO("what a forgotten reading held is let go, and its place counts no longer against the bound") {
  registry all;
  const auto held = std::make_shared<int>(0);
  for (std::size_t round = 0; round < 3; ++round) {
    for (std::size_t i = 0; i < registry::series_max; ++i)
      all.add_reading(metric::connection_opens, {"r" + std::to_string(round) + "." + std::to_string(i)},
                      [held] { return 1.0; });
    CHECK(has_line(all.render(), "caf_node_connection_opens_total{exchange=\"r" + std::to_string(round) + ".0\"} 1"));
    all.forget_readings({&metric::connection_opens});
    CHECK(held.use_count() == 1);
  }
}

SCENARIO("a label that takes ever new values ends in one series called other") {
  registry all;
  for (int i = 0; i < 5000; ++i)
    all.counter_of(metric::connection_opens, {"venue" + std::to_string(i)}).increment();
  const auto text = all.render();
  CHECK(has_line(text, "caf_node_connection_opens_total{exchange=\"other\"} " +
                           std::to_string(5'000 - registry::series_max)));
  CHECK(std::count(text.begin(), text.end(), '\n') == registry::series_max + 3);
}

SCENARIO("no increment is lost between threads") {
  registry all;
  auto& count = all.counter_of(metric::events_published);
  auto& level = all.gauge_of(metric::ready);
  auto& sizes = all.histogram_of(metric::reconcile, {"deribit"});
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 4; ++t)
      threads.emplace_back([&count, &level, &sizes] {
        for (int i = 0; i < 10'000; ++i) {
          count.increment();
          level.add(1);
          sizes.observe(1);
        }
      });
  }
  CHECK(count.value() == 40'000);
  CHECK(level.value() == 40'000);
  CHECK(sizes.sum() == 40'000);
}

SCENARIO("the process's own figures are read at each render") {
  const auto figures = read_process_figures();
  CHECK(figures.resident_bytes > 100'000);
  CHECK(figures.threads >= 1);
  CHECK(figures.open_files >= 1);
  CHECK(figures.start_unix_seconds > 1'000'000'000);
  registry all;
  add_process_metrics(all);
  CHECK(all.render().find("\nprocess_cpu_seconds_total ") != std::string::npos);
}

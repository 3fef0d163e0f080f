// The one sink of what happens in a node.
#include "control/telemetry/telemetry.hpp"
#include "runtime/observe/metric_names.hpp"
#include "tests/control/api_rig.hpp"

#include <boost/json/parse.hpp>
#include <doctest/doctest.h>

#include <mutex>
#include <string>
#include <vector>

using namespace cafnode;
using supervision::child_state;
using supervision::transition;

namespace {

/// The lines that the log writes until it is asked for them.
class log_catcher {
public:
  explicit log_catcher(observe::level least = observe::level::info) {
    observe::log_options options;
    options.time = &clock_;
    options.least = least;
    options.format = observe::log_format::json;
    options.write = [this](std::string_view line) {
      const std::lock_guard lock{mutex_};
      lines_.emplace_back(line);
    };
    REQUIRE(observe::start_log(options).has_value());
  }

  log_catcher(const log_catcher&) = delete;
  log_catcher& operator=(const log_catcher&) = delete;

  ~log_catcher() { observe::stop_log(); }

  std::vector<boost::json::object> finish() {
    observe::stop_log();
    const std::lock_guard lock{mutex_};
    std::vector<boost::json::object> parsed;
    for (const auto& line : lines_)
      parsed.push_back(boost::json::parse(line).as_object());
    return parsed;
  }

private:
  test::hand_clock clock_;
  std::mutex mutex_;
  std::vector<std::string> lines_;
};

struct sink_rig {
  std::shared_ptr<control::tree_view> tree = std::make_shared<control::tree_view>();
  std::shared_ptr<observe::event_log> events = std::make_shared<observe::event_log>(observe::event_log_config{});
  observe::registry metrics;
  control::telemetry sink{tree, events, metrics};

  [[nodiscard]] std::uint64_t published() { return metrics.counter_of(observe::metric::events_published).value(); }

  [[nodiscard]] std::vector<std::string> kinds() const {
    std::vector<std::string> all;
    for (const auto& each : events->since(0, 100).events)
      all.push_back(each->kind);
    return all;
  }
};

session::notice notice_of(session::fact::any what) {
  return {std::move(what), "deribit", "tokyo/deribit/alpha", {}, "because"};
}

} // namespace

SCENARIO("whoever tells it: all that happens is numbered in one row, and counted") {
  sink_rig rig;
  rig.sink.publish(test::child_event(transition::child_started, "tokyo", "alpha", child_state::running));
  rig.sink.publish(notice_of(session::fact::silent{}));
  rig.sink.publish(control::config_news{control::config_step::applied, {}, "tokyo", "why", 7, {}});
  observe::event failing;
  failing.kind = control::telemetry::log_failing;
  rig.sink.publish_beside_log(std::move(failing));
  CHECK(rig.kinds() == std::vector<std::string>{"child_started", "silent", "config_applied", "log_failing"});
  CHECK(rig.published() == 4);
  CHECK(rig.tree->find("tokyo/alpha", {}).has_value());
}

SCENARIO("what is told is counted, whoever tells it") {
  sink_rig rig;
  namespace metric = observe::metric;
  auto fenced = test::child_event(transition::child_fenced, "tokyo", "alpha", child_state::waiting);
  fenced.role = "root";
  rig.sink.publish(fenced);
  rig.sink.publish(notice_of(session::fact::link_closed{.cause = "reset"}));
  rig.sink.publish(control::config_news{control::config_step::refused, {}, "tokyo", "why", 7, {}});
  CHECK(rig.metrics.counter_of(metric::supervisor_fenced, {"root"}).value() == 1);
  CHECK(rig.metrics.counter_of(metric::connection_closes, {"deribit", "reset"}).value() == 1);
  CHECK(rig.metrics.counter_of(metric::config_rejects).value() == 1);
}

SCENARIO("a line of the log is the event: its kind, its fields, whom it is about and why") {
  sink_rig rig;
  log_catcher log;
  rig.sink.publish(notice_of(session::fact::heartbeat_missed{std::chrono::seconds{15}}));
  const auto lines = log.finish();
  REQUIRE(lines.size() == 1);
  CHECK(lines[0].at("msg").as_string() == "heartbeat_missed");
  CHECK(lines[0].at("level").as_string() == "warn");
  CHECK(lines[0].at("late_ms").as_int64() == 15'000);
  CHECK(lines[0].at("actor").as_string() == "tokyo/deribit/alpha");
  CHECK(lines[0].at("cause").as_string() == "because");
}

SCENARIO("what is below the log's level is an event all the same") {
  sink_rig rig;
  log_catcher log{observe::level::error};
  rig.sink.publish(notice_of(session::fact::heartbeat_missed{}));
  CHECK(log.finish().empty());
  CHECK(rig.kinds() == std::vector<std::string>{"heartbeat_missed"});
}

SCENARIO("what the log cannot tell is not told to it") {
  sink_rig rig;
  log_catcher log{observe::level::trace};
  observe::event failing;
  failing.kind = control::telemetry::log_failing;
  rig.sink.publish_beside_log(std::move(failing));
  CHECK(log.finish().empty());
  CHECK(rig.events->last_seq() == 1);
}

SCENARIO("the lines of one change of the configuration are joined by its version") {
  sink_rig rig;
  log_catcher log;
  rig.sink.publish(control::config_news{
      control::config_step::undone, {}, "tokyo", "it did not come up", 12, {observe::kv("by", "anna")}});
  const auto lines = log.finish();
  REQUIRE(lines.size() == 1);
  CHECK(lines[0].at("level").as_string() == "error");
  CHECK(lines[0].at("msg").as_string() == "config_undone");
  CHECK(lines[0].at("corr").as_string() == "config-12");
  CHECK(lines[0].at("by").as_string() == "anna");
}

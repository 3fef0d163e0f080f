#include "control/view_json.hpp"

#include <algorithm>
#include <array>

namespace cafnode::control {

namespace {

using session::phase;

constexpr std::size_t dead_letters_shown = 10; // the latest samples

constexpr std::array phases{phase::idle,        phase::dialing, phase::authenticating, phase::subscribing,
                            phase::reconciling, phase::live,    phase::draining,       phase::closed};

/// What all connections of a node add up to.
struct totals {
  std::array<std::uint64_t, phases.size()> in_phase{};
  std::uint64_t connections = 0;
  std::uint64_t asked = 0, answered = 0, missed = 0, by_client = 0;
  std::uint64_t orders_sent = 0, orders_open = 0, orders_in_doubt = 0;

  [[nodiscard]] std::uint64_t live() const { return in_phase[static_cast<std::size_t>(phase::live)]; }
};

totals total_of(const session::board& board) {
  totals sum;
  for (const auto& record : board.all()) {
    const auto& counted = record->counters;
    ++sum.connections;
    ++sum.in_phase[static_cast<std::size_t>(record->view().phase)];
    sum.asked += counted.heartbeats_asked.load(std::memory_order_relaxed);
    sum.answered += counted.heartbeats_answered.load(std::memory_order_relaxed);
    sum.missed += counted.heartbeats_missed.load(std::memory_order_relaxed);
    sum.by_client += counted.heartbeats_by_client.load(std::memory_order_relaxed);
    sum.orders_sent += counted.orders_sent.load(std::memory_order_relaxed);
    sum.orders_open += counted.orders_open.load(std::memory_order_relaxed);
    sum.orders_in_doubt += counted.orders_in_doubt.load(std::memory_order_relaxed);
  }
  return sum;
}

node_health health_from(node_stage stage, const totals& sum, const tree_counts& tree) {
  if (stage == node_stage::draining)
    return node_health::draining;
  if (stage == node_stage::starting)
    return node_health::starting;
  return sum.live() == sum.connections && tree.gave_up == 0 ? node_health::ok : node_health::degraded;
}

std::int64_t milliseconds_between(base::time_point from, base::time_point to) {
  return std::max<std::int64_t>(0, std::chrono::duration_cast<std::chrono::milliseconds>(to - from).count());
}

void write_node(json_writer& out, const node_facts& facts, base::moment now) {
  out.key("node").open_object();
  out.field("name", facts.name).field("region", facts.region).field("version", facts.version).field("pid", facts.pid);
  out.field("started", facts.started.wall).field("uptime_ms", milliseconds_between(facts.started.steady, now.steady));
  out.close_object();
}

void write_totals(json_writer& out, const totals& sum) {
  out.key("connections").open_object().field("total", sum.connections).field("live", sum.live());
  out.key("phases").open_object();
  for (const phase each : phases)
    out.field(session::to_string(each), sum.in_phase[static_cast<std::size_t>(each)]);
  out.close_object().close_object();
  out.key("heartbeats").open_object().field("asked", sum.asked).field("answered", sum.answered);
  out.field("missed", sum.missed).field("answered_by_client", sum.by_client).close_object();
  out.key("orders").open_object().field("sent", sum.orders_sent).field("open", sum.orders_open);
  out.field("in_doubt", sum.orders_in_doubt).close_object();
}

void write_tree_counts(json_writer& out, const tree_counts& counted) {
  out.key("supervision").open_object().field("supervisors", counted.supervisors).field("workers", counted.workers);
  out.field("running", counted.running).field("waiting", counted.waiting).field("restarts", counted.restarts);
  out.field("gave_up", counted.gave_up).field("circuits_open", counted.circuits_open);
  out.field("zombies", counted.zombies).field("dropped", counted.dropped).close_object();
}

void write_dead_letters(json_writer& out, const process::dead_letter_report& report) {
  out.key("dead_letters").open_object();
  std::uint64_t total = 0;
  for (std::size_t kind = 0; kind < report.counts.size(); ++kind) {
    out.field(process::to_string(static_cast<process::dead_letter_kind>(kind)), report.counts[kind]);
    total += report.counts[kind];
  }
  out.field("total", total).key("samples").open_array();
  const auto first = report.samples.size() - std::min(report.samples.size(), dead_letters_shown);
  for (auto each = first; each < report.samples.size(); ++each) {
    const auto& letter = report.samples[each];
    out.open_object().field("at", letter.at.wall).field("kind", process::to_string(letter.kind));
    out.field("receiver", letter.receiver).field("content", letter.content).close_object();
  }
  out.close_array().close_object();
}

void write_histogram(json_writer& out, std::string_view name, const session::duration_histogram& spans) {
  out.key(name).open_object().field("count", spans.count()).field("p50", spans.quantile_us(500));
  out.field("p99", spans.quantile_us(990)).field("max", spans.max_us()).close_object();
}

void write_last_close(json_writer& out, const session::last_close& closed) {
  out.key("last_close");
  if (closed.cause.empty()) {
    out.null();
    return;
  }
  out.open_object().field("cause", closed.cause).field("code", closed.code).field("text", closed.text);
  out.field("at", closed.at.wall).close_object();
}

void write_traffic(json_writer& out, const session::connection_counters& counted, base::moment now) {
  const std::int64_t last_ns = counted.last_frame_ns.load(std::memory_order_relaxed);
  const base::time_point last{std::chrono::duration_cast<base::duration>(std::chrono::nanoseconds{last_ns})};
  out.field("opens", counted.opens.load()).field("lives", counted.lives.load());
  out.field("frames_in", counted.frames_in.load()).field("bytes_in", counted.bytes_in.load());
  out.field("frames_out", counted.frames_out.load()).field("protocol_faults", counted.protocol_faults.load());
  out.key("faults").open_object();
  for (std::size_t kind = 0; kind < venues::fault_kinds; ++kind)
    if (const auto count = counted.faults_by_kind.at(kind).load())
      out.field(venues::to_string(static_cast<venues::fault_kind>(kind)), count);
  out.close_object();
  out.field("last_frame_ago_ms", last_ns == 0 ? std::nullopt : std::optional{milliseconds_between(last, now.steady)});
}

void write_heartbeats(json_writer& out, const session::connection_counters& counted) {
  out.key("heartbeats").open_object().field("asked", counted.heartbeats_asked.load());
  out.field("answered", counted.heartbeats_answered.load()).field("missed", counted.heartbeats_missed.load());
  out.field("answered_by_client", counted.heartbeats_by_client.load()).field("probes", counted.probes_sent.load());
  write_histogram(out, "answer_us", counted.answer_time);
  write_histogram(out, "round_trip_us", counted.round_trip);
  out.close_object();
}

void write_orders(json_writer& out, const session::connection_counters& counted) {
  out.key("orders").open_object().field("sent", counted.orders_sent.load()).field("open", counted.orders_open.load());
  out.field("in_doubt", counted.orders_in_doubt.load()).field("matching_left", counted.matching_left.load());
  out.field("credits_left", counted.credits_left.load()).close_object();
}

} // namespace

std::string_view to_string(node_health value) noexcept {
  switch (value) {
  case node_health::ok:
    return "ok";
  case node_health::degraded:
    return "degraded";
  case node_health::starting:
    return "starting";
  case node_health::draining:
    return "draining";
  }
  return "unknown";
}

node_health health_of(const node_views& views) {
  return health_from(views.stage->load(), total_of(*views.board), views.tree->counts());
}

std::string status_json(const node_views& views) {
  const base::moment now = views.clock->now();
  const totals sum = total_of(*views.board);
  const tree_counts tree = views.tree->counts();
  json_writer out;
  out.open_object().field("state", to_string(health_from(views.stage->load(), sum, tree)));
  write_node(out, views.facts, now);
  write_totals(out, sum);
  write_tree_counts(out, tree);
  write_dead_letters(out, views.dead_letters ? views.dead_letters() : process::dead_letter_report{});
  out.key("events").open_object().field("last_seq", views.events->last_seq()).close_object();
  out.close_object();
  return std::move(out).take();
}

void write_connection(json_writer& out, const session::connection_record& record, base::moment now) {
  const session::connection_view view = record.view();
  const auto& counted = record.counters;
  out.open_object().field("name", view.name).field("exchange", view.exchange).field("path", view.path);
  out.field("phase", session::to_string(view.phase)).field("since", view.since.wall);
  out.field("in_phase_ms", milliseconds_between(view.since.steady, now.steady)).field("cause", view.cause);
  out.field("incarnation", view.incarnation);
  write_last_close(out, view.closed);
  write_traffic(out, counted, now);
  write_heartbeats(out, counted);
  write_orders(out, counted);
  out.close_object();
}

} // namespace cafnode::control

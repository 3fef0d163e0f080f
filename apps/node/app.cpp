#include "apps/node/app.hpp"

#include "actors/session/depot.hpp"
#include "actors/session/io_seats.hpp"
#include "apps/node/actions.hpp"
#include "apps/node/config_desk.hpp"
#include "apps/node/control.hpp"
#include "apps/node/end_limit.hpp"
#include "apps/node/ending_bell.hpp"
#include "apps/node/own_machine.hpp"
#include "control/telemetry/order_counts.hpp"
#include "runtime/host/actor_host.hpp"
#include "runtime/host/signals.hpp"
#include "runtime/observe/log.hpp"
#include "runtime/process/tell.hpp"

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <optional>

namespace cafnode::node {

namespace {

const observe::channel log{"node"};

// A stop never takes longer than drain_timeout and two seconds: the first for what is left to be killed, the second
// for whatever hangs then.
constexpr std::chrono::milliseconds kill_grace{1500};
constexpr std::chrono::milliseconds end_grace{1900};

/// What a node is made of. The order of its end is end()'s; docs/architecture.md says why.
class running_node {
public:
  running_node(const conf::loaded& file, const node_options& options)
      : options_{options},
        opened_{open_config(options, file, clock_)},
        config_{opened_.chosen.start.read.config},
        drain_{config_.drain_timeout} {}

  exit_code run();

private:
  bool open_log();
  void make_host();
  bool make_depot();
  void keep_config();
  bool start_tree();
  std::optional<exit_code> listen_for_control();
  exit_code serve();
  exit_code end(news why);
  void hurry();
  void read_again();
  void tell_log_fails(const std::string& why);

  end_limit limit_; // first, so that it watches over the end of all the others
  const node_options& options_;
  host::machine_clock clock_;
  opened_config opened_;
  conf::node_config config_; // what it began with
  std::atomic<std::chrono::milliseconds> drain_;
  std::size_t control_connections_ = 0;
  ending_bell bell_;
  std::unique_ptr<node_sight> sight_;
  std::unique_ptr<host::actor_host> host_;
  std::unique_ptr<control_server> control_;
  std::shared_ptr<session::depot> depot_; // goes before the host: its seats are of the engine
  caf::actor keeper_;
  caf::actor root_;
};

bool running_node::open_log() {
  observe::log_options wanted;
  wanted.time = &clock_;
  wanted.identity = {config_.name, config_.region};
  wanted.least = static_cast<observe::level>(config_.log_level);
  wanted.format = static_cast<observe::log_format>(config_.log_format);
  wanted.file = config_.log_file;
  wanted.on_failing = [this](const std::string& why) { tell_log_fails(why); };
  const auto started = observe::start_log(wanted);
  if (!started)
    std::fprintf(stderr, "caf-node: %s\n", started.fault().c_str());
  return started.has_value();
}

void running_node::make_host() {
  host::host_options host;
  host.io_threads = io_threads_of(config_);
  host.kill_grace = kill_grace;
  host.on_process_end = [this](const std::string& label, const caf::error&) {
    if (label == config_.region)
      bell_.ring(news::tree_gone, base::clock::now());
  };
  host.on_escape = [](std::string_view text) {
    log.error("an exception left a callback of an I/O thread", {observe::kv("err", text)});
  };
  host_ = std::make_unique<host::actor_host>(std::move(host));
  sight_->look_at(host_->services());
  sight_->look_at(host_->engine());
}

bool running_node::make_depot() {
  auto wanted = session::wanted_of(config_);
  if (const auto lacks = session::depot::why_not(wanted)) {
    std::fprintf(stderr, "caf-node: %s\n", lacks->c_str());
    return false;
  }
  depot_ = std::make_shared<session::depot>(session::depot_inputs{session::seats_on(host_->engine()), &host_->clock(),
                                                                  sight_->board, sight_->told, sight_->told,
                                                                  seed_of(config_, clock_)});
  depot_->want(std::move(wanted), 1);
  return true;
}

void running_node::keep_config() {
  const keeper_inputs inputs{
      host_.get(), sight_.get(), depot_, &opened_, &options_, config_.name, [this](std::chrono::milliseconds drain) {
        drain_ = drain;
      }};
  keeper_ = spawn_keeper(inputs);
}

bool running_node::start_tree() {
  auto outcome = supervision::start_supervisor(host_->system(), nullptr, depot_->root_plan());
  const auto* started = std::get_if<supervision::started>(&outcome);
  if (started == nullptr) {
    std::fprintf(stderr, "caf-node: the supervisor tree could not be started\n");
    return false;
  }
  root_ = started->child;
  return true;
}

std::optional<exit_code> running_node::listen_for_control() {
  auto actions = control::count_orders(make_actions(host_->system(), host_->services(), sight_->board, sight_->tree),
                                       sight_->metrics, sight_->board);
  add_config(actions, host_->system(), keeper_);
  auto control = open_control(config_, control_connections_, sight_->views, std::move(actions));
  if (!control) {
    std::fprintf(stderr, "caf-node: %s\n", control.fault().text.c_str());
    return control.fault().code;
  }
  control_ = std::move(control).value();
  return std::nullopt;
}

/// On the thread of the signals: only rings, and starts the clock of the stop, since the main thread may be what hangs.
void running_node::hurry() {
  // Somebody who asks twice does not want to wait.
  if (bell_.ring(news::asked, base::clock::now()))
    std::_Exit(static_cast<int>(exit_code::temporary));
  const bool is_up = sight_->stage->load() != control::node_stage::starting;
  limit_.begin(drain_.load() + end_grace, is_up ? end_limit::hangs::stop : end_limit::hangs::start);
}

exit_code running_node::run() {
  if (config_.name.empty())
    config_.name = host_name();
  const auto control_connections = share_files(config_);
  if (!control_connections)
    return exit_code::bad_config;
  control_connections_ = *control_connections;
  if (!has_threads(config_)) // before CAF, which cannot be ended when half of its threads were refused
    return exit_code::internal;
  sight_ = std::make_unique<node_sight>(config_, clock_);
  // Before the log: who sees its file may ask for the end.
  const host::signals signals{{[this] { hurry(); }, [this] { bell_.ring(news::reload, base::clock::now()); }}};
  const auto code = open_log() ? serve() : exit_code::temporary;
  observe::stop_log(); // however it ended: the log's thread refers to this
  bell_.silence();
  return code;
}

/// On the thread of the log.
void running_node::tell_log_fails(const std::string& why) {
  if (!config_.log_file.empty())
    std::fprintf(stderr, "caf-node: log file %s cannot be written: %s; lines are lost until it can\n",
                 config_.log_file.c_str(), why.c_str());
  observe::event happened;
  happened.at = clock_.now();
  happened.kind = control::telemetry::log_failing;
  happened.subject = config_.region;
  happened.cause = why;
  sight_->told->publish_beside_log(std::move(happened));
}

void running_node::read_again() {
  if (const auto opened = observe::reopen_log(); !opened) {
    log.error("the log goes on in the file that it has", {observe::kv("err", opened.fault())});
    std::fprintf(stderr, "caf-node: %s; the log goes on in the file that it has\n", opened.fault().c_str());
  }
  // Before the configuration: these are files that it names, and a faulty one does not make them old.
  if (const auto keys = control_->read_keys_again(config_.control); !keys)
    log.error("the control API goes on with the tokens and the certificate that it has",
              {observe::kv("err", keys.fault())});
  if (const auto mended = control_->mend_socket(config_); !mended)
    log.error("the control API's unix socket was removed and cannot be had again",
              {observe::kv("err", mended.fault())});
  else if (mended.value())
    log.warn("the control API's unix socket was removed: there is a new one",
             {observe::kv("socket", control_->socket())});
  reread(keeper_);
}

exit_code running_node::serve() {
  for (const auto& note : opened_.chosen.notes)
    log.warn(note);
  make_host();
  if (!make_depot())
    return exit_code::bad_config;
  keep_config();
  // Before the exchange is dialled: a node that nobody can ask must not begin.
  if (const auto refused = listen_for_control())
    return *refused;
  if (!start_tree())
    return exit_code::bad_config;
  control_->serve();
  sight_->stage->store(control::node_stage::serving);
  log.info("the node is up", {observe::kv("control", control_->address()), observe::kv("socket", control_->socket()),
                              observe::kv("version", CAFNODE_VERSION), observe::kv("pid", own_pid())});
  auto what = bell_.wait();
  for (; what == news::reload; what = bell_.wait())
    read_again();
  return end(what);
}

exit_code running_node::end(news why) {
  const auto drain = drain_.load();
  limit_.begin(drain + end_grace);
  sight_->stage->store(control::node_stage::draining);
  if (why == news::asked)
    log.info("asked to stop: draining", {observe::kv("within_ms", drain.count())});
  else
    log.error("the supervisor tree gave up: the node ends");
  process::ask_to_stop(keeper_);
  keeper_ = nullptr;
  const auto report = host_->end_processes(std::move(root_), drain);
  for (const auto& label : report.killed)
    log.warn("did not end in time and was killed", {observe::kv("actor", label)});
  for (const auto& label : report.stuck)
    log.error("is stuck in a handler", {observe::kv("actor", label)});
  // It asks processes and reads what the host counts: it ends before the host, and answers until then.
  control_.reset();
  if (report.stuck.empty())
    host_->shutdown({}, std::chrono::milliseconds{0});
  log.info("the node has stopped");
  observe::stop_log();
  // What is stuck may touch anything: no destructor runs.
  if (!report.stuck.empty())
    std::_Exit(static_cast<int>(exit_code::internal));
  return why == news::asked ? exit_code::clean : exit_code::internal;
}

} // namespace

exit_code run_node(const conf::loaded& file, const node_options& options) {
  // Before there is any other thread: only that of `signals` hears them, and what is left when it has gone does not.
  host::hold_signals();
  return running_node{file, options}.run();
}

} // namespace cafnode::node

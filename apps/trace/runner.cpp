#include "apps/trace/runner.hpp"

#include "runtime/process/ask.hpp"
#include "runtime/process/tell.hpp"
#include "runtime/virtual/virtual_world.hpp"
#include "supervisors/supervisor.hpp"

#include <fmt/format.h>

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <utility>

namespace cafnode::trace {

struct end_now {
  std::string reason;
};

} // namespace cafnode::trace

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafnode::trace::end_now)

namespace cafnode::trace {

namespace {

using namespace supervision;
using process::reason_code;

caf::error reason_named(const std::string& word) {
  if (word == "normal")
    return process::make_reason(reason_code::normal);
  return process::make_reason(word == "shutdown" ? reason_code::shutdown : reason_code::crashed, word);
}

std::string name_of(reason_code code) {
  switch (code) {
  case reason_code::normal:
    return "normal";
  case reason_code::shutdown:
    return "shutdown";
  case reason_code::killed:
    return "killed";
  case reason_code::start_failed:
    return "failed_to_start";
  default:
    return "boom";
  }
}

/// The book of one run: what happened, and what is to fail next. Outlives the world.
struct run_book final : event_sink {
  std::vector<std::string> lines;
  std::map<std::string, int> incarnations;
  std::map<std::string, std::int64_t> failing;
  std::map<std::string, std::int64_t> ignoring;
  std::map<std::string, caf::actor> alive;
  std::map<std::string, script_child> templates; // by supervisor
  std::function<std::int64_t()> clock;           // gives each line its time; empty: lines have none

  static bool take(std::map<std::string, std::int64_t>& left, const std::string& id) {
    const auto found = left.find(id);
    return found != left.end() && found->second > 0 && found->second-- > 0;
  }

  void add(const std::string& fields) {
    lines.push_back(clock ? fmt::format(R"({{{},"at_ms":{}}})", fields, clock()) : "{" + fields + "}");
  }

  void begins(const char* what, const std::string& id) {
    add(fmt::format(R"("ev":"{}","id":"{}","n":{})", what, id, ++incarnations[id]));
  }

  void ends(const char* what, const std::string& id, int n, reason_code why) {
    add(fmt::format(R"("ev":"{}","id":"{}","n":{},"reason":"{}")", what, id, n, name_of(why)));
    alive.erase(id);
  }

  void result(std::size_t step, const std::string& value) {
    add(fmt::format(R"("ev":"result","step":{},"value":{})", step, value));
  }

  void publish(const event& happened) override {
    if (happened.what == transition::supervisor_stopped)
      ends("sup_stop", happened.supervisor, incarnations[happened.supervisor], happened.reason);
  }
};

class script_worker final : public process::process_base {
public:
  script_worker(caf::actor_config& config, std::string id, int n, bool stubborn, run_book* book)
      : process_base{config, std::move(id)}, n_{n}, stubborn_{stubborn}, book_{book} {}

private:
  caf::behavior behave() override {
    return {[this](const end_now& wanted) { stop(reason_named(wanted.reason)); }};
  }

  void on_stop(const caf::error& reason) override {
    if (!stubborn_)
      stop(reason);
  }

  void on_end(const caf::error& reason) override { book_->ends("stop", label(), n_, process::code_of(reason)); }

  int n_;
  bool stubborn_;
  run_book* book_;
};

supervisor_plan plan_of(const script_supervisor& from, run_book& book);

/// What the script wants of this start, when it is to fail or to be ignored.
std::optional<start_outcome> refused_start(const script_child& child, run_book& book) {
  if (run_book::take(book.failing, child.id)) {
    book.add(fmt::format(R"("ev":"start_error","id":"{}")", child.id));
    return start_failed{process::make_reason(reason_code::start_failed, "as the script says")};
  }
  if (run_book::take(book.ignoring, child.id)) {
    book.add(fmt::format(R"("ev":"start_ignore","id":"{}")", child.id));
    return ignored{};
  }
  return std::nullopt;
}

start_outcome start_worker(process::process_base& above, const script_child& child, run_book& book) {
  book.begins("start", child.id);
  const auto worker = process::spawn_process<script_worker>(above.system(), above.pinned_to(), child.id,
                                                            book.incarnations[child.id], child.stubborn, &book);
  book.alive[child.id] = worker;
  return started{worker};
}

start_outcome start_tree(caf::actor_system& system, process::home* where, const script_supervisor& from,
                         run_book& book) {
  book.begins("sup_start", from.id);
  if (from.flags.strategy == strategy::simple_one_for_one)
    book.templates[from.id] = from.children.front();
  auto outcome = start_supervisor(system, where, plan_of(from, book));
  if (const auto* up = std::get_if<started>(&outcome))
    book.alive[from.id] = up->child;
  return outcome;
}

child_spec spec_of(const script_child& child, run_book& book) {
  child_spec spec;
  spec.id = child.id;
  spec.restart = child.restart;
  spec.shutdown = child.shutdown;
  spec.significant = child.significant;
  spec.type = child.sup ? child_type::supervisor : child_type::worker;
  spec.start = [child, &book](process::process_base& above) {
    if (auto refused = refused_start(child, book))
      return std::move(*refused);
    return child.sup ? start_tree(above.system(), above.pinned_to(), *child.sup, book)
                     : start_worker(above, child, book);
  };
  return spec;
}

supervisor_plan plan_of(const script_supervisor& from, run_book& book) {
  supervisor_plan plan;
  plan.path = from.id;
  plan.flags = from.flags;
  plan.events = std::shared_ptr<event_sink>{std::shared_ptr<event_sink>{}, &book};
  for (const auto& child : from.children)
    plan.children.push_back(spec_of(child, book));
  return plan;
}

std::string fault(std::string_view word) {
  return fmt::format(R"({{"error":"{}"}})", word);
}

std::string render(const management_report& report) {
  switch (report.code) {
  case answer_code::ok:
    return R"("ok")";
  case answer_code::started:
    return R"("started")";
  case answer_code::ignored:
    return R"("ignored")";
  case answer_code::wrong_strategy:
    return fault("simple_one_for_one");
  default:
    return fault(to_string(report.code));
  }
}

std::string render(const children_count& count) {
  return fmt::format(R"({{"specs":{},"active":{},"supervisors":{},"workers":{}}})", count.specs, count.active,
                     count.supervisors, count.workers);
}

std::string render(const children_page& page) {
  std::string out;
  for (const auto& line : page.lines) {
    const auto* state = line.state == child_state::running   ? "running"
                        : line.state == child_state::waiting ? "restarting"
                                                             : "undefined";
    out += fmt::format(R"({}["{}","{}","{}"])", out.empty() ? "" : ",", line.id, state,
                       line.type == child_type::supervisor ? "supervisor" : "worker");
  }
  return "[" + out + "]";
}

/// One script on one world.
class script_run {
public:
  script_run(const trace_script& script, trace_options options) : script_{script} {
    // As OTP's scheduler does: who is answered goes on before the one that answered takes its next message.
    world_.home().set_messages_per_turn(1);
    if (options.times)
      book_.clock = [this, begun = world_.now().steady] {
        return std::chrono::floor<std::chrono::milliseconds>(world_.now().steady - begun).count();
      };
  }

  std::vector<std::string> run() {
    (void)start_tree(world_.system(), &world_.home(), script_.root, book_);
    world_.pass(step_span);
    for (std::size_t i = 0; i < script_.steps.size(); ++i) {
      take(i, script_.steps[i]);
      settle_call();
      world_.pass(step_span);
    }
    world_.pass(step_span);
    return book_.lines;
  }

private:
  /// A caller waits for its answer without limit.
  void settle_call() {
    world_.run();
    while (waiting_ && world_.home().next_due())
      world_.pass(*world_.home().next_due());
  }

  void take(std::size_t i, const script_step& step) {
    const auto target = book_.alive.find(step.id);
    if (step.what == "fail_start") {
      book_.failing[step.id] = step.count;
    } else if (step.what == "ignore_start") {
      book_.ignoring[step.id] = step.count;
    } else if (step.what == "sleep_ms") {
      world_.pass(std::chrono::milliseconds{step.count});
    } else if (!step.sup.empty()) {
      call(i, step);
    } else if (target == book_.alive.end()) {
      return;
    } else if (step.what == "kill") {
      process::kill(target->second);
    } else if (step.what == "stop") {
      process::ask_to_stop(target->second);
    } else {
      process::tell_anonymous(target->second, end_now{step.reason});
    }
  }

  void call(std::size_t i, const script_step& step) {
    if (step.what == "start_child")
      command(i, step, start_child{spec_of(step.child, book_)});
    else if (step.what == "terminate_child")
      command(i, step, terminate_child{step.id});
    else if (step.what == "restart_child")
      command(i, step, restart_child{step.id});
    else if (step.what == "delete_child")
      command(i, step, delete_child{step.id});
    else if (step.what == "start_dyn")
      command(i, step, instance(step));
    else if (step.what == "terminate_dyn")
      command(i, step, terminate_instance{step.id});
    else if (step.what == "which_children")
      ask_at_rest<children_page>(i, step, which_children{});
    else
      ask_at_rest<children_count>(i, step, count_children{});
  }

  /// The template's child under the instance's own name.
  start_instance instance(const script_step& step) {
    auto child = book_.templates[step.sup];
    child.id = step.id;
    return {step.id, spec_of(child, book_).start};
  }

  void command(std::size_t i, const script_step& step, auto wanted) {
    ask(i, step, std::move(wanted), {}, [this, i, step](auto&, const caf::actor&, const management_report& report) {
      // To OTP an instance is a process: one that has ended before is terminated already.
      const bool ended = step.what == "terminate_dyn" && report.code == answer_code::not_found;
      answered(i, ended && book_.incarnations.contains(step.id) ? R"("ok")" : render(report));
    });
  }

  /// OTP's supervisor answers nothing while it works. So a question waits, too: for the answer to a command that
  /// changes nothing, and then goes ahead of what else the supervisor has to read.
  template<class Report, class Question>
  void ask_at_rest(std::size_t i, const script_step& step, Question question) {
    const caf::behavior behavior{[this, i](const Report& found) { answered(i, render(found)); }};
    ask(i, step, terminate_child{"nobody"}, behavior,
        [this, i, question](process::process_base& self, const caf::actor& to, const management_report&) {
          process::tell_urgent(self, to, question);
          wait_for_end(i, to, self);
        });
  }

  template<class Question, class OnReport>
  void ask(std::size_t i, const script_step& step, Question question, caf::behavior behavior, OnReport on_report) {
    const auto asked = book_.alive.find(step.sup);
    waiting_ = i;
    if (asked == book_.alive.end())
      return answered(i, fault("noproc"));
    const auto to = asked->second;
    world_.spawn_function("caller", [this, i, question, behavior, on_report, to](process::process_base& self) {
      process::ask(
          self, to, std::chrono::hours{1}, question,
          [this, i, on_report, to, &self](const management_report& report) {
            report.code == answer_code::stopping ? wait_for_end(i, to, self) : on_report(self, to, report);
          },
          [this, i, to, &self](const caf::error&) { wait_for_end(i, to, self); });
      return behavior;
    });
  }

  /// A supervisor on its way down answers no more: the caller hears of its end.
  void wait_for_end(std::size_t i, const caf::actor& to, process::process_base& self) {
    self.watch(to, [this, i](const caf::error&) { answered(i, fault("noproc")); });
  }

  /// Only the first answer counts.
  void answered(std::size_t i, const std::string& value) {
    if (waiting_ != i)
      return;
    waiting_.reset();
    book_.result(i, value);
  }

  // The recorder gave every step its time, shorter than the shortest grace: what follows may meet a child that is being
  // stopped. After the last step it listened for twice as long.
  static constexpr std::chrono::milliseconds step_span{40};

  const trace_script& script_;
  run_book book_;
  std::optional<std::size_t> waiting_; // the step whose call has no answer yet
  virtual_time::virtual_world world_;
};

void collect_faults(const script_supervisor& from, run_book& book, std::string& out) {
  const auto plan = plan_of(from, book);
  if (const auto faults = check_plan(plan); !faults.empty())
    out += fmt::format("{}{}: {}", out.empty() ? "" : "; ", from.id, describe(faults));
  for (const auto& child : from.children)
    if (child.sup)
      collect_faults(*child.sup, book, out);
}

} // namespace

std::string faults_of(const trace_script& script) {
  run_book unused;
  std::string out;
  collect_faults(script.root, unused, out);
  return out;
}

std::vector<std::string> run_script(const trace_script& script, trace_options options) {
  return script_run{script, options}.run();
}

} // namespace cafnode::trace

#include "tests/supervisors/trace_runner.hpp"

#include "runtime/process/ask.hpp"
#include "runtime/process/tell.hpp"
#include "runtime/virtual/virtual_world.hpp"
#include "supervisors/supervisor.hpp"

#include <fmt/format.h>

#include <map>
#include <set>
#include <utility>

namespace cafnode::test {

struct end_now {
  std::string reason;
};

} // namespace cafnode::test

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafnode::test::end_now)

namespace cafnode::test {

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

  static bool take(std::map<std::string, std::int64_t>& left, const std::string& id) {
    const auto found = left.find(id);
    return found != left.end() && found->second > 0 && found->second-- > 0;
  }

  void begins(const char* what, const std::string& id) {
    lines.push_back(fmt::format(R"({{"ev":"{}","id":"{}","n":{}}})", what, id, ++incarnations[id]));
  }

  void ends(const char* what, const std::string& id, int n, reason_code why) {
    lines.push_back(fmt::format(R"({{"ev":"{}","id":"{}","n":{},"reason":"{}"}})", what, id, n, name_of(why)));
    alive.erase(id);
  }

  void result(std::size_t step, const std::string& value) {
    lines.push_back(fmt::format(R"({{"ev":"result","step":{},"value":{}}})", step, value));
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

start_outcome start_worker(process::process_base& above, const script_child& child, run_book& book) {
  if (run_book::take(book.failing, child.id)) {
    book.lines.push_back(fmt::format(R"({{"ev":"start_error","id":"{}"}})", child.id));
    return start_failed{process::make_reason(reason_code::start_failed, "as the script says")};
  }
  if (run_book::take(book.ignoring, child.id)) {
    book.lines.push_back(fmt::format(R"({{"ev":"start_ignore","id":"{}"}})", child.id));
    return ignored{};
  }
  book.begins("start", child.id);
  const auto worker = process::spawn_process<script_worker>(above.system(), above.pinned_to(), child.id,
                                                            book.incarnations[child.id], child.stubborn, &book);
  book.alive[child.id] = worker;
  return started{worker};
}

start_outcome start_tree(caf::actor_system& system, process::home* where, const script_supervisor& from,
                         run_book& book) {
  book.begins("sup_start", from.id);
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
  explicit script_run(const trace_script& script) : script_{script} {}

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
    if (!book_.alive.contains(step.sup))
      return book_.result(i, fault("noproc"));
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
    auto child = script_.root.children.front();
    if (const auto* above = find(script_.root, step.sup))
      child = above->children.front();
    child.id = step.id;
    return {step.id, spec_of(child, book_).start};
  }

  static const script_supervisor* find(const script_supervisor& from, const std::string& id) {
    if (from.id == id)
      return &from;
    for (const auto& child : from.children)
      if (const auto* found = child.sup ? find(*child.sup, id) : nullptr)
        return found;
    return nullptr;
  }

  /// OTP's supervisor answers nothing while it works. So a question waits, too: behind a command that changes nothing.
  template<class Report, class Question>
  void ask_at_rest(std::size_t i, const script_step& step, Question question) {
    ask<management_report>(i, step, terminate_child{"nobody"}, [this, i, step, question](const management_report&) {
      ask<Report>(i, step, question, [this, i](const Report& found) { book_.result(i, render(found)); });
    });
  }

  void command(std::size_t i, const script_step& step, auto wanted) {
    ask<management_report>(i, step, std::move(wanted), [this, i, step](const management_report& report) {
      // To OTP an instance is a process: one that has ended before is terminated already.
      const bool ended = step.what == "terminate_dyn" && report.code == answer_code::not_found;
      book_.result(i, ended && book_.incarnations.contains(step.id) ? R"("ok")" : render(report));
    });
  }

  template<class Report, class Question, class OnReport>
  void ask(std::size_t i, const script_step& step, Question question, OnReport on_report) {
    ++waiting_;
    const auto to = book_.alive[step.sup];
    world_.spawn_function("caller", [this, i, question, on_report, to](process::process_base& self) {
      process::ask(
          self, to, std::chrono::hours{1}, question,
          [this, on_report, i, to, &self](const Report& report) {
            if constexpr (std::is_same_v<Report, management_report>)
              if (report.code == answer_code::stopping)
                return wait_for_end(i, to, self);
            --waiting_;
            on_report(report);
            self.stop({});
          },
          [this, i, to, &self](const caf::error&) { wait_for_end(i, to, self); });
      return caf::behavior{};
    });
  }

  /// A supervisor on its way down answers no more: the caller hears of its end.
  void wait_for_end(std::size_t i, const caf::actor& to, process::process_base& self) {
    self.watch(to, [this, i, &self](const caf::error&) {
      --waiting_;
      book_.result(i, fault("noproc"));
      self.stop({});
    });
  }

  // The recorder gave every step its time, shorter than the shortest grace: what follows may meet a child that is being
  // stopped. After the last step it listened for twice as long.
  static constexpr std::chrono::milliseconds step_span{40};

  const trace_script& script_;
  run_book book_;
  std::size_t waiting_ = 0; // questions without an answer
  virtual_time::virtual_world world_;
};

} // namespace

std::vector<std::string> run_script(const trace_script& script) {
  return script_run{script}.run();
}

} // namespace cafnode::test

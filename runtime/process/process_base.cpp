#include "runtime/process/process_base.hpp"

#include "runtime/base/invariant.hpp"
#include "runtime/process/fence.hpp"
#include "runtime/process/mail_lane.hpp"
#include "runtime/process/messages.hpp"
#include "runtime/process/process_parts.hpp"
#include "runtime/process/system_config.hpp"

#include <caf/exit_reason.hpp>
#include <caf/scheduled_actor.hpp>

#include <utility>

namespace cafnode::process {

namespace {

/// Never sent: a behavior that has it takes nothing, and still is one.
struct nothing {};

constexpr auto not_standard = "an exception that is no std::exception";

/// Says for as long as it lives that a handler is on the stack.
class handler_scope {
public:
  explicit handler_scope(bool& running) : running_{running} { running_ = true; }

  ~handler_scope() { running_ = false; }

  handler_scope(const handler_scope&) = delete;
  handler_scope& operator=(const handler_scope&) = delete;

private:
  bool& running_;
};

caf::error reason_of(const std::exception_ptr& thrown) {
  try {
    std::rethrow_exception(thrown);
  } catch (const std::exception& problem) {
    return make_reason(reason_code::crashed, problem.what());
  } catch (...) {
    return make_reason(reason_code::crashed, not_standard);
  }
}

} // namespace

} // namespace cafnode::process

CAFNODE_LOCAL_MESSAGE(cafnode::process::nothing)

namespace cafnode::process {

process_base::process_base(caf::actor_config& config, std::string label)
    : caf::event_based_actor{config},
      label_{std::move(label)},
      home_{dynamic_cast<home*>(config.host)},
      services_{&services_of(home_system())} {
  setf(fence_access::process_flag);
  set_default_handler([](caf::scheduled_actor* self, caf::message_view& message) {
    return static_cast<process_base*>(self)->on_unexpected(message);
  });
  set_error_handler([](caf::scheduled_actor* self, caf::error&) {
    auto& mine = *static_cast<process_base*>(self);
    mine.bury(dead_letter_kind::error_answer, mine.current_mailbox_element()->content());
  });
  set_down_handler(
      [](caf::scheduled_actor* self, caf::down_msg& down) { static_cast<process_base*>(self)->on_down(down); });
  set_exit_handler(
      [](caf::scheduled_actor* self, caf::exit_msg& exit) { static_cast<process_base*>(self)->on_stop(exit.reason); });
  set_exception_handler([](caf::scheduled_actor*, std::exception_ptr& thrown) { return reason_of(thrown); });
}

process_base::~process_base() = default;

base::moment process_base::now() const {
  return timers().now();
}

std::optional<std::size_t> mailbox_length(const caf::actor& who) noexcept {
  const auto* found = find_process(who);
  return found != nullptr ? std::optional{found->mailbox_length()} : std::nullopt;
}

std::size_t process_base::mailbox_length() const noexcept {
  if (stage_.load(std::memory_order_relaxed) == stage::over)
    return 0;
  // In this order: what was handled had come before.
  const auto handled = handled_.load(std::memory_order_acquire);
  const std::uint32_t waiting = came_.load(std::memory_order_relaxed) - handled;
  const auto box = mailbox_for_senders();
  return waiting + (box ? box->length() : 0);
}

void process_base::enqueue(caf::mailbox_element_ptr element, caf::execution_unit*) {
  if (element->mid.is_response() && fence_access::holds_back(*element))
    return bury(dead_letter_kind::fenced, element->content());
  if (mail_ && put_into_mailbox(element))
    return;
  came_.fetch_add(1, std::memory_order_relaxed);
  // Never the sender's unit: that may be the home of others.
  caf::event_based_actor::enqueue(std::move(element), home_);
}

const char* process_base::name() const {
  return label_.c_str();
}

caf::resumable::resume_result process_base::resume(caf::execution_unit* unit, std::size_t throughput_max) {
  CAFNODE_INVARIANT(home_ == nullptr || unit == home_, "a pinned process ran away from its home");
  // Nothing of this process may be touched once this has returned: another thread may run it by then.
  return caf::event_based_actor::resume(unit, throughput_max);
}

caf::invoke_message_result process_base::consume(caf::mailbox_element& element) {
  CAFNODE_INVARIANT(!running_, "a process ran inside its own handler");
  const handler_scope inside{running_};
  if (due_end_ && !getf(is_shutting_down_flag))
    quit(std::move(*due_end_)); // what follows is dropped, and answered when it is a request
  if (is_fenced())
    return refuse(element);
  if (mail_ && &element == &mail_->token)
    return handle_mail();
  const auto result = handle(element);
  if (result == caf::invoke_message_result::skipped)
    return result;
  note_handled();
  if (mail_)
    restore_mail(); // what it did not want before it may want now
  return result;
}

void process_base::note_handled() noexcept {
  handled_.store(handled_.load(std::memory_order_relaxed) + 1, std::memory_order_release);
}

caf::invoke_message_result process_base::handle(caf::mailbox_element& element) {
  // Caught here rather than by CAF one call above, which would have to throw it again to know what it is.
  try {
    return took_own(element) ? caf::invoke_message_result::consumed : caf::event_based_actor::consume(element);
  } catch (const std::exception& problem) {
    crash(element, problem.what());
  } catch (...) {
    crash(element, not_standard);
  }
  return caf::invoke_message_result::consumed;
}

void process_base::crash(const caf::mailbox_element& element, const char* text) {
  auto reason = make_reason(reason_code::crashed, text);
  if (element.mid.is_request())
    make_response_promise().deliver(reason);
  quit(std::move(reason));
}

/// Takes what is for the process base itself; false when `element` is something else.
bool process_base::took_own(caf::mailbox_element& element) {
  auto kind = control_kind::timer_fired;
  std::uint64_t token = 0;
  if (is_control(element, kind, token)) {
    on_control(kind, token);
    return true;
  }
  watch_token watched;
  if (const auto* reason = ended_watch(element, watched)) {
    if (!getf(is_shutting_down_flag))
      on_watched_end(watched, *reason);
    return true;
  }
  if (element.mid.is_response() && state_ && !getf(is_shutting_down_flag) &&
      state_->asks.contains(element.mid.integer_value())) {
    on_answer(element.mid.integer_value(), element.content());
    return true;
  }
  return false;
}

caf::behavior process_base::make_behavior() {
  const handler_scope inside{running_};
  self_ = ctrl();
  stage_.store(stage::alive, std::memory_order_release);
  services_->enter(*this);
  if (is_fenced()) {
    end_fenced();
    return {[](const nothing&) {}};
  }
  auto handlers = behave();
  begin_mail();
  if (handlers)
    return handlers;
  return {[](const nothing&) {}};
}

void process_base::on_exit() {
  if (stage_ != stage::alive)
    return; // it never began
  services_->leave(*this);
  const auto reason = fail_state();
  end_mail(reason);
  try {
    on_end(reason);
  } catch (...) { // NOLINT: it ends anyway, and its supervisor must hear of the first reason
  }
  stage_.store(stage::over, std::memory_order_release);
  release_parts();
  services_->tell_end(label_, reason);
  self_ = nullptr; // never the last one: whoever runs this holds another
}

void process_base::stop(caf::error reason) {
  if (due_end_)
    return;
  if (running_) {
    quit(std::move(reason));
    return;
  }
  due_end_ = std::make_unique<caf::error>(std::move(reason));
  send_control(*this, control_kind::end_due, 0);
}

void process_base::stop_for_exception(std::exception_ptr thrown) noexcept {
  stop(reason_of(thrown));
}

void process_base::on_stop(const caf::error& reason) {
  stop(reason);
}

void process_base::on_end(const caf::error&) {}

void process_base::on_watched_end(watch_token, const caf::error&) {
  CAFNODE_INVARIANT(false, "whoever watches with a token overrides on_watched_end");
}

timer_source& process_base::timers() const {
  return home_ != nullptr ? home_->timers() : services_->timers();
}

process_base::state& process_base::parts() {
  CAFNODE_INVARIANT(stage_ != stage::made, "timers, watches and asks wait until behave()");
  if (!state_)
    state_ = std::make_unique<state>();
  return *state_;
}

void process_base::on_control(control_kind kind, std::uint64_t token) {
  if (getf(is_shutting_down_flag))
    return;
  switch (kind) {
  case control_kind::timer_fired:
    if (auto fire = state_ && state_->timers ? state_->timers->take(token) : nullptr)
      fire();
    return;
  case control_kind::end_due:
    return; // consume() has seen to it
  case control_kind::ask_lost:
    if (state_ && state_->asks.contains(token))
      fail_ask(token, caf::error{state_->asks[token].lost});
    return;
  }
}

caf::result<caf::message> process_base::on_unexpected(const caf::message_view& message) {
  bury(dead_letter_kind::unexpected, message.content());
  if (current_message_id().is_request())
    return caf::make_error(caf::sec::unexpected_message);
  return caf::make_message();
}

void process_base::bury(dead_letter_kind kind, const caf::type_erased_tuple& content) const {
  services_->bury(kind, label_, content, home_ != nullptr ? &home_->timers() : nullptr);
}

void process_base::release_parts() noexcept {
  // Taken out first: what the closures hold may call back.
  const auto parts = std::move(state_);
  if (!parts)
    return;
  if (parts->timers)
    parts->timers->cancel_all();
  for (const auto& [block, target] : parts->targets)
    demonitor(target.address);
}

} // namespace cafnode::process

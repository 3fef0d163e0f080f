#include "actors/venues/deribit/machine.hpp"

#include "actors/venues/deribit/make_machine.hpp"
#include "runtime/base/invariant.hpp"

#include <algorithm>

namespace cafnode::deribit {

namespace {

constexpr std::size_t heartbeat_answers_max = 4; // unanswered ones

constexpr base::backoff_config subscribe_pauses{std::chrono::seconds{1}, std::chrono::seconds{60}, 50};

/// Marks the thread's decoder as busy while a frame is open.
class open_frame {
public:
  explicit open_frame(scratch& memory) : memory_{memory} {
    CAFNODE_INVARIANT(!memory.reading, "a frame was received from inside an outbox call");
    memory_.reading = true;
  }

  open_frame(const open_frame&) = delete;
  open_frame& operator=(const open_frame&) = delete;

  ~open_frame() { memory_.reading = false; }

private:
  scratch& memory_;
};

} // namespace

std::string too_many_channels() {
  return "more than " + std::to_string(channels_max) + " channels on one connection: spread them over several";
}

scratch& memory_of_thread() {
  static thread_local scratch memory;
  return memory;
}

std::unique_ptr<venues::machine> make_machine(venues::machine_config config) {
  return std::make_unique<protocol_machine>(std::move(config));
}

protocol_machine::protocol_machine(venues::machine_config config)
    : config_{std::move(config)},
      chance_{config_.nonce_seed},
      pending_{{config_.answer_deadline, config_.query_deadline}, config_.pending_max},
      subscriptions_{channels_of(config_.auth, config_.channels)},
      login_{config_.query_deadline},
      subscribe_pauses_{subscribe_pauses} {}

void protocol_machine::open(base::moment now, venues::outbox& out) {
  CAFNODE_INVARIANT(progress_ == progress::fresh, "a machine was opened twice");
  progress_ = progress::greeting;
  if (subscriptions_.size() > channels_max)
    return shut(venues::give_up::refused, too_many_channels(), out);
  setup_calls_ = subscriptions_.calls();
  const auto id = pending_.add(request_kind::set_heartbeat, now.steady);
  out.send(write_set_heartbeat(memory_of_thread().writer, id, config_.heartbeat_interval));
  if (has_login())
    log_in(now, out);
  out.emit(venues::stage_reached{venues::stage::authenticating});
}

void protocol_machine::receive(venues::lane, std::string_view frame, base::moment now, venues::outbox& out) {
  CAFNODE_INVARIANT(progress_ != progress::fresh, "a frame came before the machine was opened");
  if (is_over())
    return;
  const open_frame reading{memory_of_thread()};
  if (!frame.starts_with('['))
    return receive_one(frame, now, out);
  // JSON-RPC has batches; the exchange sends none today.
  std::vector<std::string_view> parts;
  if (const auto fault = memory_of_thread().decoder.split(frame, parts))
    return complain(*fault, now, out);
  for (const auto part : parts)
    if (!is_over())
      receive_one(part, now, out);
}

void protocol_machine::receive_one(std::string_view frame, base::moment now, venues::outbox& out) {
  auto& memory = memory_of_thread();
  if (const auto fault = memory.decoder.open(frame, memory.head))
    return complain(*fault, now, out);
  switch (memory.head.kind) {
  case frame_kind::test_request:
    out.emit(venues::test_requested{});
    break;
  case frame_kind::heartbeat:
    out.emit(venues::heartbeat_seen{});
    break;
  case frame_kind::notification:
    on_notification(now, out);
    break;
  case frame_kind::result:
    deaf_.answered();
    on_result(now, out);
    break;
  case frame_kind::error:
    deaf_.answered();
    on_error(now, out);
    break;
  }
  tell_notes(out);
}

std::optional<base::time_point> protocol_machine::next_due() const {
  if (is_over())
    return std::nullopt;
  auto due = pending_.next_deadline();
  const auto sooner = [&due](base::time_point at) { due = due ? std::min(*due, at) : at; };
  if (login_.due() && progress_ != progress::leaving)
    sooner(*login_.due());
  if (const auto channels = channels_due())
    sooner(*channels);
  return due;
}

void protocol_machine::tick(base::moment now, venues::outbox& out) {
  while (!is_over()) {
    const auto overdue = pending_.take_overdue(now.steady);
    if (!overdue)
      break;
    on_deadline(*overdue, now, out);
  }
  if (is_over() || progress_ == progress::leaving)
    return;
  keep_login(now, out);
  if (!is_over())
    tend_channels(now, out);
}

void protocol_machine::answer_heartbeat(base::moment now, venues::outbox& out) {
  if (is_over() || progress_ == progress::fresh)
    return;
  // A burst of questions is answered by a few answers: each costs credits, and any of them is a sign of life.
  if (pending_.waiting(request_kind::answer_heartbeat) >= heartbeat_answers_max || !pending_.has_room())
    return;
  const auto id = pending_.add(request_kind::answer_heartbeat, now.steady);
  out.send(write_heartbeat_answer(memory_of_thread().writer, id));
}

void protocol_machine::log_out(base::moment now, venues::outbox& out) {
  if (is_over() || progress_ == progress::fresh)
    return;
  // The exchange answers a logout by closing, so nothing waits for an answer; the number is spent all the same.
  if (logged_in_ && pending_.has_room()) {
    const auto id = pending_.add(request_kind::log_out, now.steady);
    out.send(write_log_out(memory_of_thread().writer, id));
    pending_.settle(id);
  }
  progress_ = progress::leaving;
}

void protocol_machine::abandon(base::moment, venues::outbox& out) {
  progress_ = progress::over;
  while (const auto left = pending_.take_any())
    if (is_owners(left->kind))
      out.emit(venues::request_failed{left->id, 0, venues::disposition::unknown,
                                      std::string{method_of(left->kind)} + ": the connection ended without an answer"});
}

void protocol_machine::on_deadline(const pending_request& request, base::moment now, venues::outbox& out) {
  const auto text =
      "no answer to " + std::string{method_of(request.kind)} + " within " +
      std::to_string(std::chrono::duration_cast<std::chrono::milliseconds>(request.due - request.sent_at).count()) +
      " ms";
  if (is_owners(request.kind))
    out.emit(venues::request_failed{request.id, 0, venues::disposition::unknown, text});
  else if (request.kind != request_kind::answer_heartbeat)
    return on_step_failed(request, text, now, out); // housekeeping ends nothing: it is tried again
  if (deaf_.unanswered(now.steady))
    shut(venues::give_up::unavailable,
         "the exchange speaks, and answers nothing any more: " + text + ", nor to others before", out);
}

void protocol_machine::tell_notes(venues::outbox& out) {
  for (const auto& note : memory_of_thread().decoder.notes())
    out.emit(note);
}

void protocol_machine::complain(const venues::protocol_fault& fault, base::moment now, venues::outbox& out) {
  out.emit(fault);
  // An exchange that says what this version does not understand is alive, and so are the orders on this connection.
  if (fault.kind == venues::fault_kind::not_json && faults_.record(now.steady) == venues::fault_meter::verdict::leave)
    shut(venues::give_up::unavailable, "too many frames that are no JSON, the last one: " + fault.detail, out);
}

void protocol_machine::shut(venues::give_up why, std::string_view text, venues::outbox& out,
                            std::chrono::milliseconds retry_after) {
  if (is_over())
    return;
  progress_ = progress::over;
  out.close(why, text, retry_after);
}

} // namespace cafnode::deribit

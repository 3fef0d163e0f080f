#include "actors/venues/deribit/machine.hpp"

#include "actors/venues/deribit/make_machine.hpp"
#include "runtime/base/invariant.hpp"

#include <algorithm>

namespace cafnode::deribit {

namespace {

/// With a login the machine follows its orders and trades, whatever else is configured.
std::vector<std::string> channels_of(const venues::machine_config& config) {
  std::vector<std::string> channels;
  if (config.auth != venues::auth_method::none)
    channels = {std::string{own_orders_channel}, std::string{own_trades_channel}};
  channels.insert(channels.end(), config.channels.begin(), config.channels.end());
  return channels;
}

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
      pending_{config_.answer_deadline, config_.pending_max},
      book_{channels_of(config_)} {}

void protocol_machine::open(base::moment now, venues::outbox& out) {
  CAFNODE_INVARIANT(progress_ == progress::fresh, "a machine was opened twice");
  progress_ = progress::greeting;
  if (book_.size() > channels_max)
    return shut(venues::give_up::refused,
                "more than " + std::to_string(channels_max) + " channels on one connection: spread them over several",
                out);
  const auto id = pending_.add(request_kind::set_heartbeat, now.steady);
  out.send(write_set_heartbeat(memory_of_thread().writer, id, config_.heartbeat_interval));
  if (has_login())
    log_in(now, out);
  out.emit(venues::stage_reached{venues::stage::authenticating});
}

void protocol_machine::receive(std::string_view frame, base::moment now, venues::outbox& out) {
  CAFNODE_INVARIANT(progress_ != progress::fresh, "a frame came before the machine was opened");
  if (is_over())
    return;
  auto& memory = memory_of_thread();
  const open_frame reading{memory};
  if (const auto fault = memory.decoder.open(frame, memory.head))
    return complain(*fault, now, out);
  switch (memory.head.kind) {
  case frame_kind::test_request:
    return out.emit(venues::test_requested{});
  case frame_kind::heartbeat:
    return out.emit(venues::heartbeat_seen{});
  case frame_kind::notification:
    return on_notification(now, out);
  case frame_kind::result:
    return on_result(now, out);
  case frame_kind::error:
    return on_error(now, out);
  }
}

std::optional<base::time_point> protocol_machine::next_due() const {
  if (is_over())
    return std::nullopt;
  auto due = pending_.next_deadline();
  const auto sooner = [&due](base::time_point at) { due = due ? std::min(*due, at) : at; };
  if (login_.due() && progress_ != progress::leaving)
    sooner(*login_.due());
  if (book_.has_broken() && renewal_ == renewal::none && progress_ == progress::live)
    sooner(books_rest_until_);
  return due;
}

void protocol_machine::tick(base::moment now, venues::outbox& out) {
  while (!is_over()) {
    const auto overdue = pending_.take_overdue(now.steady);
    if (!overdue)
      break;
    on_deadline(*overdue, out);
  }
  if (is_over() || progress_ == progress::leaving)
    return;
  if (login_.due() && *login_.due() <= now.steady)
    refresh(now, out);
  renew_books(now, out);
}

void protocol_machine::answer_heartbeat(base::moment now, venues::outbox& out) {
  if (is_over() || progress_ == progress::fresh)
    return;
  if (!pending_.has_room())
    return shut(venues::give_up::unavailable, "the exchange asks for heartbeats and does not take the answers", out);
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

void protocol_machine::on_deadline(const pending_request& request, venues::outbox& out) {
  const auto text = "no answer to " + std::string{method_of(request.kind)} + " within " +
                    std::to_string(config_.answer_deadline.count()) + " ms";
  if (is_owners(request.kind))
    return out.emit(venues::request_failed{request.id, 0, venues::disposition::unknown, text});
  // Whether missing heartbeats mean anything is for the owner to judge: it sees none acknowledged.
  if (request.kind != request_kind::answer_heartbeat)
    shut(venues::give_up::unavailable, text, out);
}

void protocol_machine::complain(const venues::protocol_fault& fault, base::moment now, venues::outbox& out) {
  const auto verdict = faults_.record(now.steady);
  out.emit(fault);
  if (verdict == fault_meter::verdict::leave)
    shut(venues::give_up::unavailable, "too many frames that make no sense, the last one: " + fault.detail, out);
}

void protocol_machine::shut(venues::give_up why, std::string_view text, venues::outbox& out,
                            std::chrono::milliseconds retry_after) {
  if (is_over())
    return;
  progress_ = progress::over;
  out.close(why, text, retry_after);
}

} // namespace cafnode::deribit

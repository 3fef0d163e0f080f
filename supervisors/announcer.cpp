#include "supervisors/announcer.hpp"

#include <chrono>

namespace cafnode::supervision {

void announcer::fill(transition what, const end_reason& why) {
  scratch_.what = what;
  scratch_.at = of_.now;
  scratch_.reason = why.code;
  scratch_.reason_text = why.text;
  scratch_.restarts_in_window = of_.own.count(of_.now.steady);
  scratch_.intensity = of_.flags.intensity;
  scratch_.period = of_.flags.period;
  scratch_.strategy = of_.flags.strategy;
  scratch_.children = of_.children.size();
}

void announcer::tell(transition what, const child_record& child, const end_reason& why, base::duration delay) {
  if (!heard_)
    return;
  fill(what, why);
  scratch_.child = child.id;
  scratch_.incarnation = child.incarnation;
  scratch_.who = child.ref();
  scratch_.type = child.type;
  scratch_.state = child.state();
  scratch_.circuit = child.circuit;
  scratch_.ready = child.is_ready();
  scratch_.delay = std::chrono::ceil<std::chrono::milliseconds>(delay);
  scratch_.restarts_total = child.restarts;
  heard_->tell(scratch_);
}

void announcer::tell_other(transition what, const child_record& child, std::uint32_t incarnation,
                           const end_reason& why) {
  if (!heard_)
    return;
  fill(what, why);
  scratch_.child = child.id;
  scratch_.incarnation = incarnation;
  scratch_.who = {child.slot, incarnation};
  scratch_.type = child.type;
  scratch_.state = child.state(); // of the child, which goes on in another incarnation
  scratch_.circuit = child.circuit;
  scratch_.ready = child.is_ready();
  scratch_.delay = {};
  scratch_.restarts_total = child.restarts;
  heard_->tell(scratch_);
}

void announcer::tell_own(transition what, child_state state, const end_reason& why) {
  if (!heard_)
    return;
  fill(what, why);
  scratch_.child.clear();
  scratch_.incarnation = 0;
  scratch_.who = {};
  scratch_.type = child_type::supervisor;
  scratch_.state = state;
  scratch_.circuit = circuit_state::closed;
  scratch_.ready = false;
  scratch_.delay = {};
  scratch_.restarts_total = 0;
  heard_->tell(scratch_);
}

void announcer::tell_restart(const child_record& failed, const restart_record& record) {
  scratch_.record = &record;
  tell(transition::restart_completed, failed, record.why);
  scratch_.record = nullptr;
}

} // namespace cafnode::supervision

#include "supervisors/ready_signal.hpp"

#include "runtime/process/tell.hpp"

#include <utility>

namespace cafnode::supervision {

void ready_signal::on_await(process::process_base& self, const await_start& question) {
  question_ = question;
  asked_by_ = self.current_sender();
  if (set_)
    answer(self);
}

void ready_signal::set(process::process_base& self) {
  if (!std::exchange(set_, true) && question_)
    answer(self);
}

void ready_signal::answer(process::process_base& self) {
  process::tell_urgent(self, std::exchange(asked_by_, nullptr), child_up{question_->who});
}

} // namespace cafnode::supervision

#include "runtime/process/timer.hpp"

#include "runtime/process/timer_table.hpp"

#include <utility>

namespace cafnode::process {

timer::timer(timer&& other) noexcept : table_{std::move(other.table_)}, token_{std::exchange(other.token_, 0)} {}

timer& timer::operator=(timer&& other) noexcept {
  if (this != &other) {
    cancel();
    table_ = std::move(other.table_);
    token_ = std::exchange(other.token_, 0);
  }
  return *this;
}

timer::~timer() {
  cancel();
}

void timer::cancel() noexcept {
  const auto token = std::exchange(token_, 0);
  const auto table = std::exchange(table_, {}).lock();
  if (table && token != 0)
    table->cancel(token);
}

bool timer::armed() const noexcept {
  const auto table = table_.lock();
  return table && table->is_armed(token_);
}

} // namespace cafnode::process

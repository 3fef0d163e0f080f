#include "supervisors/job_pool.hpp"

#include "runtime/base/invariant.hpp"

#include <utility>

namespace cafnode::supervision {

job_id job_pool::open(job work) {
  if (free_.empty()) {
    CAFNODE_INVARIANT(places_.size() < (std::uint64_t{1} << index_bits), "too many jobs at once");
    free_.push_back(static_cast<std::uint32_t>(places_.size()));
    places_.push_back(std::make_unique<place>());
  }
  const auto index = free_.back();
  free_.pop_back();
  auto& into = *places_[index];
  into.id = (++last_serial_ << index_bits) | index;
  into.work = std::move(work);
  ++open_;
  return into.id;
}

job* job_pool::find(job_id id) noexcept {
  const auto index = id & ((std::uint64_t{1} << index_bits) - 1);
  return id != 0 && index < places_.size() && places_[index]->id == id ? &places_[index]->work : nullptr;
}

void job_pool::close(job_id id) {
  CAFNODE_INVARIANT(find(id) != nullptr, "a job that is over was to be closed");
  const auto index = static_cast<std::uint32_t>(id & ((std::uint64_t{1} << index_bits) - 1));
  places_[index]->id = 0;
  places_[index]->work = job{};
  free_.push_back(index);
  --open_;
}

void job_pool::close_all() {
  for (const auto id : ids())
    close(id);
}

std::vector<job_id> job_pool::ids() const {
  std::vector<job_id> out;
  for (const auto& each : places_)
    if (each->id != 0)
      out.push_back(each->id);
  return out;
}

} // namespace cafnode::supervision

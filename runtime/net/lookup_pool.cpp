#include "runtime/net/lookup_pool.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace cafnode::net {

using steady = std::chrono::steady_clock;

struct lookup_pool::request {
  name_lookup::on_done done; // none once it was called or taken back
  std::weak_ptr<job> part_of;
};

struct lookup_pool::job {
  lookup_question question;
  steady::time_point begun{};
  std::shared_ptr<name_lookup> lookup; // none while it waits for a place
  std::vector<std::shared_ptr<request>> asked_by;
};

lookup_pool::ticket::ticket(std::shared_ptr<lookup_pool> pool, std::shared_ptr<request> mine)
    : pool_{std::move(pool)}, request_{std::move(mine)} {}

lookup_pool::ticket& lookup_pool::ticket::operator=(ticket&& other) noexcept {
  if (this != &other) {
    take_back();
    pool_ = std::move(other.pool_);
    request_ = std::move(other.request_);
  }
  return *this;
}

lookup_pool::ticket::~ticket() {
  take_back();
}

void lookup_pool::ticket::take_back() {
  const auto pool = std::exchange(pool_, nullptr);
  const auto mine = std::exchange(request_, nullptr);
  if (pool && mine)
    pool->take_back(mine);
}

lookup_pool::ticket lookup_pool::ask(const lookup_question& question, name_lookup::on_done done) {
  const auto found = job_for(question);
  auto mine = std::make_shared<request>(request{std::move(done), found});
  found->asked_by.push_back(mine);
  begin_more();
  return {shared_from_this(), std::move(mine)};
}

std::shared_ptr<lookup_pool::job> lookup_pool::job_for(const lookup_question& question) {
  const auto fresh = steady::now() - shared_for;
  for (auto each = jobs_.rbegin(); each != jobs_.rend(); ++each) { // the youngest of that name
    if ((*each)->question != question)
      continue;
    if (!(*each)->lookup || (*each)->begun >= fresh)
      return *each;
    break;
  }
  jobs_.push_back(std::make_shared<job>(job{question, {}, nullptr, {}}));
  return jobs_.back();
}

void lookup_pool::begin_more() {
  while (under_way_ < at_once_max && under_way_ < jobs_.size()) {
    const auto next = jobs_[under_way_];
    ++under_way_;
    next->begun = steady::now();
    next->lookup =
        name_lookup::start(io_, next->question,
                           [self = weak_from_this(), next = std::weak_ptr{next}](const name_lookup::outcome& outcome) {
                             const auto pool = self.lock();
                             if (const auto answered = next.lock(); pool && answered)
                               pool->on_answer(answered, outcome);
                           });
  }
}

void lookup_pool::on_answer(const std::shared_ptr<job>& answered, const name_lookup::outcome& outcome) {
  remove(answered);
  begin_more();
  for (const auto& each : std::exchange(answered->asked_by, {}))
    if (const auto done = std::exchange(each->done, nullptr))
      done(outcome);
}

void lookup_pool::remove(const std::shared_ptr<job>& gone) {
  if (gone->lookup)
    --under_way_;
  std::erase(jobs_, gone);
}

void lookup_pool::take_back(const std::shared_ptr<request>& gone) {
  gone->done = nullptr;
  const auto of = gone->part_of.lock();
  if (!of)
    return;
  std::erase(of->asked_by, gone);
  if (!of->asked_by.empty() || std::find(jobs_.begin(), jobs_.end(), of) == jobs_.end())
    return;
  remove(of);
  if (of->lookup)
    of->lookup->cancel();
  begin_more();
}

void lookup_pool::shut() {
  for (const auto& each : std::exchange(jobs_, {}))
    if (each->lookup)
      each->lookup->cancel();
  under_way_ = 0;
}

} // namespace cafnode::net

#include "actors/session/board.hpp"

#include <caf/actor_cast.hpp>

#include <algorithm>
#include <bit>

namespace cafnode::session {

void duration_histogram::record(base::duration span) noexcept {
  const auto us = static_cast<std::uint64_t>(
      std::max<std::int64_t>(0, std::chrono::duration_cast<std::chrono::microseconds>(span).count()));
  const auto bucket = std::min<std::size_t>(us <= 1 ? 0 : std::bit_width(us - 1), buckets - 1);
  counts_[bucket].fetch_add(1, std::memory_order_relaxed);
  sum_us_.fetch_add(us, std::memory_order_relaxed);
  auto seen = max_us_.load(std::memory_order_relaxed);
  while (us > seen && !max_us_.compare_exchange_weak(seen, us, std::memory_order_relaxed)) {
  }
}

std::uint64_t duration_histogram::count() const noexcept {
  std::uint64_t total = 0;
  for (const auto& bucket : counts_)
    total += bucket.load(std::memory_order_relaxed);
  return total;
}

std::uint64_t duration_histogram::quantile_us(unsigned per_mille) const noexcept {
  const std::uint64_t total = count();
  if (total == 0)
    return 0;
  const std::uint64_t wanted = (total * per_mille + 999) / 1000;
  std::uint64_t seen = 0;
  for (std::size_t i = 0; i < buckets; ++i) {
    seen += counts_[i].load(std::memory_order_relaxed);
    if (seen >= wanted)
      return std::min(std::uint64_t{1} << i, max_us());
  }
  return max_us();
}

connection_record::connection_record(std::string name, std::string exchange, std::string path) {
  view_.name = std::move(name);
  view_.exchange = std::move(exchange);
  view_.path = std::move(path);
}

void connection_record::set_phase(phase value, base::moment at, std::string cause) {
  const std::lock_guard guard{mutex_};
  view_.phase = value;
  view_.since = at;
  view_.cause = std::move(cause);
}

void connection_record::set_closed(last_close closed) {
  const std::lock_guard guard{mutex_};
  view_.closed = std::move(closed);
}

void connection_record::set_client(const caf::actor& client) {
  const std::lock_guard guard{mutex_};
  client_ = client.address();
  gate_ = nullptr;
  ++view_.incarnation;
}

void connection_record::set_gate(const caf::actor& gate) {
  const std::lock_guard guard{mutex_};
  gate_ = gate.address();
}

void connection_record::set_orders(std::shared_ptr<const order_table> orders) {
  const std::lock_guard lock{mutex_};
  orders_ = std::move(orders);
}

std::shared_ptr<const order_table> connection_record::orders() const {
  const std::lock_guard lock{mutex_};
  return orders_;
}

connection_view connection_record::view() const {
  const std::lock_guard guard{mutex_};
  return view_;
}

caf::actor connection_record::client() const {
  const std::lock_guard guard{mutex_};
  return caf::actor_cast<caf::actor>(client_);
}

caf::actor connection_record::gate() const {
  const std::lock_guard guard{mutex_};
  return caf::actor_cast<caf::actor>(gate_);
}

std::shared_ptr<connection_record> board::open(const std::string& name, const std::string& exchange,
                                               const std::string& path) {
  const std::lock_guard guard{mutex_};
  auto& record = records_[name];
  if (!record)
    record = std::make_shared<connection_record>(name, exchange, path);
  return record;
}

void board::show(std::shared_ptr<connection_record> record) {
  const std::lock_guard guard{mutex_};
  auto& row = records_[record->name()];
  row = std::move(record);
}

void board::close(std::string_view name) {
  const std::lock_guard guard{mutex_};
  if (const auto found = records_.find(name); found != records_.end())
    records_.erase(found);
}

std::shared_ptr<connection_record> board::find(std::string_view name) const {
  const std::lock_guard guard{mutex_};
  const auto found = records_.find(name);
  return found == records_.end() ? nullptr : found->second;
}

std::vector<std::shared_ptr<connection_record>> board::all() const {
  const std::lock_guard guard{mutex_};
  std::vector<std::shared_ptr<connection_record>> everybody;
  everybody.reserve(records_.size());
  for (const auto& [name, record] : records_)
    everybody.push_back(record);
  return everybody;
}

} // namespace cafnode::session

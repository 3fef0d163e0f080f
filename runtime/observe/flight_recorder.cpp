#include "runtime/observe/flight_recorder.hpp"

#include "runtime/base/invariant.hpp"
#include "runtime/base/json_text.hpp"
#include "runtime/observe/timestamp.hpp"

namespace cafnode::observe {

flight_ring::flight_ring(std::string label, std::size_t entries_max)
    : label_{std::move(label)}, entries_{entries_max, base::overflow_policy::drop_oldest} {}

void flight_ring::record(const base::moment& at, std::string_view what, field_list fields) {
  const std::lock_guard lock{mutex_};
  entries_.push({at, std::string{what}, std::move(fields)});
}

std::vector<flight_entry> flight_ring::entries() const {
  const std::lock_guard lock{mutex_};
  return {entries_.items().begin(), entries_.items().end()};
}

std::uint64_t flight_ring::overwritten() const {
  const std::lock_guard lock{mutex_};
  return entries_.dropped();
}

flight_recorder::flight_recorder(flight_recorder_config config) : config_{config} {
  CAFNODE_INVARIANT(config.labels_max > 0 && config.entries_max > 0, "a flight recorder without room");
}

std::shared_ptr<flight_ring> flight_recorder::ring(std::string_view label) {
  const std::lock_guard lock{mutex_};
  std::string name{label};
  if (const auto found = by_label_.find(name); found != by_label_.end()) {
    rings_.splice(rings_.end(), rings_, found->second);
    return *found->second;
  }
  if (rings_.size() >= config_.labels_max) {
    by_label_.erase(rings_.front()->label());
    rings_.pop_front();
  }
  rings_.push_back(std::make_shared<flight_ring>(name, config_.entries_max));
  by_label_.emplace(std::move(name), std::prev(rings_.end()));
  return rings_.back();
}

std::shared_ptr<const flight_ring> flight_recorder::find(std::string_view label) const {
  const std::lock_guard lock{mutex_};
  const auto found = by_label_.find(std::string{label});
  return found == by_label_.end() ? nullptr : *found->second;
}

std::size_t flight_recorder::labels() const {
  const std::lock_guard lock{mutex_};
  return rings_.size();
}

std::string to_json(const flight_ring& ring) {
  std::string out = "[";
  for (const auto& entry : ring.entries()) {
    out += out.size() > 1 ? ",{\"at\":\"" : "{\"at\":\"";
    out += to_rfc3339(entry.at.wall) + "\",\"what\":";
    base::append_json_string(out, entry.what);
    out += ",\"fields\":";
    append_json(out, entry.fields);
    out += '}';
  }
  return out + ']';
}

} // namespace cafnode::observe

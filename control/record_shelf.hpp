#pragma once

#include "supervisors/restart_record.hpp"

#include <cstddef>
#include <deque>
#include <list>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace cafnode::control {

/// A restart record, and whose it is.
struct kept_record {
  std::string supervisor; // path
  supervision::restart_record record;
};

/// The last restart records: so many of each supervisor, and so many in all; the oldest go. One thread at a time.
class record_shelf {
public:
  static constexpr std::size_t supervisor_max = 16;
  static constexpr std::size_t records_max = 4096;

  explicit record_shelf(std::size_t most = records_max) : most_{most} {}

  void keep(std::string_view supervisor, const supervision::restart_record& record);

  /// Those of the supervisor at a path, oldest first.
  [[nodiscard]] std::vector<kept_record> of(const std::string& supervisor) const;

  [[nodiscard]] std::size_t size() const noexcept { return records_.size(); }

private:
  using place = std::list<kept_record>::iterator;

  void drop(place which);

  std::size_t most_;
  std::list<kept_record> records_; // oldest first
  std::unordered_map<std::string, std::deque<place>> by_supervisor_;
};

} // namespace cafnode::control

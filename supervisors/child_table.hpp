#pragma once

#include "supervisors/child_record.hpp"
#include "supervisors/id_index.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

namespace cafnode::supervision {

/// How many children there are; OTP's four figures.
struct children_count {
  std::size_t specs = 0;
  std::size_t active = 0;
  std::size_t supervisors = 0;
  std::size_t workers = 0;

  friend bool operator==(const children_count&, const children_count&) = default;
};

/// The children of one supervisor in start order. Finding is by slot or by id in O(1); counting costs nothing; records
/// stay where they are while they are in.
class child_table {
public:
  child_table();
  child_table(const child_table&) = delete;
  child_table& operator=(const child_table&) = delete;

  /// Appends a child that is stopped. The id must be free.
  child_record& add(child_spec spec);
  void remove(slot_key slot);

  [[nodiscard]] child_record* find(slot_key slot) noexcept;
  [[nodiscard]] const child_record* find(slot_key slot) const noexcept;
  /// Null when the child is gone or has had another incarnation since.
  [[nodiscard]] child_record* find(child_ref who) noexcept;
  [[nodiscard]] child_record* find(std::string_view id) noexcept;
  [[nodiscard]] const child_record* find(std::string_view id) const noexcept;

  /// The one way to change where a child stands.
  void set_phase(child_record& child, child_phase phase) noexcept;

  /// Gives a child the rest of `spec`; its id stays.
  void change(child_record& child, child_spec spec);

  [[nodiscard]] std::size_t size() const noexcept { return count_.specs; }

  [[nodiscard]] const children_count& count() const noexcept { return count_; }

  /// In start order; those whose place is `from` or later.
  [[nodiscard]] std::vector<slot_key> slots(std::uint64_t from = 0) const;

  /// At most `limit` children in start order, behind the place `after`.
  [[nodiscard]] std::vector<const child_record*> page(std::uint64_t after, std::size_t limit) const;

  /// Makes `wanted`, which names every child once, the start order.
  void reorder(const std::vector<slot_key>& wanted);

private:
  struct place {
    std::uint64_t order = 0;
    slot_key slot = 0; // 0: it was removed
  };

  static std::uint32_t index_of(slot_key slot) noexcept { return static_cast<std::uint32_t>(slot) - 1; }

  [[nodiscard]] std::size_t first_from(std::uint64_t order) const noexcept;
  void compact();

  std::vector<std::unique_ptr<child_record>> records_; // by index; null where one was removed
  std::vector<std::uint32_t> generations_;             // of each index, for those that were used before; may be shorter
  std::vector<std::uint32_t> free_;
  std::vector<place> places_; // ascending
  id_index ids_;
  std::uint64_t last_order_ = 0;
  children_count count_;
};

} // namespace cafnode::supervision

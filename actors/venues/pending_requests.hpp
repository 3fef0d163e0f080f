#pragma once

#include "actors/venues/request_ledger.hpp"

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <type_traits>

namespace cafnode::venues {

/// A venue's enum of the requests that its machine makes, with what each costs and who asks for it.
template<class T>
concept request_kinds = std::is_same_v<std::underlying_type_t<T>, std::uint8_t> && requires(T kind) {
  { cost_of(kind) } -> std::same_as<request_cost>;
  { is_owners(kind) } -> std::convertible_to<bool>; // of a machine; the machine asks for the others by itself
};

/// One request without an answer.
template<request_kinds Kind>
struct pending_request {
  request_id id = 0;
  Kind kind{};
  base::time_point sent_at{};
  base::time_point due{}; // when its answer is overdue
};

/// The requests of one machine, by its venue's own kinds; what is kept of them, and how long: request_ledger.
template<request_kinds Kind>
class pending_requests : private request_ledger {
public:
  using request = pending_request<Kind>;
  using request_ledger::deadlines;
  using request_ledger::has_room;
  using request_ledger::has_room_for_owner;
  using request_ledger::last_id;
  using request_ledger::late_max;
  using request_ledger::next_deadline;
  using request_ledger::own_room;
  using request_ledger::owners;
  using request_ledger::request_ledger;
  using request_ledger::set_deadlines;
  using request_ledger::settle;
  using request_ledger::size;
  using request_ledger::traffic;

  request_id add(Kind kind, base::time_point now) {
    return request_ledger::add(number_of(kind), cost_of(kind), is_owners(kind), now);
  }

  [[nodiscard]] std::optional<request> find(request_id id) const noexcept { return typed(request_ledger::find(id)); }

  std::optional<request> take_overdue(base::time_point now) { return typed(request_ledger::take_overdue(now)); }

  std::optional<request> take_any() { return typed(request_ledger::take_any()); }

  std::optional<request> take_late(request_id id) noexcept { return typed(request_ledger::take_late(id)); }

  [[nodiscard]] std::size_t waiting(Kind kind) const noexcept { return request_ledger::waiting(number_of(kind)); }

private:
  static std::uint8_t number_of(Kind kind) noexcept { return static_cast<std::uint8_t>(kind); }

  static std::optional<request> typed(const std::optional<ledger_entry>& entry) noexcept {
    return entry ? std::optional{request{entry->id, static_cast<Kind>(entry->kind), entry->sent_at, entry->due}}
                 : std::nullopt;
  }
};

} // namespace cafnode::venues

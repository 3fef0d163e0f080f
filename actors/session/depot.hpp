#pragma once

#include "actors/session/board.hpp"
#include "actors/session/connection_place.hpp"
#include "actors/session/notice.hpp"
#include "actors/session/wanted.hpp"
#include "runtime/base/result.hpp"
#include "runtime/net/tls_source.hpp"
#include "supervisors/supervisor.hpp"

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

namespace cafnode::session {

/// What connections are made of besides their configuration. All of it outlives the depot.
struct depot_inputs {
  seat_source seats;
  const base::clock_source* clock = nullptr;
  std::shared_ptr<session::board> board;
  std::shared_ptr<notice_sink> notices;
  std::shared_ptr<supervision::event_sink> events;
  std::uint64_t seed = 0; // of back-off jitter and nonces
};

/// Makes what outlives the processes of connections, once for each name, and keeps it over changes of the
/// configuration: seats, contexts with their orders, the budgets of accounts, holds on keys, the pace of dials. A plan
/// that is made twice, or applied twice, finds the same.
///
/// The plans that it gives to supervisors bind names: what a name stands for is looked up at each start. So a
/// supervisor that is started anew, for whatever reason, gets what is wanted then. Their specs carry the revision of
/// what is wanted when the plan is made; a hot change by such a plan restarts what has another one.
///
/// Any thread. Kept in a shared pointer, which the plans' factories share.
class depot : public std::enable_shared_from_this<depot> {
public:
  explicit depot(depot_inputs inputs);

  /// Whether what `tree` needs from outside can be had now: secrets, authorities. Touches nothing. The fault is a
  /// sentence for the operator.
  [[nodiscard]] static std::optional<std::string> why_not(const wanted_tree& tree);

  /// From now on this is wanted: what is new has its place, what stays takes its new values at its next start or when
  /// it is told `settings_changed`, budgets have their new limits. `version` is what those who took it over show on the
  /// board. Nothing is forgotten, so that it can be taken back. While that may happen, `holds_new`: connections that
  /// are new, or become others, begin without orders (connection_record::hold_orders), until whoever changes lets them.
  void want(wanted_tree tree, std::uint64_t version, bool holds_new = false);

  /// Forgets the places that are not wanted any more, with their orders, their credits and their rows on the board.
  /// Only when their processes have ended.
  void forget_unwanted();

  /// What is wanted now.
  [[nodiscard]] wanted_tree wanted() const;

  /// The plan of the whole node: a root named after the region, one supervisor per exchange, and under it one
  /// supervisor per connection, each pinned where its seat is.
  [[nodiscard]] supervision::supervisor_plan root_plan();

  /// None: it is not wanted.
  [[nodiscard]] std::optional<supervision::supervisor_plan> exchange_plan(std::string_view exchange);
  [[nodiscard]] std::optional<supervision::supervisor_plan> connection_plan(std::string_view connection);

  /// How many places are kept.
  [[nodiscard]] std::size_t size() const;

  /// The wanted connection of that name; null: there is none.
  [[nodiscard]] std::shared_ptr<const wanted_connection> find(std::string_view connection) const;

private:
  /// Path and identity. A connection under another identity is another one: what is known of its orders does not hold.
  using place_key = std::pair<std::string, std::uint64_t>;
  using shared_place = std::shared_ptr<connection_place>;

  shared_place place_for(const std::shared_ptr<const wanted_connection>& wanted, bool holds_new);
  session_outside outside_of(const wanted_connection& wanted, const std::shared_ptr<wanted_cell>& cell,
                             connection_seat& seat, std::uint64_t seed);
  [[nodiscard]] supervision::supervisor_plan empty_plan(std::string path, std::string role, std::size_t children) const;
  supervision::child_spec connection_child(const wanted_connection& wanted);
  supervision::start_outcome start_connection(caf::actor_system& system, const std::string& connection);

  depot_inputs inputs_;
  mutable std::mutex mutex_;
  wanted_tree wanted_;
  std::shared_ptr<std::atomic<std::uint64_t>> version_ = std::make_shared<std::atomic<std::uint64_t>>(0);
  std::map<place_key, shared_place> places_;
  std::map<std::string, place_key, std::less<>> current_; // of each wanted name, the place that is meant
  std::map<std::pair<std::string, std::string>, std::weak_ptr<rate_budget>> budgets_; // by exchange and account
  std::map<std::pair<std::string, std::string>, std::weak_ptr<login_hold>> logins_;   // by exchange and client id
  std::map<std::pair<std::string, std::string>, std::weak_ptr<dial_pace>> dials_;     // by exchange and address
  std::map<std::string, std::weak_ptr<net::tls_source>> trust_;                       // by file of authorities
  std::map<std::string, std::uint32_t> groups_; // of exchanges, by path: all are stopped side by side
  std::uint32_t last_group_ = 0;
};

} // namespace cafnode::session

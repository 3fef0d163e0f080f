#pragma once

#include "actors/venues/deribit/rules.hpp"
#include "actors/venues/machine.hpp"
#include "runtime/base/wiped_text.hpp"

#include <span>
#include <string>
#include <string_view>

namespace cafnode::deribit {

/// Writes one JSON-RPC request after the other into the same memory.
class frame_writer {
public:
  frame_writer();

  /// A whole request without parameters.
  [[nodiscard]] std::string_view bare(venues::request_id id, std::string_view behind_id);

  /// Starts a request; its parameters follow.
  void begin(venues::request_id id, request_kind kind);

  void text(std::string_view key, std::string_view value);
  void number(std::string_view key, base::decimal value);
  void whole(std::string_view key, std::int64_t value);
  void flag(std::string_view key, bool value);
  void texts(std::string_view key, std::span<const std::string_view> values);

  /// Ends the request. The frame stands until the next `begin`.
  [[nodiscard]] std::string_view finish();

  /// Overwrites the last frame, for those that held a secret.
  void wipe() noexcept;

private:
  void key(std::string_view name);
  void quoted(std::string_view value);
  void digits(std::uint64_t value, int places_min);

  base::wiped_text frame_;
  bool first_ = true;
};

// One function a request. Prices and amounts are written exactly, in plain notation.
[[nodiscard]] std::string_view write_place(frame_writer& to, venues::request_id id, const venues::order_request& order);
[[nodiscard]] std::string_view write_edit(frame_writer& to, venues::request_id id, const venues::edit_request& change);
[[nodiscard]] std::string_view write_subscriptions(frame_writer& to, venues::request_id id, request_kind kind,
                                                   std::span<const std::string_view> channels);
[[nodiscard]] std::string_view write_set_heartbeat(frame_writer& to, venues::request_id id,
                                                   std::chrono::seconds interval);

/// public/test, nearly all of it ready beforehand.
[[nodiscard]] std::string_view write_heartbeat_answer(frame_writer& to, venues::request_id id);

/// A request with one text parameter; or none, when `key` is empty.
[[nodiscard]] std::string_view write_simple(frame_writer& to, venues::request_id id, request_kind kind,
                                            std::string_view key = {}, std::string_view value = {});
[[nodiscard]] std::string_view write_label_query(frame_writer& to, venues::request_id id, std::string_view label,
                                                 std::string_view instrument);
[[nodiscard]] std::string_view write_trades_since(frame_writer& to, venues::request_id id, std::string_view instrument,
                                                  std::uint64_t first_seq);
[[nodiscard]] std::string_view write_log_out(frame_writer& to, venues::request_id id);

} // namespace cafnode::deribit

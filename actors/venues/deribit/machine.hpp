#pragma once

#include "actors/venues/deaf_meter.hpp"
#include "actors/venues/deribit/auth.hpp"
#include "actors/venues/deribit/decode.hpp"
#include "actors/venues/deribit/encode.hpp"
#include "actors/venues/deribit/subscription_table.hpp"
#include "actors/venues/fault_meter.hpp"
#include "actors/venues/machine.hpp"
#include "actors/venues/pending_requests.hpp"
#include "runtime/base/rng.hpp"

#include <span>
#include <string>
#include <vector>

namespace cafnode::deribit {

using pending_request = venues::pending_request<request_kind>;
using pending_requests = venues::pending_requests<request_kind>;

/// Memory that the machines of a thread share; nothing in it outlives a call.
struct scratch {
  frame_writer writer;
  frame_decoder decoder;
  envelope head;
  std::vector<std::string_view> channels;
  std::vector<venues::order_report> orders;
  std::vector<venues::fill_report> fills;
  std::vector<venues::position_report> positions;
  std::vector<venues::public_trade> trades;
  book_frame book;
  account_changes changes;
  venues::event news{std::in_place_type<venues::order_updated>}; // so that an order's texts keep their memory
  bool reading = false;                                          // a frame is open
};

[[nodiscard]] scratch& memory_of_thread();

// Followed on every connection with a login: without them nobody would hear of orders and fills.
inline constexpr std::string_view own_orders_channel = "user.orders.any.any.raw";
inline constexpr std::string_view own_trades_channel = "user.trades.any.any.raw";

[[nodiscard]] std::vector<std::string> channels_of(venues::auth_method auth, std::span<const std::string> configured);

[[nodiscard]] std::string too_many_channels();
[[nodiscard]] bool is_subscription(request_kind kind) noexcept;

/// An error of the exchange in words: "private/buy: 10009 not_enough_funds".
[[nodiscard]] std::string text_of_error(request_kind kind, const envelope& head);

/// Deribit's protocol on one connection. The parts of it that decide are the classes it holds; this one joins them.
class protocol_machine final : public venues::machine {
public:
  explicit protocol_machine(venues::machine_config config);

  void open(base::moment now, venues::outbox& out) override;
  void receive(venues::lane from, std::string_view frame, base::moment now, venues::outbox& out) override;
  [[nodiscard]] std::optional<base::time_point> next_due() const override;
  void tick(base::moment now, venues::outbox& out) override;
  void change(const venues::live_settings& to, base::moment now, venues::outbox& out) override;
  void answer_heartbeat(base::moment now, venues::outbox& out) override;

  venues::request_id place(const venues::order_request& order, base::moment now, venues::outbox& out) override;
  venues::request_id edit(const venues::edit_request& change, base::moment now, venues::outbox& out) override;
  venues::request_id cancel(std::string_view order_id, base::moment now, venues::outbox& out) override;
  venues::request_id cancel_by_label(std::string_view label, base::moment now, venues::outbox& out) override;
  venues::request_id list_open_orders(base::moment now, venues::outbox& out) override;
  venues::request_id query_order(std::string_view order_id, base::moment now, venues::outbox& out) override;
  venues::request_id query_label(std::string_view label, std::string_view instrument, base::moment now,
                                 venues::outbox& out) override;
  venues::request_id list_fills_of_order(std::string_view order_id, base::moment now, venues::outbox& out) override;
  venues::request_id list_fills_since(std::string_view instrument, std::uint64_t first_seq, base::moment now,
                                      venues::outbox& out) override;
  venues::request_id list_positions(base::moment now, venues::outbox& out) override;

  [[nodiscard]] bool ends_for_heartbeat(std::uint16_t code) const noexcept override {
    return code == heartbeat_close_code;
  }

  void log_out(base::moment now, venues::outbox& out) override;
  void abandon(base::moment now, venues::outbox& out) override;

  [[nodiscard]] venues::credits setup_cost() const override;

  [[nodiscard]] venues::traffic traffic() const noexcept override { return pending_.traffic(); }

  [[nodiscard]] std::size_t pending() const noexcept override { return pending_.owners(); }

private:
  enum class progress : std::uint8_t {
    fresh,
    greeting,    // set_heartbeat and login are out
    guarding,    // cancel-on-disconnect is being set
    subscribing, // the channels are being asked for
    live,
    leaving, // logged out: what still comes is read, nothing is asked
    over,
  };

  using disposition = venues::disposition;

  // The handshake and renewals of the login: machine_handshake.cpp.
  void log_in(base::moment now, venues::outbox& out);
  void keep_login(base::moment now, venues::outbox& out);
  void refresh(base::moment now, venues::outbox& out);
  void on_unauthorized(const pending_request& request, base::moment now, venues::outbox& out);
  void on_login_failed(const pending_request& request, disposition meaning, const std::string& text, base::moment now,
                       venues::outbox& out, base::duration asked = {});
  void greeted(base::moment now, venues::outbox& out);
  void on_own_result(const pending_request& request, base::moment now, venues::outbox& out);
  void on_step_done(request_kind kind, base::moment now, venues::outbox& out);
  void on_login(const pending_request& request, base::moment now, venues::outbox& out);
  void on_step_failed(const pending_request& request, const std::string& text, base::moment now, venues::outbox& out);
  void give_up_on(const pending_request& request, venues::protocol_fault fault, base::moment now, venues::outbox& out);
  void on_own_error(const pending_request& request, base::moment now, venues::outbox& out);

  // What is subscribed: machine_channels.cpp.
  void begin_subscribing(base::moment now, venues::outbox& out);
  void tend_channels(base::moment now, venues::outbox& out);
  void set_channels_up(base::moment now, venues::outbox& out);
  void unsubscribe(bool with_books, base::moment now, venues::outbox& out);
  void subscribe(base::moment now, venues::outbox& out);
  void send_channels(request_kind kind, std::span<const std::string_view> channels, base::moment now,
                     venues::outbox& out);
  [[nodiscard]] std::optional<base::time_point> channels_due() const noexcept;
  void on_subscribed(const pending_request& request, base::moment now, venues::outbox& out);
  void on_unsubscribed(base::moment now, venues::outbox& out);
  void on_subscription_failed(const pending_request& request, const std::string& text, base::moment now,
                              venues::outbox& out, base::duration asked = {});

  // Answers to the owner's requests: machine_requests.cpp.
  [[nodiscard]] bool takes_requests() const noexcept;
  venues::request_id ask(request_kind kind, std::string_view key, std::string_view value, base::moment now,
                         venues::outbox& out);
  [[nodiscard]] decode_fault read_answer(const pending_request& request, venues::event& to);
  void on_result(base::moment now, venues::outbox& out);
  void on_error(base::moment now, venues::outbox& out);
  void on_owners_error(const pending_request& request, base::moment now, venues::outbox& out);
  void on_late_result(const pending_request& request, base::moment now, venues::outbox& out);
  void on_answer_to_nobody(base::moment now, venues::outbox& out);

  // Notifications: machine_news.cpp.
  void on_notification(base::moment now, venues::outbox& out);
  [[nodiscard]] decode_fault tell(channel_entry& channel, base::moment now, venues::outbox& out);
  [[nodiscard]] decode_fault tell_orders(venues::outbox& out);
  [[nodiscard]] decode_fault tell_ticker(const channel_entry& channel, venues::outbox& out);
  [[nodiscard]] decode_fault tell_book(channel_entry& channel, base::moment now, venues::outbox& out);
  [[nodiscard]] decode_fault tell_changes(venues::outbox& out);
  [[nodiscard]] decode_fault tell_platform(venues::outbox& out);
  [[nodiscard]] decode_fault tell_raw(const channel_entry& channel, venues::outbox& out);

  void receive_one(std::string_view frame, base::moment now, venues::outbox& out);
  void on_deadline(const pending_request& request, base::moment now, venues::outbox& out);
  void tell_notes(venues::outbox& out);
  void complain(const venues::protocol_fault& fault, base::moment now, venues::outbox& out);
  void shut(venues::give_up why, std::string_view text, venues::outbox& out,
            std::chrono::milliseconds retry_after = std::chrono::milliseconds{0});

  [[nodiscard]] bool is_over() const noexcept { return progress_ == progress::over; }

  [[nodiscard]] bool has_login() const noexcept { return config_.auth != venues::auth_method::none; }

  venues::machine_config config_;
  base::rng chance_;
  pending_requests pending_;
  subscription_table subscriptions_;
  venues::fault_meter faults_;
  venues::deaf_meter deaf_;
  login_clock login_;
  std::string login_trouble_;                     // what the exchange last said to a renewal
  venues::request_id granted_after_ = 0;          // the youngest request when the latest login was granted
  std::optional<base::time_point> lost_login_at_; // when the exchange last forgot one
  base::backoff subscribe_pauses_;
  base::time_point channels_rest_until_{}; // no call for channels before
  base::time_point books_rest_until_{};
  std::size_t setup_calls_ = 0;    // of those that the set-up pays for
  bool is_paid_ = false;           // the next subscription; it follows an unsubscription of books
  bool unsubscribed_last_ = false; // the latest call for channels
  progress progress_ = progress::fresh;
  bool heartbeat_set_ = false;
  bool logged_in_ = false;
  bool first_login_repeated_ = false;
};

} // namespace cafnode::deribit

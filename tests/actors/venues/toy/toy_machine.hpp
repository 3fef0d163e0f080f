#pragma once

#include "actors/venues/fault_meter.hpp"
#include "actors/venues/pending_requests.hpp"
#include "actors/venues/registry.hpp"
#include "tests/actors/venues/toy/toy_wire.hpp"

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace cafnode::test::toy {

enum class request : std::uint8_t { login, follow, ping, key, renew, place, edit, cancel, list, find, positions };

[[nodiscard]] venues::request_cost cost_of(request kind) noexcept;

[[nodiscard]] constexpr bool is_owners(request kind) noexcept {
  return kind >= request::place;
}

/// The client's side of the toy protocol on one connection. `keyed`: the lane of news is opened with a listen key.
class machine final : public venues::machine {
public:
  static constexpr std::chrono::minutes renewed_every{30};
  static constexpr std::chrono::minutes renewed_again_after{1};

  explicit machine(venues::machine_config config, bool keyed = false);

  [[nodiscard]] std::vector<venues::lane_spec> lanes() const override;
  void open(base::moment now, venues::outbox& out) override;
  void receive(venues::lane from, std::string_view frame, base::moment now, venues::outbox& out) override;
  void lane_opened(venues::lane which, base::moment now, venues::outbox& out) override;
  void answered(const venues::http_answer& answer, base::moment now, venues::outbox& out) override;
  void pinged(venues::lane from, base::moment now, venues::outbox& out) override;
  [[nodiscard]] std::optional<base::time_point> next_due() const override;
  void tick(base::moment now, venues::outbox& out) override;
  void answer_heartbeat(base::moment now, venues::outbox& out) override;

  venues::request_id place(const venues::order_request& order, base::moment now, venues::outbox& out) override;
  venues::request_id edit(const venues::edit_request& change, base::moment now, venues::outbox& out) override;
  venues::request_id cancel(std::string_view order_id, base::moment now, venues::outbox& out) override;

  venues::request_id cancel_by_label(std::string_view, base::moment, venues::outbox&) override { return 0; }

  venues::request_id list_open_orders(base::moment now, venues::outbox& out) override;

  venues::request_id query_order(std::string_view, base::moment, venues::outbox&) override { return 0; }

  venues::request_id query_label(std::string_view label, std::string_view instrument, base::moment now,
                                 venues::outbox& out) override;

  venues::request_id list_fills_of_order(std::string_view, base::moment, venues::outbox&) override { return 0; }

  venues::request_id list_fills_since(std::string_view, std::uint64_t, base::moment, venues::outbox&) override {
    return 0;
  }

  venues::request_id list_positions(base::moment now, venues::outbox& out) override;

  void log_out(base::moment, venues::outbox&) override { over_ = true; }

  void abandon(base::moment now, venues::outbox& out) override;
  [[nodiscard]] venues::credits setup_cost() const override;

  [[nodiscard]] venues::traffic traffic() const noexcept override { return pending_.traffic(); }

  [[nodiscard]] std::size_t pending() const noexcept override { return pending_.owners(); }

private:
  using words = std::span<const std::string_view>;

  venues::request_id ask(request kind, venues::lane on, std::string_view rest, base::moment now, venues::outbox& out);
  venues::request_id ask_for_owner(request kind, std::string_view rest, base::moment now, venues::outbox& out);
  void ping(base::moment now, venues::outbox& out);
  void ask_key(request kind, std::string_view method, base::moment now, venues::outbox& out);
  void on_key(const venues::http_answer& answer, venues::outbox& out);
  void on_renewed(const venues::http_answer& answer, base::moment now, venues::outbox& out);
  void retry_renewal(std::string text, base::moment now, venues::outbox& out);
  void on_ok(request kind, base::moment now, venues::outbox& out);
  void on_answer(std::string_view what, words rest, const venues::pending_request<request>& asked, base::moment now,
                 venues::outbox& out);
  void shut(std::string_view text, venues::outbox& out, venues::give_up why = venues::give_up::unavailable,
            std::chrono::milliseconds retry_after = {});
  void complain(venues::fault_kind kind, std::string_view frame, base::moment now, venues::outbox& out);

  venues::machine_config config_;
  venues::pending_requests<request> pending_;
  venues::fault_meter faults_;
  std::array<venues::request_id, 2> pings_{}; // by lane; those without an answer
  base::time_point ping_due_ = base::time_point::max();
  base::time_point renewal_due_ = base::time_point::max();
  bool keyed_;
  bool news_open_;
  int logins_ = 0;
  bool resumed_ = false;
  bool over_ = false;
};

/// As they would stand in the registry.
[[nodiscard]] const venues::venue& description();
[[nodiscard]] const venues::venue& keyed_description();

} // namespace cafnode::test::toy

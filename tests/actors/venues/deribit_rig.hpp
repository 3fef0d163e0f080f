#pragma once

#include "actors/venues/deribit/make_machine.hpp"
#include "tests/actors/venues/recording_outbox.hpp"

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace cafnode::test {

/// A machine of Deribit, its time and its exchange, all in the hands of a test.
class deribit_rig {
public:
  explicit deribit_rig(venues::machine_config config = default_config());

  static venues::machine_config default_config();

  /// Opens and answers the handshake until the machine says that it is resumed.
  void go_live();

  /// Delivers `frame` with the padding that frames have.
  void receive(std::string_view frame);

  /// Delivers the result `json` for request `id`.
  void answer(venues::request_id id, std::string_view json);
  void refuse(venues::request_id id, int code, std::string_view message, std::string_view data = {});
  void notify(std::string_view channel, std::string_view data);

  /// Lets `span` pass; ticks whenever the machine says that it is due.
  void pass(base::duration span);

  /// The number of the last request whose method is `method`; 0 when there was none.
  [[nodiscard]] venues::request_id last(std::string_view method) const;
  [[nodiscard]] std::string_view last_frame(std::string_view method) const;
  [[nodiscard]] std::size_t count(std::string_view method) const;

  /// Answers a subscribe call with the very channels that it asks for.
  void confirm_subscription();

  base::moment now{base::time_point{std::chrono::hours{1}},
                   base::wall_time{std::chrono::milliseconds{1'576'074'319'000}}};
  recording_outbox out;
  std::unique_ptr<venues::machine> machine;

private:
  std::string padded_;
};

/// The text of a frame under tests/frames/deribit.
[[nodiscard]] std::string recorded_frame(std::string_view name);

/// One order as JSON, open unless `state` says otherwise.
[[nodiscard]] std::string order_json(std::string_view id, std::string_view label, std::string_view state = "open",
                                     std::string_view filled = "0.0");

inline constexpr std::string_view grant_json =
    R"({"access_token":"a1.access","expires_in":900,"refresh_token":"r1.refresh","token_type":"bearer"})";

} // namespace cafnode::test

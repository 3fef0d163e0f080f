#pragma once

#include "actors/venues/lane.hpp"
#include "actors/venues/order.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// The protocol of an exchange that there is not: words with spaces between them, one message a frame.
///
/// It is what Deribit is not. A connection has two sockets: requests go by `trade` and are answered there, news come by
/// `news`. Both are pinged by the client and close, or fall silent, without. An order request is answered with an
/// acknowledgement; what became of it is news. Labels have at most 36 bytes, and no dot.
///
///   login ID KEY | follow ID CHANNEL... | ping ID | place ID ORDER | edit ID ORDER_ID AMOUNT PRICE | cancel ID
///   ORDER_ID list ID | find ID LABEL | positions ID ok ID | pong ID | ack ID ORDER_ID | no ID REASON | orders ID
///   CLOCK_MS ORDER... | order ORDER | quote CHANNEL TEXT
///
/// Where it is keyed, `news` is reached only with a listen key: POST /key, with the client id as X-KEY, answers 200
/// with one, and `news` is at /news?key=KEY then. PUT /key keeps it alive for another hour.
///
/// ORDER is label:order_id:instrument:side:state:price:amount:filled:updated_ms, without an order_id when it is placed.
namespace cafnode::test::toy {

inline constexpr venues::lane trade = 0;
inline constexpr venues::lane news = 1;

struct frame {
  venues::lane on = trade;
  std::string text;
};

[[nodiscard]] std::vector<std::string_view> split(std::string_view text, char at);

[[nodiscard]] std::string write_order(const venues::order_report& order);
[[nodiscard]] std::optional<venues::order_report> read_order(std::string_view text);

} // namespace cafnode::test::toy

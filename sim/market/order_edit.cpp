#include "sim/market/faults.hpp"
#include "sim/market/order_entry.hpp"

#include <algorithm>

namespace cafnode::sim {

namespace {

/// The order as it would be after the edit.
order_request wish_of(const order& changing, const edit_request& asked, listing& at) {
  order_request wish;
  wish.account = changing.account;
  wish.connection = changing.connection;
  wish.at = &at;
  wish.direction = changing.direction;
  wish.type = changing.type;
  wish.tif = changing.tif;
  wish.amount = asked.amount.value_or(changing.amount);
  wish.price = asked.price.value_or(changing.price);
  wish.trigger_price = changing.trigger_price;
  wish.label = changing.label;
  wish.post_only = asked.post_only.value_or(changing.post_only);
  wish.reject_post_only = asked.reject_post_only.value_or(changing.reject_post_only);
  wish.reduce_only = asked.reduce_only.value_or(changing.reduce_only);
  wish.valid_until_ms = asked.valid_until_ms;
  return wish;
}

} // namespace

order_result order_entry::edit(order& changing, const edit_request& asked, base::moment now) {
  auto wish = wish_of(changing, asked, floor_.at(changing.on));
  if (auto why = refuse_edit(changing, wish, now); why.code != 0) {
    audit_refusal(wish, why);
    return base::failure{std::move(why)};
  }
  const auto before = engine_.user_trades_made(changing.account);
  orders_.about_to_change(changing, now);
  changing.post_only = wish.post_only;
  changing.reject_post_only = wish.reject_post_only;
  changing.reduce_only = wish.reduce_only;
  changing.replaced = true;
  changing.updated_ms = base::to_unix_ms(now.wall);
  requeue(changing, wish.amount, wish.price, now);
  return order_outcome{&changing, trades_since(before, changing)};
}

rpc_error order_entry::refuse_edit(const order& changing, order_request& wish, base::moment now) {
  if (!changing.is_live())
    return fault(11044, "not_open_order");
  if (is_late(wish, now))
    return fault(13888, "timed_out");
  if (auto why = check_shape(wish); why.code != 0)
    return why;
  if (wish.amount <= changing.filled)
    return fault(11008, "already_filled");
  const bool moves = wish.price != changing.price || wish.amount > changing.amount;
  if (!moves || changing.state != order_state::open)
    return {};
  if (wish.post_only)
    if (auto why = slide_post_only(*wish.at, wish.direction, wish.price, wish.reject_post_only); why.code != 0)
      return why;
  auto rest = wish;
  rest.amount = wish.amount - changing.filled;
  if (meets_own(rest))
    return fault(10003, "order_overlap");
  return wish.reduce_only ? rpc_error{} : check_funds(rest, wish.price, changing.reserved);
}

/// Gives an order its new amount and price. Less of the same price keeps the place in the queue; else it goes to the
/// end.
void order_entry::requeue(order& changing, decimal amount, decimal price, base::moment now) {
  auto& book = floor_.at(changing.on).book;
  const bool in_book = changing.state == order_state::open;
  const bool keeps_place = price == changing.price && amount <= changing.amount;
  if (in_book && keeps_place)
    book.reduce(changing, changing.amount - amount);
  else if (in_book)
    book.remove(changing);
  changing.amount = amount;
  changing.price = price;
  engine_.release_margin(changing);
  if (in_book && !changing.reduce_only)
    engine_.hold_margin(changing, accounts_.margin_for(*accounts_.of(changing.account), changing.on, changing.direction,
                                                       changing.left(), price));
  engine_.announce("order_edited", changing);
  if (!in_book || keeps_place)
    return;
  engine_.take(changing, price, now);
  if (changing.state == order_state::open)
    engine_.rest(changing);
}

} // namespace cafnode::sim

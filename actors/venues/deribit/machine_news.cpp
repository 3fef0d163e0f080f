#include "actors/venues/deribit/machine.hpp"

namespace cafnode::deribit {

using venues::fault_kind;

namespace {

std::string cut(std::string_view name) {
  return std::string{name.substr(0, 100)};
}

} // namespace

void protocol_machine::on_notification(base::moment now, venues::outbox& out) {
  const auto name = memory_of_thread().head.channel;
  auto* channel = subscriptions_.find_live(name);
  if (channel == nullptr && subscriptions_.is_stray(name, now.steady))
    return;
  if (channel == nullptr)
    return complain({fault_kind::foreign_channel, "not subscribed here: " + cut(name)}, now, out);
  if (!channel->wished)
    return subscription_table::pass_over(*channel);
  if (auto fault = tell(*channel, now, out)) {
    fault->detail = channel->name.substr(0, 60) + ": " + fault->detail;
    complain(*fault, now, out);
    // A change that was not taken breaks the chain, whatever the next one says.
    if (!is_over() && channel->kind == channel_kind::book && subscriptions_.lose(*channel)) {
      out.emit(venues::book_gap{channel->instrument});
      tend_channels(now, out);
    }
  }
}

decode_fault protocol_machine::tell(channel_entry& channel, base::moment now, venues::outbox& out) {
  auto& memory = memory_of_thread();
  decode_fault fault;
  switch (channel.kind) {
  case channel_kind::ticker:
    return tell_ticker(channel, out);
  case channel_kind::book:
    return tell_book(channel, now, out);
  case channel_kind::trades:
    if (!(fault = memory.decoder.read_trades(memory.trades)))
      for (const auto& trade : memory.trades)
        out.emit(trade);
    return fault;
  case channel_kind::user_orders:
    return tell_orders(out);
  case channel_kind::user_trades:
    if (!(fault = memory.decoder.read_own_trades(memory.fills)))
      for (auto& fill : memory.fills)
        out.emit(venues::filled{std::move(fill)});
    return fault;
  case channel_kind::user_changes:
    return tell_changes(out);
  case channel_kind::platform:
    return tell_platform(out);
  case channel_kind::raw:
    return tell_raw(channel, out);
  }
  return fault;
}

decode_fault protocol_machine::tell_orders(venues::outbox& out) {
  auto& memory = memory_of_thread();
  // Channels with the interval raw send one order, others an array.
  if (!memory.decoder.content_is_array()) {
    if (auto fault = memory.decoder.read_order_news(std::get<venues::order_updated>(memory.news).order))
      return fault;
    out.emit(memory.news);
    return std::nullopt;
  }
  if (auto fault = memory.decoder.read_orders(memory.orders))
    return fault;
  for (auto& order : memory.orders)
    out.emit(venues::order_updated{std::move(order)});
  return std::nullopt;
}

decode_fault protocol_machine::tell_ticker(const channel_entry& channel, venues::outbox& out) {
  venues::event news{std::in_place_type<venues::ticker>};
  auto& ticker = std::get<venues::ticker>(news);
  if (auto fault = memory_of_thread().decoder.read_ticker(ticker))
    return fault;
  if (ticker.instrument != channel.instrument)
    return venues::protocol_fault{fault_kind::wrong_shape, "speaks of another instrument: " + cut(ticker.instrument)};
  out.emit(news);
  return std::nullopt;
}

decode_fault protocol_machine::tell_book(channel_entry& channel, base::moment now, venues::outbox& out) {
  auto& memory = memory_of_thread();
  auto& frame = memory.book;
  if (auto fault = memory.decoder.read_book(frame))
    return fault;
  if (frame.instrument != channel.instrument)
    return venues::protocol_fault{fault_kind::wrong_shape, "speaks of another instrument: " + cut(frame.instrument)};
  switch (subscriptions_.follow(channel, frame.snapshot, frame.change_id, frame.previous_id)) {
  case chain_step::idle:
    break;
  case chain_step::fits:
    out.emit(venues::book_changed{frame.instrument, frame.snapshot, frame.change_id, frame.previous_id, frame.bids,
                                  frame.asks, frame.at_ms});
    break;
  case chain_step::broken:
    out.emit(venues::book_gap{channel.instrument});
    tend_channels(now, out);
    break;
  }
  return std::nullopt;
}

decode_fault protocol_machine::tell_changes(venues::outbox& out) {
  auto& memory = memory_of_thread();
  auto& changes = memory.changes;
  if (auto fault = memory.decoder.read_changes(changes))
    return fault;
  // The same orders and trades come through their own channels, where those are subscribed.
  if (!subscriptions_.confirmed(own_orders_channel))
    for (auto& order : changes.orders)
      out.emit(venues::order_updated{std::move(order)});
  if (!subscriptions_.confirmed(own_trades_channel))
    for (auto& fill : changes.fills)
      out.emit(venues::filled{std::move(fill)});
  for (auto& position : changes.positions)
    out.emit(venues::position_changed{std::move(position)});
  return std::nullopt;
}

decode_fault protocol_machine::tell_platform(venues::outbox& out) {
  venues::platform_changed changed;
  if (auto fault = memory_of_thread().decoder.read_platform(changed))
    return fault;
  out.emit(changed);
  return std::nullopt;
}

decode_fault protocol_machine::tell_raw(const channel_entry& channel, venues::outbox& out) {
  std::string_view text;
  if (auto fault = memory_of_thread().decoder.read_raw(text))
    return fault;
  out.emit(venues::raw_notification{channel.name, text});
  return std::nullopt;
}

} // namespace cafnode::deribit

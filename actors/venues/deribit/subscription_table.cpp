#include "actors/venues/deribit/subscription_table.hpp"

#include "actors/venues/deribit/rules.hpp"
#include "runtime/base/invariant.hpp"

#include <algorithm>
#include <unordered_set>

namespace cafnode::deribit {

namespace {

// Room for the envelope around the list of channels.
constexpr std::size_t call_bytes_max = request_bytes_max - 512;

constexpr std::size_t name_frame_bytes = 3; // quotes and comma

std::size_t dots_in(std::string_view name) noexcept {
  return static_cast<std::size_t>(std::count(name.begin(), name.end(), '.'));
}

/// Whether the exchange has it, or may have.
bool is_live(const channel_entry& channel) noexcept {
  return channel.state == channel_state::asked || channel.state == channel_state::confirmed ||
         channel.state == channel_state::releasing || (channel.state == channel_state::wanted && channel.doubtful);
}

/// Counts the names of one call.
class call_size {
public:
  /// Whether one more fits; the first always does.
  [[nodiscard]] bool takes(std::string_view name) noexcept {
    const auto more = name.size() + name_frame_bytes;
    if (names_ > 0 && (names_ == channels_per_call_max || bytes_ + more > call_bytes_max))
      return false;
    ++names_;
    bytes_ += more;
    return true;
  }

private:
  std::size_t names_ = 0;
  std::size_t bytes_ = 0;
};

} // namespace

channel_kind kind_of_channel(std::string_view name) noexcept {
  if (name.starts_with("ticker."))
    return channel_kind::ticker;
  // Grouped books (book.{instrument}.{group}.{depth}.{interval}) have no chain: another shape.
  if (name.starts_with("book.") && dots_in(name) == 2)
    return channel_kind::book;
  if (name.starts_with("trades."))
    return channel_kind::trades;
  if (name.starts_with("user.orders."))
    return channel_kind::user_orders;
  if (name.starts_with("user.trades."))
    return channel_kind::user_trades;
  if (name.starts_with("user.changes."))
    return channel_kind::user_changes;
  return name == "platform_state" ? channel_kind::platform : channel_kind::raw;
}

std::string_view instrument_of_channel(std::string_view name) noexcept {
  const auto kind = kind_of_channel(name);
  if (kind != channel_kind::ticker && kind != channel_kind::book)
    return {};
  name.remove_prefix(name.find('.') + 1);
  return name.substr(0, name.find('.'));
}

subscription_table::subscription_table(std::span<const std::string> channels) {
  for (const auto& name : channels)
    if (find(name) == nullptr)
      add(name);
}

void subscription_table::add(const std::string& name) {
  auto& channel = channels_.emplace_back();
  channel.name = name;
  channel.kind = kind_of_channel(name);
  channel.instrument = instrument_of_channel(channel.name);
  index_.emplace(channel.name, std::prev(channels_.end()));
  tally(channel, 1);
}

std::vector<std::string_view> subscription_table::wish(std::span<const std::string> channels) {
  const std::unordered_set<std::string_view> wished{channels.begin(), channels.end()};
  for (auto at = channels_.begin(); at != channels_.end();) {
    const auto one = at++;
    if (one->wished && !wished.contains(one->name))
      unwish(one);
  }
  std::vector<std::string_view> wrong;
  for (const auto& name : channels)
    take(name, wrong);
  return wrong;
}

void subscription_table::unwish(entries::iterator at) {
  if (at->broken)
    pass_over(*at); // it is as wrong if it is wished again
  set_broken(*at, false);
  set_wished(*at, false);
  if (!is_live(*at))
    forget(channels_, at);
  else if (at->state == channel_state::wanted)
    set_state(*at, channel_state::confirmed);
}

void subscription_table::take(const std::string& name, std::vector<std::string_view>& wrong) {
  const auto known = index_.find(name);
  if (known == index_.end())
    return add(name);
  const auto at = known->second;
  if (at->wished)
    return;
  if (at->state != channel_state::dropped)
    return wish_again(*at, wrong);
  forget(dropped_, at);
  add(name);
}

void subscription_table::wish_again(channel_entry& channel, std::vector<std::string_view>& wrong) {
  set_wished(channel, true);
  if (channel.kind == channel_kind::book && (channel.doubtful || channel.state == channel_state::releasing))
    wrong.push_back(channel.instrument);
  if (channel.state == channel_state::confirmed && channel.doubtful)
    restore(channel);
}

/// What came of a call for this channel is not known, or of a book not what came meanwhile: to be subscribed once more.
/// A second subscription of a book brings no snapshot, so a book is unsubscribed first.
void subscription_table::restore(channel_entry& channel) noexcept {
  const bool book = channel.kind == channel_kind::book;
  tally(channel, -1);
  channel.state = book ? channel_state::confirmed : channel_state::wanted;
  channel.doubtful = !book;
  tally(channel, 1);
  if (book && !channel.chained)
    set_broken(channel, true);
}

/// Nobody knows what became of the call that these channels were in.
void subscription_table::doubt(channel_state in_call) noexcept {
  for (auto& channel : channels_) {
    if (channel.state != in_call)
      continue;
    if (channel.wished) {
      restore(channel);
      continue;
    }
    set_state(channel, channel_state::confirmed);
    channel.doubtful = true;
  }
}

void subscription_table::forget(entries& in, entries::iterator at) {
  tally(*at, -1);
  index_.erase(at->name);
  in.erase(at);
}

void subscription_table::drop(entries::iterator at, base::time_point now) {
  set_state(*at, channel_state::dropped);
  at->strays_until = now + stray_span;
  dropped_.splice(dropped_.end(), channels_, at);
  while (dropped_.size() > strays_max || dropped_.front().strays_until <= now)
    forget(dropped_, dropped_.begin());
}

bool subscription_table::is_stray(std::string_view name, base::time_point now) const noexcept {
  const auto* channel = find(name);
  return channel != nullptr && channel->state == channel_state::dropped && now < channel->strays_until;
}

void subscription_table::pass_over(channel_entry& channel) noexcept {
  if (channel.kind != channel_kind::book)
    return;
  channel.doubtful = true;
  channel.chained = false;
}

void subscription_table::tally(const channel_entry& channel, int by) noexcept {
  const auto count = [by](std::size_t& to) { to = by > 0 ? to + 1 : to - 1; };
  if (channel.wished)
    count(wished_);
  if (channel.wished && channel.state == channel_state::wanted)
    count(wanted_);
  if (!channel.wished && channel.state == channel_state::confirmed)
    count(unwished_);
  if (is_live(channel))
    count(subscribed_);
}

void subscription_table::set_state(channel_entry& channel, channel_state state) noexcept {
  tally(channel, -1);
  channel.state = state;
  tally(channel, 1);
}

void subscription_table::set_wished(channel_entry& channel, bool wished) noexcept {
  tally(channel, -1);
  channel.wished = wished;
  tally(channel, 1);
}

std::size_t subscription_table::calls() const noexcept {
  std::size_t calls = 0;
  call_size size;
  for (const auto& channel : channels_) {
    if (!channel.wished)
      continue;
    if (calls > 0 && size.takes(channel.name))
      continue;
    ++calls;
    size = {};
    static_cast<void>(size.takes(channel.name));
  }
  return calls;
}

bool subscription_table::has_wanted() const noexcept {
  return wanted_ > 0 && subscribed_ < channels_max;
}

std::vector<std::string_view> subscription_table::next_call() {
  CAFNODE_INVARIANT(!is_calling(), "two calls at a time");
  std::vector<std::string_view> names;
  if (!has_wanted())
    return names;
  call_size size;
  for (auto& channel : channels_) {
    if (channel.state != channel_state::wanted)
      continue;
    if (subscribed_ == channels_max || !size.takes(channel.name))
      break;
    set_state(channel, channel_state::asked);
    names.push_back(channel.name);
  }
  call_ = call::subscribe;
  return names;
}

subscription_table::comparison subscription_table::settle_call(std::span<const std::string_view> answered) {
  CAFNODE_INVARIANT(call_ == call::subscribe, "an answer was compared with no call");
  call_ = call::none;
  comparison found;
  for (const auto name : answered) {
    const auto known = index_.find(name);
    if (known == index_.end() || known->second->state != channel_state::asked) {
      found.extra.emplace_back(name);
      continue;
    }
    auto& channel = *known->second;
    set_state(channel, channel_state::confirmed);
    if (channel.wished && channel.doubtful && channel.kind == channel_kind::book)
      restore(channel);
    else if (channel.wished)
      channel.doubtful = false;
  }
  for (auto at = channels_.begin(); at != channels_.end();) {
    const auto one = at++;
    if (one->state != channel_state::asked)
      continue;
    set_broken(*one, false);
    one->doubtful = false;
    set_state(*one, channel_state::missing);
    if (one->wished)
      found.missing.push_back(one->name);
    else
      forget(channels_, one);
  }
  return found;
}

channel_entry* subscription_table::find_live(std::string_view name) noexcept {
  const auto known = index_.find(name);
  return known != index_.end() && is_live(*known->second) ? &*known->second : nullptr;
}

bool subscription_table::confirmed(std::string_view name) const noexcept {
  const auto* channel = find(name);
  return channel != nullptr && channel->state == channel_state::confirmed;
}

chain_step subscription_table::follow(channel_entry& channel, bool snapshot, std::uint64_t change_id,
                                      std::uint64_t previous_id) noexcept {
  if (channel.state == channel_state::releasing)
    return chain_step::idle;
  if (!snapshot && !channel.chained)
    return chain_step::idle;
  const bool fits = snapshot || previous_id == channel.change_id;
  channel.chained = fits;
  channel.change_id = change_id;
  if (fits)
    channel.renewals = 0;
  set_broken(channel, !fits);
  return fits ? chain_step::fits : chain_step::broken;
}

void subscription_table::set_broken(channel_entry& channel, bool broken) noexcept {
  if (broken == channel.broken)
    return;
  channel.broken = broken;
  broken_ = broken ? broken_ + 1 : broken_ - 1;
}

void subscription_table::call_failed() {
  CAFNODE_INVARIANT(call_ == call::subscribe, "a call failed that was not under way");
  call_ = call::none;
  doubt(channel_state::asked);
}

bool subscription_table::lose(channel_entry& channel) noexcept {
  if (channel.broken || channel.state == channel_state::releasing)
    return false;
  channel.chained = false;
  set_broken(channel, true);
  return true;
}

std::vector<std::string_view> subscription_table::begin_unsubscribe(base::time_point now, bool with_books) {
  constexpr std::chrono::seconds first_rest{2};
  constexpr unsigned doublings_max = 5;
  CAFNODE_INVARIANT(!is_calling(), "two calls at a time");
  std::vector<std::string_view> names;
  call_size size;
  for (auto& channel : channels_) {
    const bool renewed = with_books && channel.broken && channel.rests_until <= now;
    if (!renewed && (channel.wished || channel.state != channel_state::confirmed))
      continue;
    if (!size.takes(channel.name))
      break;
    if (renewed) {
      set_broken(channel, false);
      channel.rests_until = now + first_rest * (1U << std::min(channel.renewals, doublings_max));
      ++channel.renewals;
    }
    channel.chained = false;
    set_state(channel, channel_state::releasing);
    names.push_back(channel.name);
  }
  if (!names.empty())
    call_ = call::unsubscribe;
  return names;
}

std::optional<base::time_point> subscription_table::next_renewal() const noexcept {
  std::optional<base::time_point> first;
  if (broken_ == 0)
    return first;
  for (const auto& channel : channels_)
    if (channel.broken && (!first || channel.rests_until < *first))
      first = channel.rests_until;
  return first;
}

void subscription_table::unsubscribe_failed() noexcept {
  call_ = call::none;
  doubt(channel_state::releasing);
}

void subscription_table::end_unsubscribe(base::time_point now) {
  call_ = call::none;
  for (auto at = channels_.begin(); at != channels_.end();) {
    const auto one = at++;
    if (one->state != channel_state::releasing)
      continue;
    one->doubtful = false;
    if (one->wished)
      set_state(*one, channel_state::wanted);
    else
      drop(one, now);
  }
}

const channel_entry* subscription_table::find(std::string_view name) const noexcept {
  const auto at = index_.find(name);
  return at == index_.end() ? nullptr : &*at->second;
}

} // namespace cafnode::deribit

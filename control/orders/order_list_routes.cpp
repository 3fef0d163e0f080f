#include "actors/session/order_table.hpp"
#include "control/api_call.hpp"
#include "control/json_writer.hpp"
#include "control/orders/order_json.hpp"
#include "control/request_reader.hpp"
#include "control/request_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <vector>

namespace cafnode::control {

namespace {

/// What is not a state of the exchange's, but of our knowledge.
constexpr std::string_view in_doubt_word = "in_doubt", live_word = "live";

struct order_filter {
  std::string connection, instrument;
  std::optional<venues::side> side;
  std::vector<std::string> states; // empty: all
  std::string after;               // CONNECTION/LABEL
  std::uint64_t limit = page_rows_default;

  [[nodiscard]] bool wants(const session::listed_order& each) const {
    return (instrument.empty() || each.order.instrument == instrument) && (!side || each.order.side == *side) &&
           (states.empty() || std::any_of(states.begin(), states.end(),
                                          [&each](const std::string& state) { return is_in(each, state); }));
  }

  static bool is_in(const session::listed_order& each, std::string_view state) {
    if (state == in_doubt_word)
      return each.in_doubt;
    if (state == live_word)
      return each.in_doubt || !session::is_over(each.order.state);
    return !each.in_doubt && state == word_of(each.order.state);
  }
};

std::vector<std::string> split(std::string_view list) {
  std::vector<std::string> words;
  while (!list.empty()) {
    words.emplace_back(list.substr(0, list.find(',')));
    list.remove_prefix(std::min(words.back().size() + 1, list.size()));
  }
  return words;
}

std::optional<api_fault> read_names(const net::http_request& request, order_filter& filter) {
  const auto connection = read_text(request, "connection", text_kind::connection);
  const auto instrument = read_text(request, "instrument", text_kind::instrument);
  const auto after = read_text(request, "after", text_kind::path);
  for (const auto* each : {&connection, &instrument, &after})
    if (!*each)
      return each->fault();
  filter.connection = connection.value();
  filter.instrument = instrument.value();
  filter.after = after.value();
  return std::nullopt;
}

reading<order_filter> read_filter(const net::http_request& request) {
  constexpr std::array<std::string_view, 9> states{"open",      "filled",  "rejected", "cancelled",  "untriggered",
                                                   "triggered", "unknown", live_word,  in_doubt_word};
  order_filter filter;
  const auto limit = read_count(request, "limit", page_rows_default, 1, page_rows_max);
  if (!limit)
    return base::failure{limit.fault()};
  filter.limit = limit.value();
  if (auto fault = read_names(request, filter))
    return base::failure{std::move(*fault)};
  filter.states = split(request.query_value("state"));
  for (const std::string& each : filter.states)
    if (std::find(states.begin(), states.end(), each) == states.end())
      return base::failure{bad_request(fmt::format("there is no state '{}' of an order", shown(each)),
                                       fmt::format("one or more of {}, with commas between", fmt::join(states, ", ")))};
  const std::string_view side = request.query_value("side");
  if (side == "buy" || side == "sell")
    filter.side = side == "buy" ? venues::side::buy : venues::side::sell;
  else if (!side.empty())
    return base::failure{bad_request("side is not one of buy, sell")};
  return filter;
}

/// The orders of one connection behind `after`, by label.
std::vector<session::listed_order> orders_of(const session::connection_record& record, const order_filter& filter,
                                             std::string_view after) {
  std::vector<session::listed_order> found;
  const auto kept = record.orders();
  if (!kept)
    return found;
  const auto take = [&](const session::known_order& each) {
    session::listed_order listed{each.report, each.certainty == session::certainty::in_doubt};
    if (filter.wants(listed) && (after.empty() || each.report.label > after))
      found.push_back(std::move(listed));
  };
  const session::order_copy all = kept->copy();
  std::for_each(all.live.begin(), all.live.end(), take);
  std::for_each(all.ended.begin(), all.ended.end(), take);
  std::sort(found.begin(), found.end(), [](const auto& a, const auto& b) { return a.order.label < b.order.label; });
  return found;
}

/// Writes one page; `next` is empty on the last one.
class order_page {
public:
  explicit order_page(const order_filter& filter) : filter_{filter} { out_.open_object().key("orders").open_array(); }

  /// False once the page is full.
  bool add(const session::connection_record& record, const session::connection_view& view) {
    const auto slash = filter_.after.find('/');
    const bool goes_on = slash != std::string::npos && filter_.after.substr(0, slash) == view.name;
    const auto found = orders_of(record, filter_, goes_on ? std::string_view{filter_.after}.substr(slash + 1) : "");
    if (found.empty() && !goes_on && !filter_.connection.empty())
      seen_.push_back(view);
    for (const session::listed_order& each : found) {
      if (written_ == filter_.limit) {
        next_ = last_;
        return false;
      }
      if (&each == &found.front() && !goes_on)
        seen_.push_back(view); // named on the page that has its first order
      write_listed_order(out_, view.name, each);
      last_ = view.name + "/" + each.order.label;
      ++written_;
    }
    return true;
  }

  std::string take(base::moment now) {
    out_.close_array().key("connections").open_array();
    for (const session::connection_view& each : seen_)
      out_.open_object()
          .field("name", each.name)
          .field("phase", session::to_string(each.phase))
          .field("in_phase_ms",
                 std::chrono::duration_cast<std::chrono::milliseconds>(now.steady - each.since.steady).count())
          .close_object();
    out_.close_array().field("next", next_).close_object();
    return std::move(out_).take();
  }

private:
  const order_filter& filter_;
  json_writer out_;
  std::vector<session::connection_view> seen_;
  std::uint64_t written_ = 0;
  std::optional<std::string> last_, next_;
};

} // namespace

/// Read from the board: no connection is asked, so that it works while all of them are down.
void get_orders(api_call& call) {
  const auto filter = read_filter(call.request);
  if (!filter)
    return call.fail(filter.fault());
  const std::string& wanted = filter.value().connection;
  if (!wanted.empty() && call.views.board->find(wanted) == nullptr)
    return call.fail(
        {404, "not_found", fmt::format("there is no connection '{}'", wanted), "cafctl conn ls shows the names"});
  const std::string from = filter.value().after.substr(0, filter.value().after.find('/'));
  order_page page{filter.value()};
  for (const auto& record : call.views.board->all()) {
    const auto view = record->view();
    if (view.name < from || (!wanted.empty() && view.name != wanted))
      continue;
    if (!page.add(*record, view))
      break;
  }
  call.answer(page.take(call.views.clock->now()));
}

} // namespace cafnode::control

#pragma once

#include "actors/venues/machine.hpp"

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace cafnode::test {

/// Keeps what a machine does. Events that hold views are kept as copies of what they show.
class recording_outbox final : public venues::outbox {
public:
  void send(venues::lane, std::string_view frame) override { sent.emplace_back(frame); }

  void emit(const venues::event& happened) override {
    if (on_emit)
      on_emit(happened);
    events.push_back(happened);
    if (const auto* book = std::get_if<venues::book_changed>(&happened)) {
      bids.assign(book->bids.begin(), book->bids.end());
      asks.assign(book->asks.begin(), book->asks.end());
    }
    if (const auto* raw = std::get_if<venues::raw_notification>(&happened))
      raw_data = raw->data;
  }

  void close(venues::give_up why, std::string_view text, std::chrono::milliseconds retry_after) override {
    closed.push_back(why);
    close_text = text;
    close_retry_after = retry_after;
  }

  bool may_spend(const venues::credits& cost) override {
    asked_for.push_back(cost);
    return may_spend_more;
  }

  /// All events of one kind, in order.
  template<class T>
  [[nodiscard]] std::vector<T> all() const {
    std::vector<T> found;
    for (const auto& one : events)
      if (const auto* hit = std::get_if<T>(&one))
        found.push_back(*hit);
    return found;
  }

  void forget() {
    sent.clear();
    events.clear();
  }

  std::vector<std::string> sent;
  std::vector<venues::event> events;
  std::vector<venues::give_up> closed;
  std::string close_text;
  std::chrono::milliseconds close_retry_after{0};
  std::vector<venues::book_level> bids, asks; // of the last book_changed
  std::string raw_data;                       // of the last raw_notification
  std::vector<venues::credits> asked_for;     // by may_spend
  bool may_spend_more = true;
  std::function<void(const venues::event&)> on_emit;
};

} // namespace cafnode::test

#pragma once

#include "tests/actors/venues/toy/toy_wire.hpp"

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cafnode::test::toy {

/// The exchange's side of the toy protocol: a frame in, frames out. Its orders outlive connections.
class exchange {
public:
  std::vector<frame> hear(venues::lane from, std::string_view text, std::int64_t now_ms);

  struct page {
    int status = 200;
    std::string body = {};
  };

  /// Answers an HTTP request.
  page serve(std::string_view method, std::string_view target, std::string_view client_id);

  /// A trade fills the order with this label whole; gives the news.
  std::vector<frame> fill(std::string_view label, std::int64_t now_ms);

  std::map<std::string, venues::order_report, std::less<>> orders; // by label
  std::array<std::size_t, 2> pings{};                              // seen, by lane
  std::array<bool, 2> answers_pings{true, true};
  std::size_t requests = 0;
  bool answers = true;       // order requests
  bool tells = true;         // news of orders
  bool tells_early = false;  // before the acknowledgement
  bool rejects_late = false; // takes each new order, and rejects it behind that
  std::vector<std::string> channels;
  std::vector<std::string> keys;   // given away
  std::size_t renewals = 0;        // of keys
  std::optional<page> serves = {}; // instead of what it should

private:
  using words = std::vector<std::string_view>;

  void place(const words& said, std::int64_t now_ms, std::vector<frame>& out);
  void change(const words& said, std::int64_t now_ms, std::vector<frame>& out);
  void acknowledge(std::string_view id, const venues::order_report& order, std::vector<frame>& out) const;
  [[nodiscard]] std::string list(std::string_view id, std::string_view label, std::int64_t now_ms) const;

  std::uint64_t last_order_ = 0;
};

} // namespace cafnode::test::toy

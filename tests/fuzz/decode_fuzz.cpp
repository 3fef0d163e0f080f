#include "actors/venues/deribit/make_machine.hpp"
#include "runtime/base/invariant.hpp"

#include <chrono>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace cafnode;

/// Counts what must balance: each request has one outcome, and a frame is told of or complained of.
class balancing_outbox final : public venues::outbox {
public:
  void send(venues::lane, std::string_view frame) override { last_sent = frame; }

  void emit(const venues::event& happened) override {
    std::visit([this](const auto& one) { count(one); }, happened);
  }

  void close(venues::give_up, std::string_view, std::chrono::milliseconds) override {
    CAFNODE_INVARIANT(!closed, "a machine closed twice");
    closed = true;
  }

  std::string last_sent;
  std::size_t outcomes = 0;
  bool closed = false;

private:
  void count(const venues::protocol_fault& fault) {
    CAFNODE_INVARIANT(!fault.detail.empty() && fault.detail.size() <= 400, "a fault without an end, or without a word");
  }

  void count(const venues::book_changed& book) {
    for (const auto& level : book.bids)
      bytes_ += static_cast<std::size_t>(level.price.raw() & 1);
    bytes_ += book.instrument.size();
  }

  template<class Event>
  void count(const Event& event) {
    if constexpr (requires { event.request; })
      ++outcomes;
    if constexpr (requires { event.data; })
      for (const char c : event.data)
        bytes_ += static_cast<std::size_t>(c == '{');
  }

  std::size_t bytes_ = 0;
};

/// A copy with exactly the padding that frames have, so that the sanitizer sees who reads further.
void receive(venues::machine& machine, std::string_view text, venues::outbox& out) {
  constexpr std::size_t padding = 64;
  const auto bytes = std::make_unique<char[]>(text.size() + padding);
  if (!text.empty())
    std::memcpy(bytes.get(), text.data(), text.size());
  std::memset(bytes.get() + text.size(), '"', padding);
  machine.receive({bytes.get(), text.size()}, {}, out);
}

void answer(venues::machine& machine, int id, const std::string& result, venues::outbox& out) {
  receive(machine, R"({"jsonrpc":"2.0","id":)" + std::to_string(id) + R"(,"result":)" + result + "}", out);
}

std::unique_ptr<venues::machine> live_machine(balancing_outbox& out) {
  venues::machine_config config;
  config.client_id = "id";
  config.client_secret = base::secret{"secret"};
  config.channels = {
      "ticker.BTC-PERPETUAL.100ms",       "ticker.BTC-25DEC26-76000-C.100ms", "book.BTC-PERPETUAL.100ms",
      "book.BTC-PERPETUAL.none.10.100ms", "trades.BTC-PERPETUAL.100ms",       "user.orders.option.BTC.raw",
      "user.trades.option.BTC.raw",       "user.changes.any.any.raw",         "platform_state"};
  auto machine = deribit::make_machine(std::move(config));
  machine->open({}, out);
  answer(*machine, 1, R"("ok")", out);
  answer(*machine, 2, R"({"access_token":"a","refresh_token":"r","expires_in":900})", out);
  answer(*machine, 3, R"("ok")", out);
  const auto from = out.last_sent.find('[');
  answer(*machine, 4, out.last_sent.substr(from, out.last_sent.find(']') - from + 1), out);
  return machine;
}

/// Requests of every kind, so that recorded answers (their numbers are small) find one.
std::size_t ask(venues::machine& machine, venues::outbox& out) {
  std::vector<venues::request_id> ids;
  for (int round = 0; round < 2; ++round) {
    ids.push_back(machine.place({}, {}, out));
    ids.push_back(machine.cancel("1", {}, out));
    ids.push_back(machine.edit({}, {}, out));
    ids.push_back(machine.cancel_by_label("a", {}, out));
    ids.push_back(machine.list_open_orders({}, out));
    ids.push_back(machine.query_order("1", {}, out));
    ids.push_back(machine.list_fills_since("BTC-PERPETUAL", 1, {}, out));
    ids.push_back(machine.list_positions({}, out));
  }
  for (const auto id : ids)
    CAFNODE_INVARIANT(id != 0, "a live machine takes requests");
  return ids.size();
}

} // namespace

/// The input is one frame, or several with a zero byte between them.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  balancing_outbox out;
  auto machine = live_machine(out);
  const auto asked = ask(*machine, out);
  std::string_view rest{reinterpret_cast<const char*>(data), size};
  for (;;) {
    const auto end = rest.find('\0');
    receive(*machine, rest.substr(0, end), out);
    if (end == std::string_view::npos)
      break;
    rest.remove_prefix(end + 1);
  }
  machine->abandon({}, out);
  CAFNODE_INVARIANT(out.outcomes == asked, "a request without its one outcome");
  return 0;
}

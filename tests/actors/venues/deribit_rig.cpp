#include "tests/actors/venues/deribit_rig.hpp"

#include "tests/support/source_tree.hpp"

#include <doctest/doctest.h>

#include <fstream>
#include <sstream>

namespace cafnode::test {

using namespace std::chrono_literals;

namespace {

venues::request_id id_of(std::string_view frame) {
  const auto at = frame.find("\"id\":");
  return at == std::string_view::npos ? 0 : std::stoull(std::string{frame.substr(at + 5, 20)});
}

bool has_method(std::string_view frame, std::string_view method) {
  return frame.find("\"method\":\"" + std::string{method} + "\"") != std::string_view::npos;
}

} // namespace

venues::machine_config deribit_rig::default_config() {
  venues::machine_config config;
  config.client_id = "AMANDA";
  config.client_secret = base::secret{"AMANDASECRECT"};
  config.channels = {"ticker.BTC-PERPETUAL.100ms", "book.BTC-PERPETUAL.100ms", "trades.BTC-PERPETUAL.100ms"};
  return config;
}

deribit_rig::deribit_rig(venues::machine_config config) : machine{deribit::make_machine(std::move(config))} {}

void deribit_rig::go_live() {
  machine->open(now, out);
  answer(last("public/set_heartbeat"), R"("ok")");
  if (const auto login = last("public/auth"); login != 0)
    answer(login, grant_json);
  for (const auto* method : {"private/enable_cancel_on_disconnect", "private/disable_cancel_on_disconnect"})
    if (const auto guard = last(method); guard != 0)
      answer(guard, R"("ok")");
  confirm_subscription();
  const auto stages = out.all<venues::stage_reached>();
  REQUIRE(!stages.empty());
  REQUIRE(stages.back().stage == venues::stage::resumed);
  REQUIRE(out.closed.empty());
}

void deribit_rig::receive(std::string_view frame) {
  padded_.assign(frame);
  padded_.append(64, '"'); // what lies behind a frame means nothing
  machine->receive(std::string_view{padded_}.substr(0, frame.size()), now, out);
}

void deribit_rig::answer(venues::request_id id, std::string_view json) {
  REQUIRE(id != 0);
  receive(R"({"jsonrpc":"2.0","id":)" + std::to_string(id) + R"(,"result":)" + std::string{json} +
          R"(,"usIn":1790133840886900,"usOut":1790133840886990,"usDiff":90,"testnet":true})");
}

void deribit_rig::refuse(venues::request_id id, int code, std::string_view message, std::string_view data) {
  REQUIRE(id != 0);
  const std::string more = data.empty() ? std::string{} : ",\"data\":" + std::string{data};
  receive(R"({"jsonrpc":"2.0","id":)" + std::to_string(id) + R"(,"error":{"code":)" + std::to_string(code) +
          R"(,"message":")" + std::string{message} + "\"" + more +
          R"(},"usIn":1,"usOut":2,"usDiff":1,"testnet":true})");
}

void deribit_rig::notify(std::string_view channel, std::string_view data) {
  receive(R"({"jsonrpc":"2.0","method":"subscription","params":{"channel":")" + std::string{channel} + R"(","data":)" +
          std::string{data} + "}}");
}

void deribit_rig::pass(base::duration span) {
  const auto end = now + span;
  for (auto due = machine->next_due(); due && *due <= end.steady; due = machine->next_due()) {
    if (*due > now.steady)
      now = now + (*due - now.steady);
    machine->tick(now, out);
  }
  now = end;
}

venues::request_id deribit_rig::last(std::string_view method) const {
  const auto frame = last_frame(method);
  return frame.empty() ? 0 : id_of(frame);
}

std::string_view deribit_rig::last_frame(std::string_view method) const {
  for (auto at = out.sent.rbegin(); at != out.sent.rend(); ++at)
    if (has_method(*at, method))
      return *at;
  return {};
}

std::size_t deribit_rig::count(std::string_view method) const {
  std::size_t found = 0;
  for (const auto& frame : out.sent)
    found += has_method(frame, method) ? 1 : 0;
  return found;
}

void deribit_rig::confirm_subscription() {
  for (const auto* method : {"private/subscribe", "public/subscribe"}) {
    const auto frame = last_frame(method);
    if (frame.empty())
      continue;
    const auto from = frame.find('[');
    answer(id_of(frame), frame.substr(from, frame.find(']') - from + 1));
  }
}

std::string recorded_frame(std::string_view name) {
  std::ifstream file{test::source_tree() + "/tests/frames/deribit/" + std::string{name}};
  std::stringstream text;
  text << file.rdbuf();
  auto frame = text.str();
  while (!frame.empty() && frame.back() == '\n')
    frame.pop_back();
  REQUIRE_MESSAGE(!frame.empty(), name);
  return frame;
}

std::string order_json(std::string_view id, std::string_view label, std::string_view state, std::string_view filled) {
  return R"({"order_id":")" + std::string{id} + R"(","label":")" + std::string{label} + R"(","order_state":")" +
         std::string{state} +
         R"(","instrument_name":"BTC-PERPETUAL","direction":"buy","order_type":"limit","price":50000.5,)"
         R"("amount":10.0,"filled_amount":)" +
         std::string{filled} +
         R"(,"average_price":0.0,"creation_timestamp":1790000000123,"last_update_timestamp":1790000000456,)"
         R"("replaced":false,"time_in_force":"good_til_cancelled","post_only":true,"api":true})";
}

} // namespace cafnode::test

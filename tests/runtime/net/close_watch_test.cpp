#include "runtime/net/close_watch.hpp"
#include "tests/support/net_peer.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace cafnode;
using cafnode::test::server_frame;

namespace {

const std::string code_1013 = "\x03\xf5";
const std::string code_1014 = "\x03\xf6";

struct watched {
  std::string bytes;
  std::uint16_t code; // where Beast reads 1000
};

/// `bytes` behind the watch, which sees them in pieces of `step`.
watched pass(std::string bytes, std::size_t step) {
  net::close_watch watch;
  for (std::size_t at = 0; at < bytes.size(); at += step)
    watch.pass(bytes.data() + at, std::min(step, bytes.size() - at));
  return {std::move(bytes), watch.sent(1000)};
}

} // namespace

TEST_CASE("a close frame with 1014 passes as 1013 and is remembered, behind whatever frames, however they are cut") {
  std::string before;
  for (const std::size_t size : {0, 1, 125, 126, 65'535, 65'536})
    before += server_frame(std::string(size, '\x88') + code_1014);
  before += server_frame("", 0x01) + server_frame("\x88\x02\x03\xf6", 0x89) + server_frame("", 0x80);
  for (const std::size_t step : {1, 3, 1000, 1'000'000}) {
    CAPTURE(step);
    const auto seen = pass(before + server_frame(code_1014 + "bad gateway", 0x88), step);
    CHECK(seen.code == 1014);
    CHECK(seen.bytes == before + server_frame(code_1013 + "bad gateway", 0x88));
  }
}

TEST_CASE("other close codes pass as they are") {
  for (const auto* code : {"\x03\xf5", "\x03\xf7", "\x04\xf6", "\x0f\xa0", "\x03", ""}) {
    const auto frame = server_frame(code, 0x88);
    const auto seen = pass(frame + server_frame("\xf6", 0x81), 1);
    CHECK(seen.code == 1000);
    CHECK(seen.bytes == frame + server_frame("\xf6", 0x81));
  }
}

TEST_CASE("what comes behind a close frame, or in a masked one, passes as it is") {
  for (const auto& bytes : {server_frame("\x03\xe8", 0x88) + server_frame(code_1014, 0x88),
                            server_frame("", 0x88) + server_frame(code_1014, 0x88),
                            std::string{"\x88\x82"} + code_1014 + code_1014 + server_frame(code_1014, 0x88)}) {
    const auto seen = pass(bytes, 1);
    CHECK(seen.code == 1000);
    CHECK(seen.bytes == bytes);
  }
}

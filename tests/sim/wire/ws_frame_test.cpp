#include "runtime/base/rng.hpp"
#include "sim/wire/ws_frame.hpp"
#include "sim/wire/ws_handshake.hpp"

#include <doctest/doctest.h>

#include <vector>

using namespace cafnode;
using namespace cafnode::sim;

namespace {

/// A client's frame: masked.
std::string masked(opcode op, std::string_view payload, bool final = true) {
  std::string plain = encode_frame(op, payload);
  if (!final)
    plain[0] = static_cast<char>(plain[0] & 0x7f);
  const std::size_t header = plain.size() - payload.size();
  std::string out = plain.substr(0, header);
  out[1] = static_cast<char>(out[1] | 0x80);
  const std::string mask = "\x11\x22\x33\x44";
  out += mask;
  for (std::size_t at = 0; at < payload.size(); ++at)
    out.push_back(static_cast<char>(payload[at] ^ mask[at % 4]));
  return out;
}

struct heard {
  std::vector<std::string> texts;
  int too_large = 0;
  int fault = 0;
};

heard read_all(std::string_view bytes, std::size_t piece, std::size_t limit = 32 * 1024) {
  frame_reader reader{limit};
  heard out;
  for (std::size_t at = 0; at < bytes.size() && out.fault == 0; at += piece)
    out.fault = reader.feed(bytes.substr(at, piece), [&out](const ws_message& message) {
      out.too_large += message.too_large ? 1 : 0;
      out.texts.emplace_back(message.payload);
      return true;
    });
  return out;
}

} // namespace

TEST_CASE("messages come out whole however their bytes arrive") {
  const std::string bytes = masked(opcode::text, "hello") + masked(opcode::text, std::string(300, 'x')) +
                            masked(opcode::text, "par", false) + masked(opcode::ping, "p") +
                            masked(opcode::continuation, "ts") + masked(opcode::text, "");
  for (std::size_t piece : {1, 2, 3, 7, 100, 10'000}) {
    CAPTURE(piece);
    const auto got = read_all(bytes, piece);
    CHECK(got.fault == 0);
    CHECK(got.texts == std::vector<std::string>{"hello", std::string(300, 'x'), "p", "parts", ""});
  }
}

TEST_CASE("what breaks the protocol is named by its close code") {
  CHECK(read_all(encode_frame(opcode::text, "unmasked"), 100).fault == 1002);
  CHECK(read_all(masked(opcode::continuation, "of nothing"), 100).fault == 1002);
  CHECK(read_all(masked(opcode::text, "a", false) + masked(opcode::text, "b"), 100).fault == 1002);
  CHECK(read_all(masked(opcode::ping, std::string(126, 'x')), 1000).fault == 1002);
  CHECK(read_all(masked(opcode::text, "\xff\xfe"), 100).fault == 1007);
  std::string reserved = masked(opcode::text, "x");
  reserved[0] = static_cast<char>(reserved[0] | 0x40);
  CHECK(read_all(reserved, 100).fault == 1002);
}

TEST_CASE("a message beyond the limit is skipped and reported, one beyond all reason ends the connection") {
  const auto got = read_all(masked(opcode::text, std::string(40'000, 'x')) + masked(opcode::text, "next"), 1000);
  CHECK(got.too_large == 1);
  REQUIRE(got.texts.size() == 2);
  CHECK(got.texts[0].empty());
  CHECK(got.texts[1] == "next");
  CHECK(read_all(masked(opcode::text, std::string(2U << 20U, 'x')), 4096).fault == 1009);
}

TEST_CASE("random bytes never harm the reader") {
  base::rng chance{20261122};
  for (int round = 0; round < 500; ++round) {
    std::string bytes;
    for (auto count = chance.between(0, 200); count > 0; --count)
      bytes.push_back(static_cast<char>(chance.between(0, 255)));
    read_all(bytes, static_cast<std::size_t>(chance.between(1, 50)));
  }
}

TEST_CASE("a client's key is answered as RFC 6455 says") {
  CHECK(websocket_accept("dGhlIHNhbXBsZSBub25jZQ==") == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="); // 1.3
}

TEST_CASE("frames of every size class say their length") {
  CHECK(encode_frame(opcode::text, std::string(125, 'x')).size() == 127);
  CHECK(encode_frame(opcode::text, std::string(126, 'x')).size() == 130);
  CHECK(encode_frame(opcode::text, std::string(65'536, 'x')).size() == 65'546);
}

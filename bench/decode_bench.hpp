#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

namespace cafnode::bench {

struct decode_options {
  std::string frames = "tests/frames/deribit"; // the folder with the recorded frames
  std::size_t rounds = 15;                     // the middle one counts
  std::chrono::milliseconds round{20};         // for each contestant in each round
};

/// Frames per second of one kind of frame, and what the libraries alone make of the same bytes.
struct decode_case {
  std::string name; // "ticker", "book", "order"
  double bytes = 0; // of a frame, on average
  double ours_per_s = 0;
  double simdjson_per_s = 0;   // simdjson's document parser
  double boost_json_per_s = 0; // boost::json::parse into memory that is used again
};

struct decode_result {
  std::vector<decode_case> cases;
  std::string failure; // what went wrong; empty when nothing did
};

/// Decodes recorded frames through the protocol machine, beside the libraries alone, by turns. Blocks for about
/// `3 * cases * rounds * round`.
[[nodiscard]] decode_result run_decode(const decode_options& options);

} // namespace cafnode::bench

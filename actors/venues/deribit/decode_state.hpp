#pragma once

#include "actors/venues/deribit/decode.hpp"
#include "actors/venues/wire/json_reader.hpp"

namespace cafnode::deribit {

namespace json = venues::json;

/// What the keys of a frame, and of its params, tell before its content is read.
struct frame_outline {
  std::string_view method;
  std::string_view heartbeat_type;
  bool has_id = false, has_data = false, has_result = false, has_error = false;
  bool null_result = false; // a result of null: none, if there is an error beside it
};

/// A frame is walked over once. At its content, the result or the data, the walk rests until somebody reads that, and
/// is then finished. Where the content comes before what says how to read it, it is passed over and read afterwards.
struct frame_decoder::state {
  json::reader in;
  envelope* head = nullptr;
  frame_outline outline;
  json::reader::mark body = nullptr; // where the content begins
  std::uint32_t top_seen = 0;
  std::uint32_t params_seen = 0;
  bool in_params = false;
  bool rests = false; // at the content
  bool ends = false;  // the content was read: what follows is only looked at

  bool read_frame();
  bool read_top(bool first);
  bool read_top_value(std::size_t key);
  bool read_params(bool first);
  bool read_id();
  bool read_error();
  bool read_error_code();
  bool read_error_data();
  bool pass_over(json::reader::mark before);
  bool rest_here(bool known);
  bool classify();

  /// Reads the content with `read`, then what is left of the frame.
  template<class Read>
  decode_fault content(Read read) {
    if (!rests)
      in.go_to(body);
    if (read() && rests)
      finish();
    rests = false;
    return in.take_fault();
  }

  /// Reads the one record that the content is; what of it cannot be read is noted.
  template<class Record, class Read>
  bool read_one(Record& to, Read read) {
    const bool usable = read(in, to);
    if (usable)
      in.note_frame();
    return usable;
  }

  bool finish();
};

} // namespace cafnode::deribit

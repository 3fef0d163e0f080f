#include "actors/venues/deribit/decode_state.hpp"

#include <algorithm>

// Answers to what the machine asks by itself.
namespace cafnode::deribit {

namespace {

using json::reader;
using venues::fault_kind;

constexpr json::key_set<3> grant_keys{"result", 0, {"access_token", "refresh_token", "expires_in"}};

/// What a login gives is never quoted in a fault.
bool read_token(reader& in, std::string_view name, std::string_view& to) {
  return in.peek() == '"' ? in.text(name, to) : in.fail(fault_kind::wrong_shape, "is not a text", name);
}

bool note_grant(reader& in, token_grant& to, bool has_token) {
  if (!has_token)
    return in.fail(fault_kind::wrong_shape, "is not there", "access_token", "result");
  to.expires_in_s = std::max(to.expires_in_s, std::int64_t{0});
  if (to.expires_in_s == 0)
    in.lacks_field("expires_in", "result");
  in.note_frame();
  return true;
}

} // namespace

decode_fault frame_decoder::read_ok() {
  auto& in = state_->in;
  return state_->content([&] {
    const auto found = in.token();
    return found == R"("ok")" ? in.skip() : in.fail(fault_kind::wrong_shape, "is not ok", "result", found);
  });
}

decode_fault frame_decoder::read_anything() {
  return state_->content([&] { return state_->in.skip(); });
}

decode_fault frame_decoder::read_grant(token_grant& to) {
  auto& in = state_->in;
  std::string_view access;
  std::string_view refresh;
  auto fault = state_->content([&] {
    // Only the life may be unreadable: the login holds all the same.
    return in.walk_bearing(
               grant_keys,
               [&](std::size_t key, std::string_view name) {
                 return key == 2 ? in.whole(name, to.expires_in_s) : read_token(in, name, key == 0 ? access : refresh);
               },
               [](std::size_t) {}) &&
           note_grant(in, to, !access.empty() || !refresh.empty());
  });
  to.refresh_token = base::secret{std::string{refresh}};
  return fault;
}

decode_fault frame_decoder::read_channels(std::vector<std::string_view>& to) {
  auto& in = state_->in;
  to.clear();
  return state_->content(
      [&] { return in.records("result", to, [&](std::string_view& channel) { return in.text("channel", channel); }); });
}

decode_fault frame_decoder::read_count(std::int64_t& to) {
  auto& in = state_->in;
  return state_->content([&] {
    std::uint64_t found = 0;
    const bool read = in.whole("result", found);
    to = static_cast<std::int64_t>(found);
    return read;
  });
}

} // namespace cafnode::deribit

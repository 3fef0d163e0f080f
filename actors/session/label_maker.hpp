#pragma once

#include "actors/venues/label_rules.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace cafnode::session {

/// Makes the labels of one connection: `<connection>.<birth>.<sequence>`, the last two in base 32. `birth` is the Unix
/// time in ms at which the sequence began, so that a label is never used again, whatever is restarted. Where the
/// exchange takes no such sign, or no label of that length, the connection stands in it as a code of nine characters,
/// and nothing between the parts.
class label_maker {
public:
  label_maker(std::string_view connection, std::int64_t birth_ms, const venues::label_rules& rules = {});

  std::string next();

  /// What all labels of this connection begin with, whichever run of it made them, and no label of another does: for
  /// certain where the name stands in them, else but for two names that share a code of 40 bits.
  [[nodiscard]] const std::string& head() const noexcept { return head_; }

private:
  std::string head_;
  std::string run_; // head, birth, and a sign where there is one
  std::uint64_t sequence_ = 0;
};

} // namespace cafnode::session

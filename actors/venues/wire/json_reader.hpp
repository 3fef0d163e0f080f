#pragma once

#include "actors/venues/event.hpp"
#include "actors/venues/wire/json_index.hpp"

#include <array>
#include <cstdint>
#include <cstring>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cafnode::venues::json {

/// Whether `size` bytes are the same; no call for the few bytes that keys have.
inline bool same_bytes(const char* left, const char* right, std::size_t size) noexcept {
  const auto differ = [&]<class Word>(Word, std::size_t at) {
    Word a = 0;
    Word b = 0;
    std::memcpy(&a, left + at, sizeof a);
    std::memcpy(&b, right + at, sizeof b);
    return a != b;
  };
  if (size >= 8) {
    for (std::size_t at = 0; at + 8 < size; at += 8)
      if (differ(std::uint64_t{}, at))
        return false;
    return !differ(std::uint64_t{}, size - 8);
  }
  if (size >= 4)
    return !differ(std::uint32_t{}, 0) && !differ(std::uint32_t{}, size - 4);
  return size == 0 || (left[0] == right[0] && left[size / 2] == right[size / 2] && left[size - 1] == right[size - 1]);
}

/// The known keys of one kind of object; the first `required` of them must be there.
template<std::size_t N>
class key_set {
public:
  consteval key_set(std::string_view what, std::size_t required, std::array<std::string_view, N> names)
      : what_{what}, required_{required}, names_{names} {
    static_assert(N < 32);
    first_.fill(N);
    for (std::size_t i = N; i-- > 0;) {
      next_[i] = first_[names[i].size()];
      first_[names[i].size()] = static_cast<std::uint8_t>(i);
    }
  }

  /// The index of `key`; N when it is not known.
  [[nodiscard]] std::size_t find(std::string_view key) const noexcept {
    if (key.size() >= first_.size() || key.empty())
      return N;
    std::size_t i = first_[key.size()];
    while (i != N && !same_bytes(names_[i].data(), key.data(), key.size()))
      i = next_[i];
    return i;
  }

  [[nodiscard]] std::string_view what() const noexcept { return what_; }

  [[nodiscard]] std::string_view name(std::size_t index) const noexcept { return names_[index]; }

  [[nodiscard]] std::uint32_t required() const noexcept { return (std::uint32_t{1} << required_) - 1; }

private:
  std::string_view what_; // for a person: "order"
  std::size_t required_;
  std::array<std::string_view, N> names_;
  std::array<std::uint8_t, 32> first_{}; // by length, the first name of that length
  std::array<std::uint8_t, N> next_{};   // the next name of the same length
};

/// Walks over a JSON text by its structure index and keeps the first thing that is wrong. It stands before one value at
/// a time; reading the value moves behind it. Every function gives false when something is wrong.
class reader {
public:
  using mark = const std::uint32_t*;

  /// Starts anew on `text`. Reads up to 64 bytes behind its end.
  bool start(std::string_view text);

  /// What made the text unreadable, with the text itself.
  [[nodiscard]] std::optional<venues::protocol_fault> take_fault();

  /// What had to be passed over in a text that was read otherwise: one for each kind. They stand until the next
  /// `start`.
  [[nodiscard]] const std::vector<venues::protocol_fault>& notes() const noexcept { return notes_; }

  /// How many records of the arrays read by `records` were passed over.
  [[nodiscard]] std::size_t passed_over() const noexcept { return passed_over_; }

  bool fail(venues::fault_kind kind, std::string_view what, std::string_view key = {}, std::string_view found = {});

  /// What was said with `fail` is no fault after all.
  bool forget_fault() noexcept {
    fault_.reset();
    return true;
  }

  void forget_notes() noexcept {
    notes_.clear();
    passed_over_ = 0;
  }

  [[nodiscard]] mark here() const noexcept { return at_; }

  void go_to(mark there) noexcept { at_ = there; }

  [[nodiscard]] bool at_end() const noexcept { return at_ == end_; }

  /// The character before which the reader stands; 0 at the end.
  [[nodiscard]] char peek() const noexcept { return at_end() ? '\0' : text_[*at_]; }

  [[nodiscard]] char peek_at(mark there) const noexcept { return there == end_ ? '\0' : text_[*there]; }

  /// What stands here if it is no object and no array, quotes included.
  [[nodiscard]] std::string_view token() const noexcept {
    if (at_end())
      return {};
    const char* first = text_.data() + *at_;
    const char* last = text_.data() + at_[1]; // behind the last offset stands the size of the text
    while (last != first && is_space(last[-1]))
      --last;
    return {first, static_cast<std::size_t>(last - first)};
  }

  [[nodiscard]] bool is_null() const noexcept { return token() == "null"; }

  /// Moves behind whatever stands here.
  bool skip() {
    if (at_end() || !begins_value(peek()))
      return lacks('\0', "frame");
    const char c = peek();
    ++at_;
    return (c != '{' && c != '[') || skip_rest();
  }

  bool expect(char c, std::string_view where) {
    if (peek() != c)
      return lacks(c, where);
    ++at_;
    return true;
  }

  /// The text of whatever stands here, as it is written.
  bool raw(std::string_view& to);

  bool text(std::string_view key, std::string_view& to);
  bool text(std::string_view key, std::string& to);
  bool exact(std::string_view key, base::decimal& to);
  bool exact_or_null(std::string_view key, base::decimal& to);   // null leaves it as it is
  bool rounded_or_null(std::string_view key, base::decimal& to); // null leaves it as it is
  bool whole(std::string_view key, std::int64_t& to);
  bool whole(std::string_view key, std::uint64_t& to);
  bool name(std::string_view key, std::string& to); // a text, or a number as it is written
  bool flag(std::string_view key, bool& to);
  bool side(std::string_view key, venues::side& to);

  /// The next key of an object and the colon behind it; `first` right behind the opening bracket.
  enum class step { key, end, fault };

  step next_key(bool first, std::string_view where, std::string_view& key) {
    if (peek() == '}') {
      ++at_;
      return step::end;
    }
    if (!first && !expect(',', where))
      return step::fault;
    const auto name = token();
    if (name.size() < 2 || name.front() != '"' || name.back() != '"') {
      lacks('"', where);
      return step::fault;
    }
    key = name.substr(1, name.size() - 2);
    ++at_;
    return expect(':', where) ? step::key : step::fault;
  }

  /// Reads an object: calls `read(index, name)` before each value whose key is known, and passes over what was not
  /// read.
  template<std::size_t N, class Read>
  bool walk(const key_set<N>& keys, Read read) {
    if (!expect('{', keys.what()))
      return false;
    std::uint32_t seen = 0;
    std::string_view key;
    for (bool first = true;; first = false) {
      const auto found = next_key(first, keys.what(), key);
      if (found != step::key)
        return found == step::end && has_all(seen, keys);
      const std::size_t index = keys.find(key);
      if (index == N ? !skip() : !once(seen, index, key) || !read_or_skip(index, keys.name(index), read))
        return false;
    }
  }

  /// As `walk`, for records: a field that cannot be read, comes twice or is not there costs only itself. It is passed
  /// over and told to `lacking(index)`; the record as a whole is noted once. False when this is no object, or no JSON.
  template<std::size_t N, class Read, class Lacking>
  bool walk_bearing(const key_set<N>& keys, Read read, Lacking lacking) {
    if (!expect('{', keys.what()))
      return false;
    std::uint32_t seen = 0;
    std::string_view key;
    for (bool first = true;; first = false) {
      const auto found = next_key(first, keys.what(), key);
      if (found != step::key)
        return found == step::end && note_lacking(seen, keys, lacking);
      const std::size_t index = keys.find(key);
      const mark before = at_;
      if (index == N ? skip() : once(seen, index, key) && read_or_skip(index, keys.name(index), read))
        continue;
      if (!pass_over(before))
        return false;
      lacking(index);
    }
  }

  /// Keeps for the record that something is not there.
  void lacks_field(std::string_view key, std::string_view where) {
    fail(venues::fault_kind::wrong_shape, "is not there", key, where);
    keep_first();
  }

  /// After something was said with `fail`: moves behind the value that began at `before` and keeps the fault for the
  /// record. False when the JSON is broken.
  bool pass_over(mark before);

  /// Reads one record. What of it could not be read is noted, with its text; when `read` fails, all of it is passed
  /// over and not `usable`. False when the JSON is broken.
  template<class Read>
  bool record(bool& usable, Read read) {
    const mark before = at_;
    auto around = std::exchange(field_fault_, std::nullopt);
    usable = read();
    if (!usable && !pass_over(before))
      return false;
    if (field_fault_)
      note_record(before);
    field_fault_ = std::move(around);
    return true;
  }

  /// Notes what was passed over outside of records, with the text of the frame.
  void note_frame() {
    if (field_fault_)
      note_record(nullptr);
  }

  /// Reads an array of records into `to`, with `read(record)` for each. Null is no array of records, but an empty one.
  template<class Record, class Read>
  bool records(std::string_view where, std::vector<Record>& to, Read read) {
    if (is_null())
      return skip();
    return each(where, [&] {
      bool usable = false;
      if (!record(usable, [&] { return read(to.emplace_back()); }))
        return false;
      if (!usable) {
        to.pop_back();
        ++passed_over_;
      }
      return true;
    });
  }

  /// Reads an array: calls `read()` before each element.
  template<class Read>
  bool each(std::string_view where, Read read) {
    if (!expect('[', where))
      return false;
    if (peek() == ']')
      return expect(']', where);
    for (;;) {
      const mark before = at_;
      if (!read() || (at_ == before && !skip()))
        return false;
      if (peek() != ',')
        return expect(']', where);
      ++at_;
    }
  }

  bool once(std::uint32_t& seen, std::size_t index, std::string_view key) {
    const std::uint32_t bit = std::uint32_t{1} << index;
    if ((seen & bit) != 0)
      return fail(venues::fault_kind::wrong_shape, "comes twice", key);
    seen |= bit;
    return true;
  }

  template<std::size_t N>
  bool has_all(std::uint32_t seen, const key_set<N>& keys) {
    const auto lacking = keys.required() & ~seen;
    if (lacking == 0)
      return true;
    const auto index = static_cast<std::size_t>(__builtin_ctz(lacking));
    return fail(venues::fault_kind::wrong_shape, "is not there", keys.name(index), keys.what());
  }

private:
  template<std::size_t N, class Lacking>
  bool note_lacking(std::uint32_t seen, const key_set<N>& keys, Lacking& lacking) {
    for (auto missing = keys.required() & ~seen; missing != 0; missing &= missing - 1) {
      const auto index = static_cast<std::size_t>(__builtin_ctz(missing));
      lacks_field(keys.name(index), keys.what());
      lacking(index);
    }
    return true;
  }

  void keep_first();
  void note_record(mark begin);
  [[nodiscard]] std::string excerpt(mark begin) const;

  // Control characters that are no space never come this far: the index refuses them, or starts a token with them.
  static bool is_space(char c) noexcept { return static_cast<unsigned char>(c) <= ' '; }

  static bool begins_value(char c) noexcept {
    return c == '{' || c == '[' || c == '"' || c == '-' || (c >= '0' && c <= '9') || c == 't' || c == 'f' || c == 'n';
  }

  bool skip_rest();
  bool lacks(char c, std::string_view where);

  template<class Read>
  bool read_or_skip(std::size_t index, std::string_view name, Read& read) {
    const mark before = at_;
    return read(index, name) && (at_ != before || skip());
  }

  bool number(std::string_view key, base::decimal& to, bool round);
  bool unescape(std::string_view escaped, std::string_view key, std::string_view& to);

  std::string_view text_;
  mark at_ = nullptr;
  mark end_ = nullptr;
  structure_index index_;
  std::deque<std::string> unescaped_; // texts that had escapes; they stand until the next `start`
  std::optional<venues::protocol_fault> fault_;
  std::optional<venues::protocol_fault> field_fault_; // the first in the record that is being read
  std::vector<venues::protocol_fault> notes_;         // at most one a kind
  std::size_t passed_over_ = 0;
};

} // namespace cafnode::venues::json

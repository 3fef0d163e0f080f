#include "runtime/net/upgrade_head.hpp"

#include "runtime/net/retry_after.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

namespace cafnode::net {

namespace {

constexpr std::size_t block_bytes = 2048;
constexpr std::size_t shown_bytes_max = 160; // of the server's own words
constexpr std::string_view protocol = "HTTP/1.";
constexpr std::size_t status_line_bytes_min = 12; // "HTTP/1.1 503"

char lower(char c) noexcept {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool same(std::string_view left, std::string_view right) noexcept {
  return std::equal(left.begin(), left.end(), right.begin(), right.end(),
                    [](char a, char b) { return lower(a) == lower(b); });
}

std::string_view trimmed(std::string_view text) noexcept {
  const auto first = text.find_first_not_of(" \t\r");
  return first == std::string_view::npos ? std::string_view{}
                                         : text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

std::string shown(std::string_view text) {
  std::string out{text.substr(0, shown_bytes_max)};
  std::replace_if(
      out.begin(), out.end(), [](char c) { return c < ' ' || c > '~'; }, '?');
  return out;
}

/// Takes the first line off `text`, without its line end.
std::string_view take_line(std::string_view& text) noexcept {
  const auto end = text.find('\n');
  const auto line = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  return line.ends_with('\r') ? line.substr(0, line.size() - 1) : line;
}

/// Where the head ends, behind its empty line; 0 while it has not.
std::size_t end_of_head(std::string_view text) noexcept {
  const auto strict = text.find("\r\n\r\n");
  const auto loose = text.find("\n\n");
  if (strict == std::string_view::npos && loose == std::string_view::npos)
    return 0;
  return strict < loose ? strict + 4 : loose + 2;
}

/// Several fields of one name are one list (RFC 9110, 5.3); Beast looks at the first alone.
void append_to(std::string& list, std::string_view value) {
  list.append(list.empty() || value.empty() ? "" : ", ").append(value);
}

} // namespace

std::span<char> upgrade_head::room() {
  bytes_.resize(filled_ + std::min(block_bytes, bytes_max - passed_ - filled_));
  return {bytes_.data() + filled_, bytes_.size() - filled_};
}

void upgrade_head::took(std::size_t count, std::chrono::system_clock::time_point now) {
  filled_ += count;
  while (state_ == state::reading) {
    const std::string_view all{bytes_.data(), filled_};
    if (!protocol.starts_with(all.substr(0, protocol.size())))
      return fail(fmt::format("an answer that is no HTTP: '{}'", shown(all.substr(0, all.find_first_of("\r\n")))));
    const auto behind = end_of_head(all);
    if (behind == 0) {
      if (const auto line = all.find('\n'); line != std::string_view::npos && status_ == 0)
        static_cast<void>(read_status(trimmed(all.substr(0, line))));
      if (state_ == state::reading && passed_ + filled_ == bytes_max)
        judge(all, false, now);
      return;
    }
    judge(all.substr(0, behind), true, now);
    if (state_ == state::accepted)
      return accept(all.substr(0, behind), behind);
    if (state_ != state::reading)
      return;
    // An interim answer, such as 103 Early Hints: the real one comes behind it.
    bytes_.erase(0, behind);
    filled_ -= behind;
    passed_ += behind;
    status_ = 0;
  }
}

void upgrade_head::ended(std::chrono::system_clock::time_point now) {
  const std::string_view all{bytes_.data(), filled_};
  if (state_ == state::reading && filled_ >= status_line_bytes_min)
    judge(all, false, now);
}

void upgrade_head::judge(std::string_view head, bool whole, std::chrono::system_clock::time_point now) {
  kept_.clear();
  if (!read_status(trimmed(take_line(head))))
    return;
  read_fields(whole ? head : head.substr(0, head.rfind('\n') + 1), now);
  if (state_ != state::reading)
    return;
  if (status_ != 101 && status_ >= 200) {
    state_ = state::refused;
    return;
  }
  if (!whole)
    return fail(passed_ + filled_ == bytes_max ? fmt::format("{}, with a head of more than {} bytes", words_, bytes_max)
                                               : fmt::format("{}, with a head that does not end", words_));
  if (status_ == 101)
    state_ = state::accepted;
}

/// False, and broken, when it is none.
bool upgrade_head::read_status(std::string_view line) {
  const auto digit = [line](std::size_t at) { return line[at] >= '0' && line[at] <= '9'; };
  const bool reads = line.size() >= status_line_bytes_min && line.starts_with(protocol) && digit(7) && line[8] == ' ' &&
                     digit(9) && line[9] >= '1' && digit(10) && digit(11) && (line.size() == 12 || line[12] == ' ');
  if (!reads) {
    fail(fmt::format("an answer with a status line that is none: '{}'", shown(line)));
    return false;
  }
  status_ = static_cast<std::uint16_t>((line[9] - '0') * 100 + (line[10] - '0') * 10 + (line[11] - '0'));
  words_ = "HTTP " + shown(line.substr(9));
  return true;
}

void upgrade_head::read_fields(std::string_view fields, std::chrono::system_clock::time_point now) {
  std::string_view date;
  std::string_view retry;
  std::string_view location;
  std::string upgrade;
  std::string connection;
  while (!fields.empty()) {
    const auto line = take_line(fields);
    const auto colon = line.find(':');
    if (colon == std::string_view::npos)
      continue;
    const auto name = line.substr(0, colon);
    const auto value = trimmed(line.substr(colon + 1));
    if (same(name, "date"))
      date = value;
    else if (same(name, "retry-after"))
      retry = value;
    else if (same(name, "location"))
      location = value;
    else if (same(name, "upgrade"))
      append_to(upgrade, value);
    else if (same(name, "connection"))
      append_to(connection, value);
    else if (same(name, "sec-websocket-accept"))
      kept_.append(name).append(": ").append(value).append("\r\n");
    else if (status_ == 101 && !value.empty() &&
             (same(name, "sec-websocket-extensions") || same(name, "sec-websocket-protocol")))
      return fail(fmt::format("{} with {} '{}', which was not asked for", words_, name, shown(value)));
  }
  if (!upgrade.empty())
    kept_ += "Upgrade: " + upgrade + "\r\n";
  if (!connection.empty())
    kept_ += "Connection: " + connection + "\r\n";
  retry_after_ = read_retry_after(retry, date, now);
  if (status_ >= 300 && status_ < 400 && !location.empty())
    words_ += fmt::format(" to '{}': is the configured address the right one?", shown(location));
}

void upgrade_head::accept(std::string_view head, std::size_t behind) {
  auto out = std::string{head.substr(0, status_line_bytes_min)} + " Switching Protocols\r\n" + kept_ + "\r\n";
  frames_at_ = out.size();
  out.append(bytes_, behind, filled_ - behind);
  bytes_ = std::move(out);
  kept_ = {};
}

void upgrade_head::fail(std::string words) {
  state_ = state::broken;
  words_ = std::move(words);
}

std::size_t upgrade_head::give(char* into, std::size_t size) {
  const auto count = std::min(size, bytes_.size() - given_);
  std::memcpy(into, bytes_.data() + given_, count);
  given_ += count;
  return count;
}

} // namespace cafnode::net

#include "control/config/version_rules.hpp"

#include "runtime/base/json_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace cafnode::control {

namespace {

store_fault bad_proposal(std::string message) {
  return {store_errc::bad_proposal, std::move(message), {}};
}

bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    const auto length = base::utf8_length(text);
    if (length == 0 || text.front() == '\0')
      return false;
    text.remove_prefix(length);
  }
  return true;
}

/// The last one that `is_it` likes.
template<class Predicate>
std::optional<version_entry> last_of(const std::vector<version_entry>& kept, Predicate is_it) {
  const auto found = std::find_if(kept.rbegin(), kept.rend(), is_it);
  return found == kept.rend() ? std::nullopt : std::optional{*found};
}

bool may_become(version_state from, version_state to) {
  switch (to) {
  case version_state::committed:
    return from == version_state::proposed;
  case version_state::stable:
    return from == version_state::committed;
  case version_state::undone:
    return from == version_state::proposed || from == version_state::committed;
  case version_state::proposed:
    break;
  }
  return false;
}

/// A stable version was committed, too: a repeated commit of it finds its work done.
bool is_there(version_state now, version_state to) {
  return now == to || (now == version_state::stable && to == version_state::committed);
}

} // namespace

std::optional<store_fault> check_proposal(const config_proposal& proposal, const std::vector<version_entry>& kept) {
  if (proposal.who.empty() || proposal.who.size() > who_bytes_max || !is_utf8(proposal.who))
    return bad_proposal(fmt::format("who proposed it must be told in 1 to {} bytes of UTF-8", who_bytes_max));
  if (proposal.why.size() > why_bytes_max || !is_utf8(proposal.why))
    return bad_proposal(fmt::format("the message must be UTF-8 of {} bytes at most", why_bytes_max));
  if (proposal.text.empty() || proposal.text.size() > version_text_max)
    return bad_proposal(fmt::format("a configuration has 1 to {} bytes", version_text_max));
  if (auto wrong = check_hash(proposal.hash))
    return wrong;
  if (const auto other = pending_of(kept))
    return store_fault{store_errc::wrong_state,
                       fmt::format("version {} is still being applied: one after the other", other->number),
                       "wait until it is committed or undone"};
  return std::nullopt;
}

std::optional<store_fault> check_hash(std::string_view hash) {
  if (hash.size() == 64 && hash.find_first_not_of("0123456789abcdef") == std::string_view::npos)
    return std::nullopt;
  return bad_proposal("a hash has 64 lower-case hexadecimal digits");
}

store_result<bool> check_step(const std::vector<version_entry>& kept, std::uint64_t number, version_state to) {
  const auto found = std::find_if(kept.begin(), kept.end(), [&](const version_entry& v) { return v.number == number; });
  if (found == kept.end())
    return base::failure{no_such_version(number)};
  if (is_there(found->state, to))
    return false;
  if (may_become(found->state, to))
    return true;
  return base::failure{
      store_fault{store_errc::wrong_state,
                  fmt::format("version {} is {} and cannot become {}", number, to_string(found->state), to_string(to)),
                  {}}};
}

std::vector<std::uint64_t> surplus(const std::vector<version_entry>& kept) {
  const auto running = running_of(kept);
  const auto stable = last_of(kept, [](const version_entry& v) { return v.state == version_state::stable; });
  const auto is_needed = [&](const version_entry& v) {
    return v.state == version_state::proposed || (running && v.number == running->number) ||
           (stable && v.number == stable->number);
  };
  std::vector<std::uint64_t> out;
  for (const auto& version : kept) {
    if (kept.size() - out.size() < versions_max)
      break;
    if (!is_needed(version))
      out.push_back(version.number);
  }
  return out;
}

std::optional<version_entry> running_of(const std::vector<version_entry>& kept) {
  return last_of(kept, [](const version_entry& v) {
    return v.state == version_state::committed || v.state == version_state::stable;
  });
}

std::optional<version_entry> pending_of(const std::vector<version_entry>& kept) {
  return last_of(kept, [](const version_entry& v) { return v.state == version_state::proposed; });
}

std::string kept_reason(std::string_view why) {
  std::string out;
  while (!why.empty()) {
    const auto length = base::utf8_length(why);
    const bool is_whole = length > 0 && why.front() != '\0';
    const auto next = is_whole ? why.substr(0, length) : std::string_view{"?"};
    if (out.size() + next.size() > undone_bytes_max)
      break;
    out += next;
    why.remove_prefix(is_whole ? length : 1);
  }
  return out;
}

store_fault no_such_version(std::uint64_t number) {
  return {store_errc::not_found, fmt::format("there is no version {}", number),
          fmt::format("the last {} are kept", versions_max)};
}

std::string_view to_string(store_errc code) noexcept {
  constexpr std::array<std::string_view, 10> words{"bad_proposal", "not_found", "wrong_state", "full",  "not_writable",
                                                   "unsafe",       "held",      "damaged",     "newer", "system"};
  return words[static_cast<std::size_t>(code)];
}

} // namespace cafnode::control

#include "control/push/config_keeper.hpp"

#include <fmt/format.h>

// What the store is told of a change.
namespace cafnode::control {

namespace {

constexpr std::chrono::seconds again_after{10};

} // namespace

void config_keeper::remember_file(std::string_view hash) {
  if (const auto noted = outside_.store->remember_file(hash); !noted)
    trouble_ = noted.fault().message;
}

std::optional<std::string> config_keeper::commit() {
  if (const auto kept = outside_.store->commit(push_->number); !kept)
    return kept.fault().message;
  // From here on it is what a start would run: that it is not marked as stable takes nothing back.
  if (push_->course.gated())
    if (const auto kept = outside_.store->mark_stable(push_->number); !kept)
      trouble_ = kept.fault().message;
  return std::nullopt;
}

/// The old text runs again, as a version of its own. False: the store could not be told, or not all of it.
bool config_keeper::write_undone() {
  auto& store = *outside_.store;
  auto& left = *unwritten_;
  const auto note = [this](const auto& outcome) {
    if (!outcome)
      trouble_ = outcome.fault().message;
    return outcome.has_value();
  };
  if (!note(store.mark_undone(left.number, left.why)))
    return false;
  if (left.back == 0) {
    const auto why = fmt::format("version {} was undone: {}", left.number, left.why).substr(0, why_bytes_max);
    const auto number =
        store.propose({base::to_unix_ms(now().wall), "caf-node", why, version_source::undo, version_.hash, text_});
    if (!note(number))
      return false;
    left.back = number.value();
  }
  // Nobody has seen yet whether it is well: it is not marked as stable.
  if (!note(store.commit(left.back)))
    return false;
  take_entry(left.back);
  unwritten_.reset();
  return true;
}

void config_keeper::write_undone_again() {
  store_pause_ = after(again_after, [this] {
    if (!unwritten_)
      return;
    if (write_undone())
      trouble_.clear();
    else
      write_undone_again();
  });
}

void config_keeper::take_entry(std::uint64_t number) {
  if (auto kept = outside_.store->get(number); kept)
    version_ = std::move(kept).value().entry;
  else
    trouble_ = kept.fault().message;
  watch_file();
}

} // namespace cafnode::control

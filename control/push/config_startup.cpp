#include "control/push/config_startup.hpp"

#include <fmt/format.h>

#include <optional>
#include <utility>

namespace cafnode::control {

namespace {

using fault = base::failure<std::string>;

std::string said(const store_fault& of) {
  return of.hint.empty() ? of.message : of.message + ": " + of.hint;
}

class chooser {
public:
  chooser(config_store& store, std::int64_t now_ms) : store_{store}, now_ms_{now_ms} {}

  /// A change that nobody ended: it did not happen.
  std::optional<std::string> settle_pending(std::vector<std::string>& notes) {
    const auto pending = store_.pending();
    if (!pending)
      return said(pending.fault());
    if (!pending.value())
      return std::nullopt;
    const auto number = pending.value()->number;
    if (const auto undone = store_.mark_undone(number, "the node ended in the midst of it"); !undone)
      return said(undone.fault());
    notes.push_back(fmt::format("the change to version {} was cut short by the end of the node: it did not happen, and "
                                "the version before it runs, whole",
                                number));
    return std::nullopt;
  }

  base::result<version_entry, std::string> keep(const std::string& text, std::string_view why) {
    const auto number =
        store_.propose({now_ms_, "caf-node", std::string{why}, version_source::file_at_start, config_hash(text), text});
    if (!number)
      return fault{said(number.fault())};
    if (const auto kept = store_.commit(number.value()); !kept)
      return fault{said(kept.fault())};
    auto entry = store_.get(number.value());
    if (!entry)
      return fault{said(entry.fault())};
    return std::move(entry).value().entry;
  }

private:
  config_store& store_;
  std::int64_t now_ms_;
};

} // namespace

base::result<chosen_start, std::string>
choose_start(config_store& store, const conf::loaded& file, const std::string& file_text, std::string_view file_name,
             const std::function<conf::loaded(std::string name, std::string text)>& read, std::int64_t now_ms) {
  chosen_start chosen;
  chooser choose{store, now_ms};
  if (auto trouble = choose.settle_pending(chosen.notes))
    return fault{std::move(*trouble)};
  const auto hash = config_hash(file_text);
  const auto running = store.running();
  const auto seen = store.file_hash();
  if (!running || !seen)
    return fault{said(running ? seen.fault() : running.fault())};
  const bool edited = !seen.value() || *seen.value() != hash;
  if (running.value() && (!edited || running.value()->hash == hash)) {
    auto kept = store.get(running.value()->number);
    if (!kept)
      return fault{said(kept.fault())};
    auto& version = kept.value();
    auto loaded = read(fmt::format("version {}", version.entry.number), version.text);
    if (loaded.usable()) {
      if (version.entry.hash != hash)
        chosen.notes.push_back(fmt::format("version {} of the configuration runs, which was pushed since {} was read "
                                           "last; edit that file, and it wins",
                                           version.entry.number, file_name));
      chosen.start = {std::move(loaded), std::move(version.text), std::move(version.entry)};
      if (const auto noted = store.remember_file(hash); !noted)
        return fault{said(noted.fault())};
      return chosen;
    }
    chosen.notes.push_back(fmt::format("version {} of the configuration cannot be read any more: {} runs instead; {}",
                                       version.entry.number, file_name, conf::format_faults(loaded.faults)));
  }
  auto entry = choose.keep(file_text, running.value() ? fmt::format("{} was edited", file_name)
                                                      : fmt::format("the first start with {}", file_name));
  if (!entry)
    return fault{entry.fault()};
  if (const auto noted = store.remember_file(hash); !noted)
    return fault{said(noted.fault())};
  if (running.value())
    chosen.notes.push_back(
        fmt::format("{} was edited since it was read last: it runs, as version {}", file_name, entry.value().number));
  chosen.start = {file, file_text, std::move(entry).value()};
  return chosen;
}

} // namespace cafnode::control

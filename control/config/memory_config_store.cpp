#include "control/config/config_store.hpp"
#include "control/config/version_rules.hpp"

#include <algorithm>

namespace cafnode::control {

namespace {

class memory_config_store final : public config_store {
public:
  store_result<std::uint64_t> propose(const config_proposal& proposal) override {
    const auto entries = list();
    if (auto wrong = check_proposal(proposal, entries))
      return base::failure{std::move(*wrong)};
    for (const auto number : surplus(entries))
      versions_.erase(find(number));
    version_entry entry{++last_number_,  proposal.time_ms,        proposal.who,  proposal.why,
                        proposal.source, version_state::proposed, proposal.hash, {}};
    versions_.push_back({std::move(entry), proposal.text});
    return last_number_;
  }

  store_result<stored> commit(std::uint64_t number) override { return move_to(number, version_state::committed, {}); }

  store_result<stored> mark_stable(std::uint64_t number) override { return move_to(number, version_state::stable, {}); }

  store_result<stored> mark_undone(std::uint64_t number, std::string_view why) override {
    return move_to(number, version_state::undone, kept_reason(why));
  }

  store_result<std::vector<version_entry>> history() const override { return list(); }

  store_result<config_version> get(std::uint64_t number) const override {
    for (const auto& version : versions_)
      if (version.entry.number == number)
        return version;
    return base::failure{no_such_version(number)};
  }

  store_result<std::optional<version_entry>> running() const override { return running_of(list()); }

  store_result<std::optional<version_entry>> pending() const override { return pending_of(list()); }

  store_result<stored> remember_file(std::string_view hash) override {
    if (auto wrong = check_hash(hash))
      return base::failure{std::move(*wrong)};
    file_hash_ = hash;
    return stored{};
  }

  store_result<std::optional<std::string>> file_hash() const override { return file_hash_; }

private:
  std::vector<version_entry> list() const {
    std::vector<version_entry> out;
    for (const auto& version : versions_)
      out.push_back(version.entry);
    return out;
  }

  std::vector<config_version>::iterator find(std::uint64_t number) {
    return std::find_if(versions_.begin(), versions_.end(),
                        [number](const config_version& v) { return v.entry.number == number; });
  }

  store_result<stored> move_to(std::uint64_t number, version_state to, std::string undone_why) {
    const auto step = check_step(list(), number, to);
    if (!step)
      return base::failure{step.fault()};
    if (step.value()) {
      auto& entry = find(number)->entry;
      entry.state = to;
      entry.undone_why = std::move(undone_why);
    }
    return stored{};
  }

  std::vector<config_version> versions_; // oldest first
  std::uint64_t last_number_ = 0;
  std::optional<std::string> file_hash_;
};

} // namespace

std::unique_ptr<config_store> make_memory_config_store() {
  return std::make_unique<memory_config_store>();
}

} // namespace cafnode::control

#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace cafnode::sim {

struct subscriber {
  std::uint64_t connection = 0;
  std::string label; // `private/subscribe` may carry one; short, so it costs no allocation
};

/// One channel as one account sees it; market data has no account.
struct topic {
  std::string channel;
  std::string account;
  std::vector<subscriber> subscribers;
};

/// Who hears what. Pure.
class subscription_table {
public:
  explicit subscription_table(std::size_t channels_per_connection_max) noexcept
      : channels_max_{channels_per_connection_max} {}

  enum class added { first_of_channel, another, already_there, too_many };

  added add(std::uint64_t connection, std::string_view channel, std::string_view account, std::string_view label);

  /// True when nobody hears the channel any more; `was_there` tells whether the connection did.
  bool remove(std::uint64_t connection, std::string_view channel, std::string_view account, bool& was_there);

  [[nodiscard]] const topic* find(std::string_view channel, std::string_view account) const;
  [[nodiscard]] std::size_t count_of(std::uint64_t connection) const noexcept;

  /// What the connection hears: channel and account.
  [[nodiscard]] std::vector<std::pair<std::string, std::string>> channels_of(std::uint64_t connection) const;

private:
  std::size_t channels_max_;
  std::unordered_map<std::string, std::unique_ptr<topic>> topics_; // by channel and account
  std::unordered_map<std::string, std::size_t> hearers_;           // by channel, over all accounts
  std::unordered_map<std::uint64_t, std::vector<topic*>> by_connection_;
};

} // namespace cafnode::sim

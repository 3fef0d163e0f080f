#pragma once

#include "runtime/base/time.hpp"
#include "runtime/base/token_bucket.hpp"
#include "sim/deribit/settings.hpp"

#include <boost/json/object.hpp>

#include <cstddef>
#include <map>
#include <string>
#include <string_view>

namespace cafnode::sim {

/// What kind of budget a method is paid from.
enum class credit_class { ordinary, subscribe, instruments, transaction_log, matching, cancel_all };

[[nodiscard]] credit_class class_of(std::string_view method);

/// Whether a method goes through the matching engine.
[[nodiscard]] bool is_matching(std::string_view method);

/// The rate budgets of every account. Pure: time is an argument.
class credit_ledger {
public:
  explicit credit_ledger(const settings& rules) : rules_{&rules} {}

  /// Pays for one request; false when the account has not enough left.
  bool pay(const std::string& account, std::string_view method, base::time_point now);

  /// Takes everything the account has.
  void drain(const std::string& account, base::time_point now);

  /// `limits` as an account summary shows them.
  [[nodiscard]] boost::json::object limits() const;

private:
  struct purse {
    base::token_bucket ordinary, subscribe, instruments, transaction_log, matching, cancel_all;
  };

  purse& purse_of(const std::string& account, base::time_point now);

  const settings* rules_;
  std::map<std::string, purse> purses_; // only real accounts get one, so their number bounds it
};

} // namespace cafnode::sim

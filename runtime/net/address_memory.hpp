#pragma once

#include "runtime/base/time.hpp"

#include <boost/asio/ip/tcp.hpp>

#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <vector>

namespace cafnode::net {

using address_list = std::vector<boost::asio::ip::tcp::endpoint>;

/// The families by turns, IPv6 first, each in the order in which it came (RFC 8305, 4).
[[nodiscard]] address_list by_turns(const address_list& addresses);

/// Which addresses failed, and when, and which asked to be left alone: what decides where the next dial starts. It has
/// no clock; one thread.
class address_memory {
public:
  using address = boost::asio::ip::tcp::endpoint;

  static constexpr std::chrono::minutes rest_max{10};

  /// Beyond `failures_max` the oldest failure is forgotten.
  explicit address_memory(std::size_t failures_max = 256) : failures_max_{failures_max} {}

  void failed(const address& at, base::time_point now);
  void worked(const address& at);

  /// It failed, and asked not to be dialed again within `span`, of which it gets `rest_max` at most.
  void rests(const address& at, base::time_point now, base::duration span);

  /// How long it is to be left alone yet.
  [[nodiscard]] base::duration rest_of(const address& at, base::time_point now) const;

  /// Those of them that need not be left alone; all of them, if there is none.
  [[nodiscard]] address_list awake(const address_list& addresses, base::time_point now) const;

  [[nodiscard]] bool has_failed(const address& at) const { return failures_.contains(at); }

  /// Those that never failed, or have worked since, in the given order; then the others, the oldest failure first.
  [[nodiscard]] address_list order(address_list addresses) const;

  [[nodiscard]] std::size_t size() const noexcept { return failures_.size(); }

private:
  struct failure {
    base::time_point at{};
    base::time_point rests_until = base::time_point::min();
  };

  std::size_t failures_max_;
  std::map<address, failure> failures_;
};

/// One attempt at one address, from the first packet to the end of the link: unless it was proven in between, its end
/// counts against the address, whatever the end was, except one that it is acquitted of. One thread.
class address_trial {
public:
  /// A proven link that ends sooner than this counts against its address all the same.
  static constexpr std::chrono::seconds settled_after{5};

  /// `others` are all addresses of the name; `at` may be among them.
  address_trial(std::shared_ptr<address_memory> memory, const address_memory::address& at, address_list others = {})
      : memory_{std::move(memory)}, at_{at}, others_{std::move(others)} {}

  address_trial(const address_trial&) = delete;
  address_trial& operator=(const address_trial&) = delete;
  ~address_trial();

  /// The connection came as far as it should.
  void proven();

  /// The other side asked not to be dialed again within `span`. Gives how long the next dial of the name has to wait:
  /// not at all while another of its addresses may be dialed.
  base::duration rests(base::duration span);

  /// Its end has nothing to do with the address.
  void acquit() noexcept { acquitted_ = true; }

  [[nodiscard]] const address_memory::address& at() const noexcept { return at_; }

private:
  std::shared_ptr<address_memory> memory_;
  address_memory::address at_;
  address_list others_;
  std::optional<base::time_point> proven_at_;
  bool acquitted_ = false;
};

} // namespace cafnode::net

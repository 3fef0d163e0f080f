#pragma once

#include <cstdint>
#include <string>
#include <sys/types.h>
#include <vector>

namespace cafnode::bench {

/// An exchange-sim of our own, from the folder of this program (or where CAFNODE_SIMULATOR says), on free ports; ended
/// with this object.
class simulator {
public:
  /// Throws std::runtime_error when it does not come up.
  explicit simulator(bool tls, const std::vector<std::string>& settings);
  ~simulator();
  simulator(const simulator&) = delete;
  simulator& operator=(const simulator&) = delete;

  [[nodiscard]] std::uint16_t port() const noexcept { return port_; }

  [[nodiscard]] const std::string& ca_file() const noexcept { return ca_file_; } // empty without TLS

  /// The body of its control API's answer; throws when it has none.
  [[nodiscard]] std::string get(const std::string& target) const;
  std::string post(const std::string& target, const std::string& json) const;

private:
  [[nodiscard]] std::string fetch(const std::string& method, const std::string& target, const std::string& body) const;
  void read_addresses(int from, bool tls);

  pid_t pid_ = -1;
  int output_ = -1;
  std::uint16_t port_ = 0;
  std::uint16_t control_port_ = 0;
  std::string ca_file_;
};

} // namespace cafnode::bench

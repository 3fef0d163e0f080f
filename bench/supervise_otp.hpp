#pragma once

#include "bench/report.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace cafnode::bench {

/// OTP's supervisor as a contestant: an Erlang program, compiled into a folder of its own for as long as this lives.
class otp_peer {
public:
  /// Why it cannot take part; empty when it can.
  explicit otp_peer(const std::string& source);
  ~otp_peer();
  otp_peer(const otp_peer&) = delete;
  otp_peer& operator=(const otp_peer&) = delete;

  [[nodiscard]] const std::string& absent() const noexcept { return absent_; }

  /// Runs one case of the program, with one scheduler, and gives what it measured. Throws std::runtime_error.
  [[nodiscard]] figures run(const std::vector<std::string>& words) const;

private:
  std::filesystem::path folder_;
  std::string absent_;
};

} // namespace cafnode::bench

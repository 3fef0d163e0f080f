#pragma once

#include "sim/deribit/audit_log.hpp"

#include <string>

namespace cafnode::sim {

/// An audit log in memory, for judges in the same process. What is beyond 64 MiB is lost and counted.
class audit_text final : public audit_store {
public:
  static constexpr std::size_t bytes_max = std::size_t{64} << 20U;

  void append(std::string_view line) override {
    if (text_.size() + line.size() > bytes_max)
      ++lost_;
    else
      text_.append(line);
  }

  [[nodiscard]] std::uint64_t lines_lost() const noexcept override { return lost_; }

  [[nodiscard]] const std::string& text() const noexcept { return text_; }

private:
  std::string text_;
  std::uint64_t lost_ = 0;
};

} // namespace cafnode::sim

#pragma once

#include "runtime/base/result.hpp"
#include "sim/deribit/audit_log.hpp"

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>

namespace cafnode::sim {

/// An audit log's file. Lines are handed to a thread of its own, which writes them out every few milliseconds and at
/// the end, so that recording never waits for a disk. At most 64 MiB wait.
class audit_file final : public audit_store {
public:
  /// Appends to `path`. The fault names the file and says why it cannot be written.
  [[nodiscard]] static base::result<std::unique_ptr<audit_file>, std::string> open(const std::string& path);

  /// `file` is a descriptor, which it owns.
  explicit audit_file(int file);
  ~audit_file() override;
  audit_file(const audit_file&) = delete;
  audit_file& operator=(const audit_file&) = delete;

  void append(std::string_view line) override;

  [[nodiscard]] std::uint64_t lines_lost() const noexcept override { return lost_; }

private:
  void run();
  void write_out(std::string_view text);

  int file_;
  std::mutex lock_;
  std::condition_variable wake_;
  std::string waiting_;
  bool stopping_ = false;
  std::atomic<std::uint64_t> lost_{0};
  std::thread thread_;
};

} // namespace cafnode::sim

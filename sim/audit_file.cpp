#include "sim/audit_file.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <fcntl.h>
#include <unistd.h>
#include <utility>

namespace cafnode::sim {

namespace {

constexpr std::size_t waiting_bytes_max = std::size_t{64} << 20U;
constexpr std::chrono::milliseconds flush_every{5};

} // namespace

base::result<std::unique_ptr<audit_file>, std::string> audit_file::open(const std::string& path) {
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  if (file < 0)
    return base::failure{fmt::format("cannot write the audit log '{}': {}", path, std::strerror(errno))};
  return std::make_unique<audit_file>(file);
}

audit_file::audit_file(int file) : file_{file}, thread_{[this] { run(); }} {}

audit_file::~audit_file() {
  {
    const std::lock_guard guard{lock_};
    stopping_ = true;
  }
  wake_.notify_one();
  thread_.join();
  ::close(file_);
}

void audit_file::append(std::string_view line) {
  const std::lock_guard guard{lock_};
  if (waiting_.size() + line.size() > waiting_bytes_max) {
    ++lost_;
    return;
  }
  waiting_.append(line);
}

void audit_file::run() {
  std::unique_lock guard{lock_};
  while (true) {
    wake_.wait_for(guard, flush_every, [this] { return stopping_; });
    const std::string taken = std::exchange(waiting_, {});
    const bool last = stopping_;
    guard.unlock();
    write_out(taken);
    guard.lock();
    if (last && waiting_.empty())
      return;
  }
}

void audit_file::write_out(std::string_view text) {
  while (!text.empty()) {
    const auto count = ::write(file_, text.data(), text.size());
    if (count < 0 && errno == EINTR)
      continue;
    if (count <= 0) {
      ++lost_; // a full disk loses the rest of this batch, counted
      return;
    }
    text.remove_prefix(static_cast<std::size_t>(count));
  }
}

} // namespace cafnode::sim

#include "sim/deribit/audit_log.hpp"

#include "sim/deribit/rpc_text.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <atomic>
#include <cerrno>
#include <chrono>
#include <condition_variable>
#include <cstring>
#include <fcntl.h>
#include <iterator>
#include <mutex>
#include <thread>
#include <unistd.h>
#include <utility>

namespace cafnode::sim {

namespace {

constexpr std::size_t waiting_bytes_max = std::size_t{64} << 20U;
constexpr std::chrono::milliseconds flush_every{5};

std::string utc(base::wall_time at) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(at);
  const auto micros = (at - seconds).count();
  return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:06}Z", fmt::gmtime(std::chrono::system_clock::to_time_t(seconds)), micros);
}

} // namespace

/// Owns the file and the thread that fills it.
class audit_log::writer {
public:
  explicit writer(int file) : file_{file}, thread_{[this] { run(); }} {}

  ~writer() {
    {
      const std::lock_guard guard{lock_};
      stopping_ = true;
    }
    wake_.notify_one();
    thread_.join();
    ::close(file_);
  }

  writer(const writer&) = delete;
  writer& operator=(const writer&) = delete;

  void append(std::string_view line) {
    const std::lock_guard guard{lock_};
    if (waiting_.size() + line.size() > waiting_bytes_max) {
      ++lost_;
      return;
    }
    waiting_.append(line);
  }

  [[nodiscard]] std::uint64_t lost() const noexcept { return lost_; }

private:
  void run() {
    std::unique_lock guard{lock_};
    while (true) {
      wake_.wait_for(guard, flush_every, [this] { return stopping_; });
      std::string taken = std::exchange(waiting_, {});
      const bool last = stopping_;
      guard.unlock();
      write_out(taken);
      guard.lock();
      if (last && waiting_.empty())
        return;
    }
  }

  void write_out(std::string_view text) {
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

  int file_;
  std::mutex lock_;
  std::condition_variable wake_;
  std::string waiting_;
  bool stopping_ = false;
  std::atomic<std::uint64_t> lost_{0};
  std::thread thread_;
};

audit_log::audit_log(const base::clock_source& clock) : clock_{clock}, start_{clock.now()} {}

audit_log::~audit_log() = default;

base::result<bool, std::string> audit_log::open(const std::string& path) {
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  if (file < 0)
    return base::failure{fmt::format("cannot write the audit log '{}': {}", path, std::strerror(errno))};
  writer_ = std::make_unique<writer>(file);
  return true;
}

void audit_log::record(std::string_view kind, const boost::json::object& fields) {
  ++lines_;
  if (!writer_)
    return;
  const base::moment now = clock_.now();
  const auto since = std::chrono::duration_cast<std::chrono::microseconds>(now.steady - start_.steady).count();
  std::string line;
  fmt::format_to(std::back_inserter(line), R"({{"t_us":{},"at":"{}","kind":"{}")", since, utc(now.wall), kind);
  if (!fields.empty()) {
    line.push_back(',');
    line.append(json_text(fields).substr(1));
  } else {
    line.push_back('}');
  }
  line.push_back('\n');
  writer_->append(line);
}

std::uint64_t audit_log::lines_lost() const noexcept {
  return writer_ ? writer_->lost() : 0;
}

} // namespace cafnode::sim

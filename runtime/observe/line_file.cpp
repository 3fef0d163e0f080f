#include "runtime/observe/line_file.hpp"

#include "runtime/base/invariant.hpp"

#include <climits>
#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace cafnode::observe {

namespace {

constexpr std::chrono::seconds tell_again{60};
constexpr int wait_ms = 100;
constexpr int last_waits = 10;

/// Whether the file is there and ends amid a line.
bool ends_torn(const std::string& path) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (file < 0)
    return false;

  struct stat about {};

  char last = '\n';
  if (::fstat(file, &about) == 0 && S_ISREG(about.st_mode) && about.st_size > 0 &&
      ::pread(file, &last, 1, about.st_size - 1) != 1)
    last = '\n';
  ::close(file);
  return last != '\n';
}

} // namespace

base::result<int, std::string> open_line_file(const std::string& path) {
  const bool torn = ends_torn(path);
  const int file = ::open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NONBLOCK, 0640);
  if (file < 0)
    return base::failure{
        fmt::format("{}{}", std::strerror(errno), errno == ENXIO ? " (it is a named pipe, and nobody reads it)" : "")};
  if (torn)
    static_cast<void>(::write(file, "\n", 1) == 1); // on a full disk the next line cannot be written either
  return file;
}

line_file::line_file(int file, bool owned, line_file_duties duties)
    : file_{file}, owned_{owned}, duties_{std::move(duties)}, waits_left_{last_waits} {
  CAFNODE_INVARIANT(duties_.time != nullptr && duties_.loss_line, "a line file needs a clock and words for a loss");
  look_at_file();
}

line_file::~line_file() {
  if (owned_)
    ::close(file_);
  if (const int left = replacement_.exchange(-1); left >= 0)
    ::close(left);
}

void line_file::look_at_file() {
  struct stat about {};

  is_regular_ = ::fstat(file_, &about) == 0 && S_ISREG(about.st_mode);
}

void line_file::replace(int file) noexcept {
  if (const int before = replacement_.exchange(file); before >= 0)
    ::close(before);
}

void line_file::take_replacement() {
  const int file = replacement_.exchange(-1);
  if (file < 0)
    return;
  if (owned_)
    ::close(file_);
  file_ = file;
  owned_ = true;
  torn_.clear();
  look_at_file();
}

void line_file::write(std::string_view line) {
  take_replacement();
  if (!tell_losses() || !put(line))
    lose(errno);
}

/// False when there is still no room.
bool line_file::tell_losses() {
  if (unreported_ > 0 && !put(duties_.loss_line(unreported_, why_)))
    return false;
  unreported_ = 0;
  return true;
}

void line_file::lose(int error) {
  why_ = error == ETIMEDOUT ? "nobody reads it" : std::strerror(error);
  lost_.fetch_add(1, std::memory_order_relaxed);
  const bool begins = ++unreported_ == 1;
  const auto now = duties_.time->now().steady;
  if (!begins || !duties_.on_failing || (has_reported_ && now - reported_at_ < tell_again))
    return;
  has_reported_ = true;
  reported_at_ = now;
  duties_.on_failing(why_);
}

/// All of the line or nothing; errno says why not.
bool line_file::put(std::string_view line) {
  torn_ = std::string{write_what_fits(torn_)};
  if (!torn_.empty())
    return false;
  text_.assign(line);
  text_ += '\n';
  const auto left = write_what_fits(text_);
  const auto written = text_.size() - left.size();
  if (left.empty())
    return true;
  const int error = std::exchange(errno, 0);
  const bool nothing = written == 0 || take_back(written);
  errno = error;
  if (!nothing)
    torn_ = std::string{left}; // it is completed before the next one
  return !nothing;
}

/// Cuts off what was written last, if it is the file's end and may be cut.
bool line_file::take_back(std::size_t bytes) {
  struct stat about {};

  const auto at = ::lseek(file_, 0, SEEK_CUR);
  return is_regular_ && ::fstat(file_, &about) == 0 && about.st_size == at &&
         ::ftruncate(file_, at - static_cast<off_t>(bytes)) == 0;
}

/// What could not be written, with the reason in errno. A regular file gets a line in one write, so that the lines of
/// several programs in one file stay whole; others what they take without making this thread wait for their reader.
std::string_view line_file::write_what_fits(std::string_view text) {
  while (!text.empty()) {
    if (!is_regular_ && !wait_for_room())
      break;
    const auto most = is_regular_ ? text.size() : std::min<std::size_t>(text.size(), PIPE_BUF);
    const auto count = ::write(file_, text.data(), most);
    if (count < 0 && errno != EINTR && errno != EAGAIN)
      break;
    text.remove_prefix(count < 0 ? 0 : static_cast<std::size_t>(count));
  }
  return text;
}

bool line_file::wait_for_room() {
  for (;;) {
    if (hurries_.load(std::memory_order_relaxed) && waits_left_-- <= 0) {
      waits_left_ = 0;
      errno = ETIMEDOUT;
      return false;
    }
    pollfd awaited{file_, POLLOUT, 0};
    if (::poll(&awaited, 1, wait_ms) != 0)
      return true; // room, or a fault that the write will tell
  }
}

} // namespace cafnode::observe

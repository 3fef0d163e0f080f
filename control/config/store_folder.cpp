#include "control/config/store_folder.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace cafnode::control {

namespace {

/// A descriptor that closes itself, unless it is taken.
class owned {
public:
  explicit owned(int number) noexcept : number_{number} {}

  owned(const owned&) = delete;
  owned& operator=(const owned&) = delete;

  ~owned() {
    if (number_ >= 0)
      ::close(number_);
  }

  [[nodiscard]] int get() const noexcept { return number_; }

  [[nodiscard]] int take() noexcept { return std::exchange(number_, -1); }

private:
  int number_;
};

std::string folder_above(std::string path) {
  while (path.size() > 1 && path.back() == '/')
    path.pop_back();
  const auto slash = path.rfind('/');
  return slash == std::string::npos ? "." : path.substr(0, slash == 0 ? 1 : slash);
}

/// Makes the folder if it is missing, so that it is still there after a loss of power.
store_result<stored> make_folder(const std::string& path) {
  if (::mkdir(path.c_str(), 0700) != 0)
    return errno == EEXIST ? store_result<stored>{stored{}}
                           : base::failure{system_fault(errno, fmt::format("cannot make the folder {}", path))};
  const owned above{::open(folder_above(path).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  if (above.get() < 0 || ::fsync(above.get()) != 0)
    return base::failure{system_fault(errno, fmt::format("cannot keep the new folder {}", path))};
  return stored{};
}

std::optional<store_fault> exposed(const std::string& path, int folder) {
  struct stat about {};

  if (::fstat(folder, &about) != 0)
    return system_fault(errno, fmt::format("cannot look at {}", path));
  if (about.st_uid != ::geteuid())
    return store_fault{store_errc::unsafe,
                       fmt::format("{} belongs to user {}, not to this one ({})", path, about.st_uid, ::geteuid()),
                       "take a folder of your own, or change its owner"};
  if ((about.st_mode & 0077U) != 0)
    return store_fault{store_errc::unsafe,
                       fmt::format("{} has mode {:04o}, which lets others in", path, about.st_mode & 07777U),
                       fmt::format("run 'chmod 0700 {}'", path)};
  if (::faccessat(folder, ".", W_OK | X_OK, AT_EACCESS) != 0)
    return system_fault(errno, fmt::format("{} cannot be written to", path));
  return std::nullopt;
}

constexpr std::size_t process_digits = 10;

/// Fixed in width, so that it takes no room that is not there already. Where it cannot be written only what a second
/// process is told suffers.
void write_holder(int lock) {
  const auto text = fmt::format("{:>{}}\n", ::getpid(), process_digits);
  static_cast<void>(::pwrite(lock, text.data(), text.size(), 0));
}

std::string read_holder(int lock) {
  std::array<char, process_digits> text{};
  if (::pread(lock, text.data(), text.size(), 0) != static_cast<ssize_t>(text.size()))
    return "another process";
  const std::string_view number{text.data(), text.size()};
  return fmt::format("process {}", number.substr(std::min(number.find_first_not_of(' '), number.size() - 1)));
}

store_result<int> hold(const std::string& path, int folder) {
  owned lock{::openat(folder, "config.lock", O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600)};
  if (lock.get() < 0)
    return base::failure{system_fault(errno, fmt::format("{}/config.lock cannot be opened", path))};
  if (::flock(lock.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK)
      return base::failure{system_fault(errno, fmt::format("{}/config.lock cannot be locked", path))};
    return base::failure{store_fault{
        store_errc::held, fmt::format("{} has the configuration store in {} open", read_holder(lock.get()), path),
        "each node needs a folder of its own"}};
  }
  write_holder(lock.get());
  return lock.take();
}

} // namespace

store_fault system_fault(int error, const std::string& what) {
  const auto message = fmt::format("{}: {}", what, std::strerror(error));
  switch (error) {
  case ENOSPC:
  case EDQUOT:
  case EFBIG:
    return {store_errc::full, message, "make room on that disk"};
  case EROFS:
  case EACCES:
  case EPERM:
    return {store_errc::not_writable, message, "the node's user must be able to write there"};
  case ENOENT:
  case ENOTDIR:
    return {store_errc::system, message, "check the path of the state folder"};
  default:
    return {store_errc::system, message, {}};
  }
}

store_result<store_folder> store_folder::open(const std::string& path) {
  if (const auto made = make_folder(path); !made)
    return base::failure{made.fault()};
  owned folder{::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  if (folder.get() < 0)
    return base::failure{system_fault(errno, fmt::format("the folder {} cannot be opened", path))};
  if (auto why = exposed(path, folder.get()))
    return base::failure{std::move(*why)};
  const auto lock = hold(path, folder.get());
  if (!lock)
    return base::failure{lock.fault()};
  return store_folder{path, folder.take(), lock.value()};
}

store_folder::store_folder(std::string path, int folder, int lock) noexcept
    : path_{std::move(path)}, folder_{folder}, lock_{lock} {}

store_folder::store_folder(store_folder&& other) noexcept
    : path_{std::move(other.path_)}, folder_{std::exchange(other.folder_, -1)}, lock_{std::exchange(other.lock_, -1)} {}

store_folder::~store_folder() {
  for (const int each : {lock_, folder_})
    if (each >= 0)
      ::close(each);
}

std::string store_folder::path_of(std::string_view name) const {
  return fmt::format("{}/{}", path_, name);
}

store_result<bool> store_folder::has(std::string_view name) const {
  if (::faccessat(folder_, std::string{name}.c_str(), F_OK, AT_SYMLINK_NOFOLLOW) == 0)
    return true;
  if (errno == ENOENT)
    return false;
  return base::failure{system_fault(errno, fmt::format("cannot look for {}", path_of(name)))};
}

store_result<stored> store_folder::make_file(std::string_view name) const {
  if (const auto gone = remove_file(name); !gone)
    return gone;
  const owned file{::openat(folder_, std::string{name}.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600)};
  if (file.get() < 0)
    return base::failure{system_fault(errno, fmt::format("{} cannot be made", path_of(name)))};
  return stored{};
}

store_result<stored> store_folder::remove_file(std::string_view name) const {
  if (::unlinkat(folder_, std::string{name}.c_str(), 0) != 0 && errno != ENOENT)
    return base::failure{system_fault(errno, fmt::format("{} cannot be removed", path_of(name)))};
  return stored{};
}

store_result<stored> store_folder::rename_file(std::string_view from, std::string_view to) const {
  if (::renameat(folder_, std::string{from}.c_str(), folder_, std::string{to}.c_str()) != 0 || ::fsync(folder_) != 0)
    return base::failure{system_fault(errno, fmt::format("{} cannot be made", path_of(to)))};
  return stored{};
}

} // namespace cafnode::control

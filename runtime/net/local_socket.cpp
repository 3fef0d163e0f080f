#include "runtime/net/local_socket.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <dirent.h>
#include <fcntl.h>
#include <memory>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>
#include <utility>

namespace cafnode::net {

namespace {

using fault = local_socket_fault;
using kind = local_socket_fault::kind;

constexpr int waiting_max = 4'096; // the system has a bound of its own
constexpr int swept_max = 1'000;

/// A descriptor that closes itself.
struct owned {
  explicit owned(int descriptor) : number{descriptor} {}

  owned(const owned&) = delete;
  owned& operator=(const owned&) = delete;

  ~owned() {
    if (number >= 0)
      ::close(number);
  }

  int number;
};

fault system_fault(const std::string& what) {
  return {kind::system, fmt::format("{}: {}", what, std::strerror(errno))};
}

std::optional<sockaddr_un> address_of(const std::string& path) {
  sockaddr_un at{};
  at.sun_family = AF_UNIX;
  if (path.empty() || path.size() >= sizeof at.sun_path || path.find('\0') != std::string::npos)
    return std::nullopt;
  std::memcpy(at.sun_path, path.data(), path.size());
  return at;
}

/// The folder that `path` stands in.
std::string folder_of(const std::string& path) {
  const auto slash = path.rfind('/');
  return slash == std::string::npos ? "." : path.substr(0, slash == 0 ? 1 : slash);
}

/// Whether others could replace `folder`, being owners of one above it or free to write to it.
std::optional<fault> replaceable(const std::string& folder) {
  for (std::string below = folder, above = folder_of(below); above != below; below = above, above = folder_of(below)) {
    struct stat itself {};

    struct stat target {};

    if (::lstat(above.c_str(), &itself) != 0 || ::stat(above.c_str(), &target) != 0)
      return system_fault("cannot look at " + above);
    for (const auto owner : {itself.st_uid, target.st_uid})
      if (owner != ::geteuid() && owner != 0)
        return fault{kind::unsafe, fmt::format("{} belongs to user {}, who could replace {}: take a folder elsewhere",
                                               above, owner, below)};
    if ((target.st_mode & (S_IWGRP | S_IWOTH)) != 0 && (target.st_mode & S_ISVTX) == 0)
      return fault{kind::unsafe, fmt::format("others may write to {}, and could replace {}: run 'chmod go-w {}', or "
                                             "take a folder elsewhere",
                                             above, below, above)};
  }
  return std::nullopt;
}

std::optional<fault> exposed(const std::string& folder, int opened) {
  struct stat about {};

  if (::fstat(opened, &about) != 0)
    return system_fault("cannot look at " + folder);
  if (about.st_uid != ::geteuid())
    return fault{kind::unsafe, fmt::format("{} belongs to user {}, not to this one ({}): remove it, or set "
                                           "control.socket to a path of your own",
                                           folder, about.st_uid, ::geteuid())};
  if ((about.st_mode & 0077U) != 0)
    return fault{kind::unsafe, fmt::format("{} has mode {:04o}, which lets others in: run 'chmod 0700 {}'", folder,
                                           about.st_mode & 07777U, folder)};
  return replaceable(folder);
}

/// Opens the folder, once it is known to be safe.
base::result<int, fault> open_present_folder(const std::string& folder) {
  const int opened = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (opened < 0 && (errno == ELOOP || errno == ENOTDIR))
    return base::failure{
        fault{kind::unsafe, folder + " is not a folder but a link or a file: remove it, or set control.socket"}};
  if (opened < 0)
    return base::failure{system_fault("cannot open the folder " + folder)};
  if (auto why = exposed(folder, opened)) {
    ::close(opened);
    return base::failure{std::move(*why)};
  }
  return opened;
}

/// The same with a folder that is made if it is missing.
base::result<int, fault> open_folder(const std::string& folder) {
  if (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST)
    return base::failure{system_fault("cannot make the folder " + folder)};
  return open_present_folder(folder);
}

/// Whether somebody listens at `at`; connects for a moment to find out who.
std::optional<local_peer> listener_at(const sockaddr_un& at) {
  const owned probe{::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)};
  if (probe.number < 0)
    return local_peer{};
  if (::connect(probe.number, reinterpret_cast<const sockaddr*>(&at), sizeof at) == 0)
    return peer_of(probe.number);
  // Its backlog may be full (EAGAIN): only a refusal, or the lack of such a path, says that nobody is there.
  const bool nobody = errno == ECONNREFUSED || errno == ENOENT || errno == ENOTDIR;
  return nobody ? std::nullopt : std::optional{local_peer{}};
}

fault not_a_socket(const std::string& path) {
  return {kind::unsafe, path + " is there and is not a socket: remove it, or set control.socket"};
}

fault taken_by(const local_peer& who, const std::string& path) {
  return {kind::in_use, fmt::format("process {} listens on {} already: stop it, or give this node another node.name or "
                                    "control.socket",
                                    who.process, path)};
}

/// Removes what a dead process left. The folder is locked: nobody is between bind and listen.
std::optional<fault> clear(const std::string& path, const sockaddr_un& at) {
  struct stat about {};

  if (::lstat(path.c_str(), &about) != 0)
    return errno == ENOENT ? std::nullopt : std::optional{system_fault("cannot look at " + path)};
  if (!S_ISSOCK(about.st_mode))
    return not_a_socket(path);
  if (const auto who = listener_at(at))
    return taken_by(*who, path);
  if (::unlink(path.c_str()) != 0 && errno != ENOENT)
    return system_fault("cannot remove the dead socket " + path);
  return std::nullopt;
}

fault bad_path(const std::string& path) {
  return {kind::unsafe,
          fmt::format("\"{}\" is no path for a socket: from 1 to {} bytes", path, sizeof(sockaddr_un::sun_path) - 1)};
}

std::optional<fault> why_no_folder(const std::string& folder) {
  struct stat about {};

  if (::lstat(folder.c_str(), &about) != 0 && errno == ENOENT) {
    if (::access(folder_of(folder).c_str(), W_OK | X_OK) != 0)
      return system_fault("cannot make the folder " + folder);
    return replaceable(folder);
  }
  const auto opened = open_present_folder(folder);
  if (!opened)
    return opened.fault();
  const owned closes{opened.value()};
  if (::access(folder.c_str(), W_OK | X_OK) != 0)
    return system_fault("cannot make a socket in " + folder);
  return std::nullopt;
}

} // namespace

std::optional<fault> local_socket::why_not(const std::string& path) {
  const auto at = address_of(path);
  if (!at)
    return bad_path(path);
  if (auto why = why_no_folder(folder_of(path)))
    return why;

  struct stat about {};

  if (::lstat(path.c_str(), &about) != 0)
    return std::nullopt;
  if (!S_ISSOCK(about.st_mode))
    return not_a_socket(path);
  const auto who = cafnode::net::listener_at(path);
  return who && who->process != ::getpid() ? std::optional{taken_by(*who, path)} : std::nullopt;
}

base::result<local_socket, fault> local_socket::listen(const std::string& path) {
  const auto at = address_of(path);
  if (!at)
    return base::failure{bad_path(path)};
  const auto folder = open_folder(folder_of(path));
  if (!folder)
    return base::failure{folder.fault()};
  const owned locked{folder.value()};
  if (::flock(locked.number, LOCK_EX) != 0)
    return base::failure{system_fault("cannot lock the folder of " + path)};
  if (auto why = clear(path, *at))
    return base::failure{std::move(*why)};
  owned made{::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)};
  if (made.number < 0 || ::bind(made.number, reinterpret_cast<const sockaddr*>(&*at), sizeof *at) != 0 ||
      ::chmod(path.c_str(), 0600) != 0 || ::listen(made.number, waiting_max) != 0)
    return base::failure{system_fault("cannot listen on " + path)};
  local_socket out{path, std::exchange(made.number, -1)};

  struct stat about {};

  if (::lstat(path.c_str(), &about) == 0) {
    out.device_ = about.st_dev;
    out.inode_ = about.st_ino;
  }
  return out;
}

local_socket::local_socket(local_socket&& other) noexcept
    : path_{std::exchange(other.path_, {})},
      descriptor_{std::exchange(other.descriptor_, -1)},
      device_{other.device_},
      inode_{other.inode_} {}

int local_socket::release() noexcept {
  return std::exchange(descriptor_, -1);
}

local_socket::~local_socket() {
  if (descriptor_ >= 0)
    ::close(descriptor_);
  if (path_.empty())
    return;
  const owned folder{::open(folder_of(path_).c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)};
  if (folder.number >= 0)
    ::flock(folder.number, LOCK_EX);

  struct stat about {};

  // Another node may have put its own there after ours was removed by hand.
  if (::lstat(path_.c_str(), &about) == 0 && about.st_dev == device_ && about.st_ino == inode_)
    ::unlink(path_.c_str());
}

void sweep_local_sockets(const std::string& folder) {
  const auto opened = open_folder(folder);
  if (!opened)
    return;
  const owned locked{opened.value()};
  const std::unique_ptr<DIR, int (*)(DIR*)> list{::opendir(folder.c_str()), ::closedir};
  if (::flock(locked.number, LOCK_EX) != 0 || !list)
    return;
  const dirent* entry = nullptr;
  for (int seen = 0; seen < swept_max && (entry = ::readdir(list.get())) != nullptr; ++seen) {
    const auto path = folder + "/" + entry->d_name;
    if (const auto at = address_of(path); at && path.ends_with(".sock"))
      static_cast<void>(clear(path, *at));
  }
}

std::optional<local_peer> peer_of(int socket) {
  ucred who{};
  socklen_t size = sizeof who;
  if (::getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &who, &size) != 0)
    return std::nullopt;
  return local_peer{who.pid, who.uid};
}

bool is_own_or_root(int socket) {
  const auto who = peer_of(socket);
  return who && (who->user == ::geteuid() || who->user == 0);
}

std::optional<local_peer> listener_at(const std::string& path) {
  const auto at = address_of(path);
  return at ? listener_at(*at) : std::nullopt;
}

} // namespace cafnode::net

#include "apps/ctl/find.hpp"

#include "conf/loopback.hpp"
#include "conf/secret_source.hpp"
#include "runtime/net/local_socket.hpp"
#include "runtime/net/tls_context.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <dirent.h>
#include <memory>
#include <optional>
#include <set>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace cafnode::ctl {

namespace {

constexpr std::string_view ending = ".sock";
constexpr int looked_at_max = 10'000;

using found = base::result<node_address, ctl_fault>;

/// A folder, whatever path leads to it.
using folder_id = std::pair<dev_t, ino_t>;

std::optional<folder_id> own_folder(const std::string& path) {
  struct stat about {};

  if (::lstat(path.c_str(), &about) != 0 || !S_ISDIR(about.st_mode) || about.st_uid != ::geteuid())
    return std::nullopt;
  return folder_id{about.st_dev, about.st_ino};
}

void add_sockets(const std::string& folder, std::vector<std::string>& into) {
  const std::unique_ptr<DIR, int (*)(DIR*)> list{::opendir(folder.c_str()), ::closedir};
  const dirent* entry = nullptr;
  for (int seen = 0; list && seen < looked_at_max && (entry = ::readdir(list.get())) != nullptr; ++seen) {
    auto path = folder + "/" + entry->d_name;
    if (path.ends_with(ending) && net::listener_at(path))
      into.push_back(std::move(path));
  }
}

/// The node's name that a socket's path tells.
std::string_view name_in(std::string_view path) {
  path.remove_prefix(path.rfind('/') + 1);
  path.remove_suffix(ending.size());
  return path;
}

node_address at_socket(std::string path) {
  node_address where;
  where.socket = std::move(path);
  return where;
}

found the_only_one(const std::vector<std::string>& folders) {
  const auto live = live_sockets(folders);
  if (live.size() == 1)
    return at_socket(live.front());
  if (live.empty()) {
    node_address usual;
    usual.guessed = true;
    return usual;
  }
  std::vector<std::string_view> names;
  for (const auto& path : live)
    names.push_back(name_in(path));
  return base::failure{ctl_fault{exit_code::usage, "which_node",
                                 fmt::format("{} nodes run here: {}", live.size(), fmt::join(names, ", ")),
                                 "say which one with --addr NAME, or CAF_ADDR"}};
}

found where_is(const std::string& address, const std::vector<std::string>& folders) {
  if (address.empty())
    return the_only_one(folders);
  if (address.find_first_of("/:") == std::string::npos) {
    for (auto& path : live_sockets(folders))
      if (name_in(path) == address)
        return at_socket(std::move(path));
    // A name server would make another machine of a node's name.
    if (address != "localhost" && !conf::is_address(address))
      return base::failure{ctl_fault{exit_code::unreachable, "no_node",
                                     fmt::format("no node of this user is called {} and runs here", address),
                                     "is caf-node running, and as this user? a host is HOST:PORT"}};
  }
  if (const auto where = parse_address(address))
    return *where;
  return base::failure{
      ctl_fault{exit_code::usage, "usage", "--addr: not an address", "a path, a node's name, or HOST:PORT"}};
}

bool goes_in_clear(const node_address& where) {
  return where.socket.empty() && !where.encrypted && where.host != "localhost" &&
         !conf::is_loopback_address(where.host);
}

} // namespace

std::vector<std::string> live_sockets(const std::vector<std::string>& folders) {
  std::vector<std::string> live;
  std::set<folder_id> seen;
  for (const auto& folder : folders)
    if (const auto own = own_folder(folder); own && seen.insert(*own).second)
      add_sockets(folder, live);
  std::sort(live.begin(), live.end());
  return live;
}

found find_node(const node_wish& wish, const std::vector<std::string>& folders) {
  auto where = where_is(wish.address, folders);
  if (!where)
    return where;
  if (!wish.token_file.empty()) {
    auto token = conf::read_token(wish.token_file);
    if (!token)
      return base::failure{ctl_fault{exit_code::usage, "token_file", token.fault(), "--token-file or CAF_TOKEN_FILE"}};
    where.value().token = std::move(token).value();
    if (goes_in_clear(where.value()))
      return base::failure{ctl_fault{exit_code::usage, "token_in_clear", "the token would cross the network in clear",
                                     "write https:// before the address"}};
  }
  if (!where.value().encrypted)
    return where;
  auto context = net::make_tls_client({wish.ca_file, true});
  if (!context)
    return base::failure{ctl_fault{exit_code::usage, "ca_file", context.fault(), "--ca-file or CAF_CA_FILE"}};
  where.value().tls = std::move(context).value();
  return where;
}

} // namespace cafnode::ctl

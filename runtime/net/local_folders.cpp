#include "runtime/net/local_folders.hpp"

#include <algorithm>
#include <string_view>
#include <sys/stat.h>

namespace cafnode::net {

namespace {

/// Variables outlive a change of user (su, sudo): what they name must still be there and be this user's.
bool is_folder_of(const std::string& path, uid_t user) {
  struct stat about {};

  return ::stat(path.c_str(), &about) == 0 && S_ISDIR(about.st_mode) && about.st_uid == user;
}

} // namespace

std::vector<std::string> control_socket_folders(const std::function<const char*(const char*)>& look_up, uid_t user) {
  std::vector<std::string> out;
  const auto add = [&](const char* variable, std::string_view below) {
    const char* text = look_up(variable);
    std::string folder = text == nullptr ? "" : text;
    folder.resize(std::min(folder.size(), folder.find(':'))); // systemd lists them all
    if (folder.starts_with('/') && is_folder_of(folder, user))
      out.push_back(folder.append(below));
  };
  add("RUNTIME_DIRECTORY", "/control");
  add("XDG_RUNTIME_DIR", "/caf-node");
  out.push_back("/tmp/caf-node-" + std::to_string(user));
  // Where the session's variable would lead, for those who look from outside of a session, as cron does.
  out.push_back("/run/user/" + std::to_string(user) + "/caf-node");
  return out;
}

} // namespace cafnode::net

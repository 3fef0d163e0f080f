#include "conf/secret_source.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace cafnode::conf {

namespace {

constexpr std::size_t token_min = 16;
constexpr std::size_t token_max = 256;
constexpr std::size_t secret_bytes_max = std::size_t{64} << 10U;
using outcome = base::result<base::secret, std::string>;

outcome checked(std::string text, const std::string& where) {
  if (text.ends_with('\n'))
    text.pop_back();
  if (text.ends_with('\r'))
    text.pop_back();
  base::secret found{std::move(text)};
  if (found.empty())
    return base::failure{fmt::format("{} is empty: put the secret there", where)};
  if (found.reveal().find('\0') != std::string_view::npos || found.reveal().find('\n') != std::string_view::npos)
    return base::failure{fmt::format("{} is not one line of text: put the secret there and nothing else", where)};
  return found;
}

/// A variable as it may be told: the secret itself may have been pasted where its name belongs. Names of variables keep
/// to one case; random text does not.
std::string variable_or_secret(const std::string& name) {
  const auto has = [&name](char first, char last) {
    return std::any_of(name.begin(), name.end(), [first, last](char c) { return c >= first && c <= last; });
  };
  return name.size() < token_min || !(has('a', 'z') && has('A', 'Z'))
             ? "variable " + name
             : "the variable that is named (not shown: it may be the secret itself; write its name in one case)";
}

outcome from_environment(const std::string& name) {
  const auto* text = std::getenv(name.c_str());
  if (text == nullptr)
    return base::failure{fmt::format("{} is not set: export it before the node starts", variable_or_secret(name))};
  return checked(text, variable_or_secret(name));
}

/// Who beside its owner may have what rights on a file.
enum class secrecy { group_may_read, owner_only };

/// Empty when the file may hold a secret; else what is wrong and how to mend it.
std::string refusal(const std::string& path, const struct stat& about, secrecy wanted) {
  if (!S_ISREG(about.st_mode))
    return fmt::format("{} is not a plain file", path);
  if (wanted == secrecy::owner_only && about.st_uid != ::geteuid() && about.st_uid != 0)
    return fmt::format("{} belongs to user {}: it must be this user's or root's", path, about.st_uid);
  const mode_t never = wanted == secrecy::owner_only ? S_IRWXG | S_IRWXO : S_IWGRP | S_IRWXO;
  if ((about.st_mode & never) != 0)
    return fmt::format("{} has mode {:04o}, which lets others at the secret: run 'chmod 0600 {}'", path,
                       about.st_mode & 07777U, path);
  if (static_cast<std::size_t>(about.st_size) > secret_bytes_max)
    return fmt::format("{} is larger than {} bytes: is this the right file?", path, secret_bytes_max);
  return {};
}

/// Reads at most one byte more than a secret may have.
outcome read_secret(int file, const std::string& path) {
  std::string text;
  text.reserve(secret_bytes_max + 1); // no reallocation, so that no copy is left behind unwiped
  std::array<char, 4096> chunk{};
  ssize_t got = 0;
  while (text.size() <= secret_bytes_max && (got = ::read(file, chunk.data(), chunk.size())) > 0)
    text.append(chunk.data(), std::min(static_cast<std::size_t>(got), secret_bytes_max + 1 - text.size()));
  const int error = errno;
  ::explicit_bzero(chunk.data(), chunk.size());
  if (got < 0)
    return base::failure{fmt::format("{} cannot be read: {}", path, std::strerror(error))};
  if (text.size() > secret_bytes_max)
    return base::failure{fmt::format("{} is larger than {} bytes: is this the right file?", path, secret_bytes_max)};
  return checked(std::move(text), path);
}

/// A path as it may be told: the secret itself may have been pasted where its file belongs.
std::string path_or_secret(const std::string& path) {
  const bool is_path = path.find('/') != std::string::npos || path.size() < token_min;
  return is_path ? path : "the file that is named (not shown: it may be the secret itself; write ./ before a path)";
}

outcome from_file(const std::string& path, secrecy wanted) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  if (file < 0)
    return base::failure{fmt::format("{} cannot be opened: {}", path_or_secret(path), std::strerror(errno))};

  struct stat about {};

  auto why = ::fstat(file, &about) == 0 ? refusal(path, about, wanted) : fmt::format("{} cannot be examined", path);
  auto found = why.empty() ? read_secret(file, path) : outcome{base::failure{std::move(why)}};
  ::close(file);
  return found;
}

} // namespace

outcome resolve_secret(const secret_reference& reference) {
  switch (reference.from) {
  case secret_origin::env:
    return from_environment(reference.name);
  case secret_origin::file:
    return from_file(reference.name, secrecy::group_may_read);
  case secret_origin::none:
    break;
  }
  return base::failure{
      std::string{"no secret is configured: write {from: env, name: VARIABLE} or {from: file, path: FILE}"}};
}

outcome read_token(const std::string& path) {
  auto found = from_file(path, secrecy::owner_only);
  if (!found)
    return found;
  const auto text = found.value().reveal();
  const auto plain = [](char letter) { return letter > ' ' && letter <= '~'; };
  if (text.size() < token_min || text.size() > token_max || !std::all_of(text.begin(), text.end(), plain))
    return base::failure{fmt::format("{} holds no token: {} to {} printable characters without a space; make one with "
                                     "'openssl rand -hex 32'",
                                     path, token_min, token_max)};
  return found;
}

base::result<std::string, std::string> resolve_text(const text_source& from) {
  if (!from.literal.empty())
    return from.literal;
  const auto found = resolve_secret(from.reference);
  if (!found)
    return base::failure{found.fault()};
  return std::string{found.value().reveal()};
}

} // namespace cafnode::conf

#include "conf/loader.hpp"

#include "conf/control_check.hpp"
#include "conf/decoder.hpp"
#include "conf/field.hpp"
#include "runtime/base/descriptor.hpp"
#include "runtime/base/result.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <functional>
#include <sys/stat.h>
#include <unistd.h>

namespace cafnode::conf {

namespace {

fault file_fault(const std::string& path, fault_code code, std::string message, std::string hint = {}) {
  fault out;
  out.code = code;
  out.file = path;
  out.message = std::move(message);
  out.hint = std::move(hint);
  return out;
}

/// Up to one byte more than a document may have, so that parse_document sees that it is too large.
base::result<std::string, int> read_all(int file) {
  std::string text;
  std::array<char, 65536> chunk{};
  while (text.size() <= document_bytes_max) {
    const auto got = ::read(file, chunk.data(), chunk.size());
    if (got < 0 && errno == EINTR)
      continue;
    if (got < 0)
      return base::failure{errno};
    if (got == 0)
      break;
    text.append(chunk.data(), static_cast<std::size_t>(got));
  }
  return text;
}

bool is_of_control(std::string_view path) {
  return path.starts_with("control.");
}

using values = std::vector<override_value>;

/// Who is to blame for a fault of `path`: what set it last, or whatever else set something of the section.
const override_value* setter_of(const values& all, std::string_view path) {
  const auto found = std::find_if(all.rbegin(), all.rend(), [path](const auto& value) { return value.path == path; });
  return found == all.rend() ? nullptr : &*found;
}

/// What values from outside the file make of the section `control`, by the checks that the file went through.
void check_again(loaded& into, const values& all) {
  const auto any = std::find_if(all.rbegin(), all.rend(), [](const auto& value) { return is_of_control(value.path); });
  if (any == all.rend())
    return;
  const auto is_of_section = [](const fault& old) {
    return is_of_control(old.path) && (old.code == fault_code::insecure || old.code == fault_code::contradiction);
  };
  const auto kept = std::stable_partition(into.faults.begin(), into.faults.end(), std::not_fn(is_of_section));
  const std::vector<fault> before{kept, into.faults.end()};
  into.faults.erase(kept, into.faults.end());
  for (const auto& found : check_control(into.config.control)) {
    const auto* setter = setter_of(all, found.path);
    const auto same =
        std::find_if(before.begin(), before.end(), [&](const fault& old) { return old.path == found.path; });
    if (setter == nullptr && same != before.end()) {
      into.faults.push_back(*same);
      continue;
    }
    auto told = file_fault(setter != nullptr ? setter->label : any->label, found.code, found.message, found.hint);
    told.path = found.path;
    into.faults.push_back(std::move(told));
  }
}

std::string without_mark(std::string text) {
  constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";
  if (text.starts_with(byte_order_mark))
    text.erase(0, byte_order_mark.size());
  return text;
}

} // namespace

base::result<std::string, fault> read_text_file(const std::string& path) {
  // Without O_NONBLOCK the open of a named pipe would wait for its writer.
  const base::descriptor file{::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)};
  if (file.get() < 0)
    return base::failure{file_fault(path, fault_code::not_readable,
                                    fmt::format("cannot be opened: {}", std::strerror(errno)),
                                    "check the path given to --config and its permissions")};

  struct stat about {};

  if (::fstat(file.get(), &about) != 0 || !S_ISREG(about.st_mode))
    return base::failure{file_fault(path, fault_code::not_a_file,
                                    S_ISDIR(about.st_mode) ? "is a directory" : "is not a plain file",
                                    "give the path of a YAML file")};
  auto text = read_all(file.get());
  if (!text)
    return base::failure{
        file_fault(path, fault_code::not_readable, fmt::format("cannot be read: {}", std::strerror(text.fault())))};
  return std::move(text).value();
}

loaded load_text(std::string name, std::string text) {
  loaded out;
  const source from{std::move(name), without_mark(std::move(text))};
  fault_sink sink{from};
  if (const auto root = parse_document(from, sink)) {
    const auto where = decode_document(*root, out, sink);
    check_config(out.config, where, sink);
  }
  out.faults = sink.take();
  return out;
}

loaded load_file(const std::string& path) {
  auto text = read_text_file(path);
  if (text)
    return load_text(path, std::move(text).value());
  loaded out;
  out.faults.push_back(text.fault());
  return out;
}

loaded load_built_in() {
  loaded out;
  out.config = built_in_config();
  return out;
}

void apply_overrides(loaded& into, const std::vector<override_value>& values) {
  const auto all = schema();
  for (const auto& value : values) {
    const auto found =
        std::find_if(all.begin(), all.end(), [&](const key& k) { return k.in == scope::node && k.path == value.path; });
    const source from{value.label, value.text};
    fault_sink sink{from};
    document_node node;
    node.kind = node_kind::scalar;
    node.text = value.text;
    if (found == all.end())
      sink.add(fault_code::unknown_key, {}, value.path, fmt::format("there is no key '{}'", value.path));
    else
      read_field(*found, found->at({&into.config, nullptr, nullptr}), node, value.path, sink);
    auto faults = sink.take();
    if (faults.empty())
      into.origins[value.path] = value.from;
    into.faults.insert(into.faults.end(), faults.begin(), faults.end());
  }
  check_again(into, values);
}

std::vector<overridden_value> overridden_in(const loaded& file, const loaded& in_force) {
  std::vector<overridden_value> out;
  auto said = file.config;
  auto held = in_force.config;
  for (const auto& key : schema()) {
    const std::string path{key.path};
    const auto by = in_force.origins.find(path);
    const bool is_over = key.in == scope::node && by != in_force.origins.end() && by->second > origin::file;
    if (!is_over || !file.origins.contains(path))
      continue;
    overridden_value found{path, write_value(key.at({&said, nullptr, nullptr})),
                           write_value(key.at({&held, nullptr, nullptr})), by->second};
    if (found.in_file != found.in_force)
      out.push_back(std::move(found));
  }
  return out;
}

std::vector<override_value> overrides_from_environment(const std::function<const char*(const char*)>& look_up) {
  std::vector<override_value> out;
  for (const auto& key : schema()) {
    if (key.in != scope::node)
      continue;
    auto path = key.path;
    if (path.starts_with("node."))
      path.remove_prefix(5);
    std::string name = "CAF_NODE_";
    for (const char c : path)
      name += c == '.' ? '_' : c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    // An empty variable counts as unset, as everywhere in the shell.
    const auto* text = look_up(name.c_str());
    if (text != nullptr && *text != '\0')
      out.push_back({std::string{key.path}, text, origin::env, std::move(name)});
  }
  return out;
}

} // namespace cafnode::conf

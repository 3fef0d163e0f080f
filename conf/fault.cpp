#include "conf/fault.hpp"

#include "conf/scalar.hpp"
#include "runtime/base/json_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace cafnode::conf {

namespace {

constexpr std::array<std::string_view, 23> code_names{
    "not_readable",   "not_a_file",    "empty",          "too_large",      "too_deep",
    "bad_utf8",       "tab",           "syntax",         "anchor",         "tag",
    "many_documents", "duplicate_key", "unknown_key",    "missing_key",    "wrong_type",
    "bad_value",      "out_of_range",  "not_unique",     "secret_literal", "wrong_version",
    "contradiction",  "insecure",      "too_many_faults"};
static_assert(code_names.size() == static_cast<std::size_t>(fault_code::too_many_faults) + 1);

constexpr std::size_t excerpt_max = 160;

std::string counted(std::size_t count, std::string_view noun) {
  return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

/// Characters in the first `bytes` of `line`, so that the caret stands right below non-ASCII text, too.
std::size_t characters(std::string_view line, std::size_t bytes) {
  std::size_t count = 0;
  for (std::size_t i = 0; i < std::min(bytes, line.size());) {
    i += std::max<std::size_t>(1, base::utf8_length(line.substr(i)));
    ++count;
  }
  return count;
}

/// The line and the caret; a line too long for a screen is shown around the place.
std::string excerpt_of(const fault& fault) {
  const auto clean = printable(fault.excerpt, fault.excerpt.size());
  std::string_view line = clean;
  const auto place = fault.caret == 0 ? fault.column : fault.caret;
  const std::size_t start = std::min<std::size_t>(std::max<std::size_t>(place, 1) - 1, line.size());
  const std::size_t cut = start + 40 > excerpt_max ? start - 40 : 0;
  std::size_t from = cut;
  while (from < line.size() && base::utf8_length(line.substr(from)) == 0)
    ++from;
  line = line.substr(from);
  std::size_t to = std::min(excerpt_max, line.size());
  while (to > 0 && to < line.size() && (static_cast<unsigned char>(line[to]) & 0xc0U) == 0x80U)
    --to;
  line = line.substr(0, to);
  const auto indent = characters(line, start - std::min(from, start));
  const auto width =
      std::max<std::size_t>(1, characters(line.substr(std::min(start - from, line.size())), fault.width));
  return fmt::format("\n{:>5} | {}\n      | {:>{}}^{:~>{}}", fault.line, line, "", indent, "", width - 1);
}

void append_member(std::string& out, std::string_view key, std::string_view value) {
  out += fmt::format(",\"{}\":", key);
  base::append_json_string(out, value);
}

} // namespace

std::string_view to_string(fault_code code) noexcept {
  return code_names[static_cast<std::size_t>(code)];
}

std::string_view to_string(severity level) noexcept {
  return level == severity::error ? "error" : "warning";
}

bool has_errors(const std::vector<fault>& faults) noexcept {
  return std::any_of(faults.begin(), faults.end(), [](const fault& f) { return f.severity == severity::error; });
}

std::string format_fault(const fault& fault) {
  std::string out = fault.file;
  if (fault.line > 0)
    out += fmt::format(":{}:{}", fault.line, fault.column);
  out += fmt::format(": {}: {}", to_string(fault.severity), fault.message);
  const bool excerpt = fault.line > 0 && !fault.excerpt.empty();
  if (excerpt)
    out += excerpt_of(fault);
  if (!fault.hint.empty())
    out += (excerpt ? " " : "; ") + fault.hint;
  return out;
}

std::string sum_up(const std::vector<fault>& faults) {
  constexpr std::size_t told_max = 400;
  const auto is_error = [](const fault& f) { return f.severity == severity::error; };
  const auto errors = static_cast<std::size_t>(std::count_if(faults.begin(), faults.end(), is_error));
  const auto first = std::find_if(faults.begin(), faults.end(), is_error);
  if (first == faults.end())
    return "the file has no errors";
  const auto place = first->line > 0 ? fmt::format("{}:{}:{}", first->file, first->line, first->column) : first->file;
  return printable(fmt::format("the file has {}, the first: {}: {}", counted(errors, "error"), place, first->message),
                   told_max);
}

std::string format_faults(const std::vector<fault>& faults) {
  std::string out;
  std::size_t errors = 0;
  for (const auto& fault : faults) {
    out += format_fault(fault) + "\n";
    errors += fault.severity == severity::error ? 1U : 0U;
  }
  const auto warnings = faults.size() - errors;
  if (faults.empty())
    return out;
  out += counted(errors, "error");
  if (warnings > 0)
    out += ", " + counted(warnings, "warning");
  return out + "\n";
}

std::string faults_to_json(const std::vector<fault>& faults) {
  std::string out = "[";
  for (const auto& fault : faults) {
    out += out.size() > 1 ? ",{\"file\":" : "{\"file\":";
    base::append_json_string(out, fault.file);
    out += fmt::format(",\"line\":{},\"column\":{}", fault.line, fault.column);
    append_member(out, "path", fault.path);
    append_member(out, "severity", to_string(fault.severity));
    append_member(out, "code", to_string(fault.code));
    append_member(out, "message", fault.message);
    append_member(out, "hint", fault.hint);
    if (!fault.excerpt.empty()) {
      append_member(out, "excerpt", fault.excerpt);
      out += fmt::format(",\"caret\":{},\"width\":{}", fault.caret, fault.width);
    }
    out += "}";
  }
  return out + "]";
}

} // namespace cafnode::conf

#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace cafnode::conf {

enum class severity : std::uint8_t { error = 0, warning = 1 };

/// What is wrong. The names are part of the JSON output: append, never rename.
enum class fault_code : std::uint8_t {
  not_readable = 0, // no such file, no permission
  not_a_file = 1,   // a directory or a device
  empty = 2,
  too_large = 3, // more than 1 MiB, or more values than fit
  too_deep = 4,
  bad_utf8 = 5, // not UTF-8, or a control character
  tab = 6,      // in the indentation
  syntax = 7,
  anchor = 8, // anchors, aliases and merge keys are refused
  tag = 9,
  many_documents = 10,
  duplicate_key = 11,
  unknown_key = 12,
  missing_key = 13,
  wrong_type = 14,
  bad_value = 15,
  out_of_range = 16,
  not_unique = 17,
  secret_literal = 18,
  wrong_version = 19, // apiVersion or kind
  contradiction = 20, // two values that do not go together
  insecure = 21,
  too_many_faults = 22, // the list was cut
};

/// One fault in a configuration, at its place.
struct fault {
  fault_code code = fault_code::bad_value;
  conf::severity severity = severity::error;
  std::string file;         // or the flag or variable that the value came from
  std::uint32_t line = 0;   // from 1; 0: the fault has no line
  std::uint32_t column = 0; // from 1, in bytes; 0: none
  std::string path;         // "exchanges.deribit.heartbeat.interval"; may be empty
  std::string message;
  std::string hint;        // what to do; may be empty
  std::string excerpt;     // of the line, what may be shown (see excerpt.hpp); may be empty
  std::uint32_t caret = 0; // where the fault stands in it, from 1, in bytes; 0: at `column`
  std::uint32_t width = 1; // bytes to underline from there
};

[[nodiscard]] std::string_view to_string(fault_code code) noexcept;
[[nodiscard]] std::string_view to_string(severity level) noexcept;

[[nodiscard]] bool has_errors(const std::vector<fault>& faults) noexcept;

/// For people: `file:line:column: error: message`, the line with a caret below it, and the hint.
[[nodiscard]] std::string format_fault(const fault& fault);

/// On one line, at most some hundred bytes: "the file has 3 errors, the first: node.yaml:4:3: unknown key 'x'".
[[nodiscard]] std::string sum_up(const std::vector<fault>& faults);

/// All of them, and the count at the end: "2 errors, 1 warning".
[[nodiscard]] std::string format_faults(const std::vector<fault>& faults);

/// A JSON array of {file,line,column,path,severity,code,message,hint}, and {excerpt,caret,width} where there is one.
[[nodiscard]] std::string faults_to_json(const std::vector<fault>& faults);

} // namespace cafnode::conf

#include "control/json_writer.hpp"

#include "runtime/base/json_text.hpp"
#include "runtime/observe/timestamp.hpp"

namespace cafnode::control {

json_writer& json_writer::open(char bracket) {
  separate();
  out_ += bracket;
  first_ = true;
  return *this;
}

json_writer& json_writer::close(char bracket) {
  out_ += bracket;
  first_ = false;
  return *this;
}

void json_writer::separate() {
  if (!first_)
    out_ += ',';
  first_ = false;
}

json_writer& json_writer::key(std::string_view name) {
  separate();
  base::append_json_string(out_, name);
  out_ += ':';
  first_ = true; // its value follows without a comma
  return *this;
}

json_writer& json_writer::value(std::string_view text) {
  separate();
  base::append_json_string(out_, text);
  return *this;
}

json_writer& json_writer::value(bool truth) {
  separate();
  out_ += truth ? "true" : "false";
  return *this;
}

json_writer& json_writer::value(base::wall_time at) {
  return value(observe::to_rfc3339(at));
}

json_writer& json_writer::null() {
  return raw("null");
}

json_writer& json_writer::raw(std::string_view json) {
  separate();
  out_ += json;
  return *this;
}

} // namespace cafnode::control

#pragma once

#include "apps/ctl/commands.hpp"
#include "apps/ctl/views.hpp"

#include <functional>
#include <string>

/// What the commands of cafctl have in common: data to standard output, once or again and again; faults to standard
/// error.
namespace cafnode::ctl {

/// What one look at the node gives: the text to show, and how the command ends if it is the last look.
struct sight {
  std::string text;
  exit_code code = exit_code::ok;
};

using seen = base::result<sight, ctl_fault>;
using look_function = std::function<seen(const look& how)>;

[[nodiscard]] exit_code fail(const options& chosen, const ctl_fault& fault);

[[nodiscard]] std::string json_line(const value& content);

/// Shows what `look_at` gives, again and again where that was asked for.
[[nodiscard]] exit_code show(const options& chosen, const look_function& look_at);

/// A command that gets one document and shows it.
[[nodiscard]] exit_code show_document(const options& chosen, const std::function<answer(const client&)>& get,
                                      const std::function<std::string(const value&, const look&)>& text);

} // namespace cafnode::ctl

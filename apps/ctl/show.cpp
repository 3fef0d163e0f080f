#include "apps/ctl/show.hpp"

#include "apps/ctl/output.hpp"
#include "apps/ctl/screen.hpp"
#include "runtime/base/json_text.hpp"
#include "runtime/base/standard_output.hpp"

#include <boost/json/serialize.hpp>

namespace cafnode::ctl {

namespace {

/// Draws again and again in one place, as large as the terminal is at that moment.
void redraw(const options& chosen, const look_function& look_at, const std::string& first) {
  screen_watch screen;
  screen_size size = size_of_screen();
  look how = chosen.how;
  live_view view;
  for (std::string text = first;;) { // ends with the signal that ends the program
    put(view.frame(text, size.rows));
    screen.wait(*chosen.watch);
    if (const screen_size now = size_of_screen(); now != size) {
      size = now;
      how.columns = now.columns;
      view.start_over();
    }
    const seen next = look_at(how);
    text = next ? next.value().text : fault_text(next.fault(), false);
  }
}

} // namespace

exit_code fail(const options& chosen, const ctl_fault& fault) {
  base::write_error(fault_text(fault, chosen.as_json));
  return fault.code;
}

std::string json_line(const value& content) {
  return base::harmless_json(boost::json::serialize(content)) + "\n";
}

exit_code show(const options& chosen, const look_function& look_at) {
  const seen first = look_at(chosen.how);
  if (!first)
    return fail(chosen, first.fault());
  if (chosen.watch && chosen.is_terminal && !chosen.as_json)
    redraw(chosen, look_at, first.value().text);
  put(first.value().text);
  if (!chosen.watch)
    return first.value().code;
  for (screen_watch screen;;) {
    screen.wait(*chosen.watch);
    const seen next = look_at(chosen.how);
    if (next)
      put(next.value().text);
    else
      static_cast<void>(fail(chosen, next.fault())); // told; the next look may see it
  }
}

exit_code show_document(const options& chosen, const std::function<answer(const client&)>& get,
                        const std::function<std::string(const value&, const look&)>& text) {
  const client node{chosen.where, chosen.timeout};
  return show(chosen, [&](const look& how) -> seen {
    const answer document = get(node);
    if (!document)
      return base::failure{document.fault()};
    return sight{chosen.as_json ? json_line(document.value()) : text(document.value(), how)};
  });
}

} // namespace cafnode::ctl

#include "apps/ctl/app_grammar.hpp"
#include "apps/ctl/completion.hpp"
#include "apps/ctl/last_words.hpp"
#include "apps/ctl/line.hpp"
#include "apps/ctl/output.hpp"
#include "apps/ctl/screen.hpp"
#include "runtime/base/standard_output.hpp"
#include "runtime/net/local_folders.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <exception>
#include <functional>
#include <sstream>
#include <string_view>
#include <unistd.h>

namespace cafnode::ctl {

namespace {

void add_globals(CLI::App& app, line& said) {
  app.add_option("--addr", said.wish.address,
                 "The node: its unix socket, its name, or HOST:PORT; by default the one that runs here")
      ->envname("CAF_ADDR")
      ->check([](const std::string& text) { return parse_address(text) ? "" : "not an address: a path or HOST:PORT"; });
  app.add_option("--token-file", said.wish.token_file, "A file of mode 0600 with a token, for what TCP does not allow")
      ->envname("CAF_TOKEN_FILE")
      ->check(check_text);
  app.add_option("--ca-file", said.wish.ca_file, "PEM file with the authorities to trust, for https://HOST:PORT")
      ->envname("CAF_CA_FILE")
      ->check(check_text);
  app.add_option("-o,--output", said.output, "table, wide (all columns, nothing cut) or json")
      ->check(CLI::IsMember({"table", "wide", "json"}))
      ->capture_default_str();
  app.add_option("--timeout", said.timeout, "How long to wait for an answer")->check(check_span)->capture_default_str();
  app.add_flag("--no-color", said.no_color, "No colours; NO_COLOR in the environment does the same");
  app.set_version_flag("--version", std::string{"cafctl "} + CAFNODE_VERSION);
}

void add_sup(CLI::App& app, line& said) {
  CLI::App* sup = add_group(app, "sup", "Supervisors and what they look after");
  CLI::App* tree = add(
      *sup, "tree", "The tree, or a part of it", [](const line& with) { return show_tree(with.chosen, with.tree); },
      said);
  tree->add_option("PATH", said.tree.path, "The part to show, for example tokyo/deribit")->check(check_text);
  tree->add_option("--limit", said.tree.limit, "How many rows at most; the last line says how to get the next")
      ->check(CLI::Range(1, 10'000))
      ->capture_default_str();
  tree->add_option("--after", said.tree.after, "Go on behind this path")->check(check_text);
  add_watch(*tree, said);
  CLI::App* show = add(
      *sup, "show", "One supervisor or child: how it is, its last restarts, what happened to it",
      [](const line& with) { return show_path(with.chosen, with.path); }, said);
  show->add_option("PATH", said.path, "Its path, as `sup tree` shows it")->required()->check(check_text);
  add_watch(*show, said);
  CLI::App* restart = add(
      *sup, "restart", "Have a child restarted by its supervisor, as planned: it costs nothing of the intensity",
      [](const line& with) {
        return restart_path(with.chosen, with.path, with.renew ? "make_before_break" : "default");
      },
      said);
  restart->add_option("PATH", said.path, "Its path, as `sup tree` shows it")->required()->check(check_text);
  restart->add_flag("--make-before-break", said.renew, "Start the new one, and stop the old one when that is ready");
  CLI::App* kill = add(
      *sup, "kill", "Kill an actor, to see it come back (a debugging tool)",
      [](const line& with) { return kill_path(with.chosen, with.path, with.ask, with.sure); }, said);
  kill->add_option("PATH", said.path, "Its path, as `sup tree` shows it")->required()->check(check_text);
  kill->add_flag("--asked,--ask", said.ask, "Ask it to stop instead");
  kill->add_flag("-y,--yes", said.sure, "Do not ask, even if it is the root with all that runs");
}

void add_views(CLI::App& app, line& said) {
  CLI::App* status = add(
      app, "status", "The node at a glance; ends with 1 when it is not well",
      [](const line& with) { return show_status(with.chosen); }, said);
  add_watch(*status, said);

  add_sup(app, said);
}

void add_connections(CLI::App& app, line& said) {
  CLI::App* conn = add_group(app, "conn", "Exchange connections");
  CLI::App* list = add(
      *conn, "ls", "All of them", [](const line& with) { return list_connections(with.chosen); }, said);
  add_watch(*list, said);
  CLI::App* show = add(
      *conn, "show", "One of them", [](const line& with) { return show_connection(with.chosen, with.name); }, said);
  show->add_option("NAME", said.name, "The connection")->required()->check(check_text);
  add_watch(*show, said);
  CLI::App* close = add(
      *conn, "close", "Close one; its supervisor dials again",
      [](const line& with) { return close_connection(with.chosen, with.name); }, said);
  close->add_option("NAME", said.name, "The connection")->required()->check(check_text);
}

void add_events(CLI::App& app, line& said) {
  CLI::App* event = add_group(app, "event", "What happened");
  CLI::App* tail = add(
      *event, "tail", "The latest events", [](const line& with) { return tail_events(with.chosen, with.filter); },
      said);
  tail->add_option("-n", said.filter.count, "How many of the latest")
      ->check(CLI::Range(1, 10'000))
      ->capture_default_str();
  tail->add_option("--since", said.filter.since, "Those behind this sequence number, from the oldest on")
      ->check(check_sequence);
  tail->add_option("--kind", said.filter.kind, "Only this kind, for example phase_changed")->check(check_text);
  tail->add_flag("-f,--follow", said.filter.follow, "Go on with those that come");
}

void add_order_place(CLI::App& orders, line& said) {
  CLI::App* place = add(
      orders, "place", "Place one order", [](const line& with) { return place_order(with.chosen, with.order); }, said);
  place->add_option("CONNECTION", said.order.connection)->required();
  place->add_option("SIDE", said.order.side, "buy or sell")->required()->check(CLI::IsMember({"buy", "sell"}));
  place->add_option("AMOUNT", said.order.amount, "In the instrument's unit")->required();
  place->add_option("INSTRUMENT", said.order.instrument, "For example BTC-PERPETUAL")->required();
  CLI::Option_group* kind = place->add_option_group("kind", "One of");
  kind->add_option("--price", said.order.price,
                   "A limit order at this price; combos have prices of zero and below, too")
      ->check(check_text);
  kind->add_flag("--market", said.market, "A market order, which trades at once at whatever price there is");
  kind->require_option(1);
  place->add_option("--tif", said.order.tif)
      ->check(CLI::IsMember({"good_til_cancelled", "good_til_day", "fill_or_kill", "immediate_or_cancel"}));
  place->add_flag("--post-only", said.order.post_only, "Refused if it would trade at once");
  place->add_flag("--reduce-only", said.order.reduce_only, "Only makes a position smaller");
}

void add_orders(CLI::App& app, line& said) {
  CLI::App* orders = add_group(app, "order", "Orders (a debugging tool: nothing placed here is recovered)");
  add_order_place(*orders, said);
  CLI::App* edit = add(
      *orders, "edit", "Change an open order",
      [](const line& with) { return edit_order(with.chosen, with.name, with.label, with.amount, with.price); }, said);
  edit->add_option("CONNECTION", said.name)->required()->check(check_text);
  edit->add_option("LABEL", said.label)->required()->check(check_text);
  edit->add_option("--amount", said.amount, "The new total, fills included")->required()->check(check_text);
  edit->add_option("--price", said.price)->required()->check(check_text);
  CLI::App* cancel = add(
      *orders, "cancel", "Cancel an open order",
      [](const line& with) { return cancel_order(with.chosen, with.name, with.label); }, said);
  cancel->add_option("CONNECTION", said.name)->required()->check(check_text);
  cancel->add_option("LABEL", said.label, "Its label or the exchange's id")->required()->check(check_text);
  CLI::App* list = add(
      *orders, "ls", "The orders that the connections know, whether they are up or not",
      [](const line& with) { return list_orders(with.chosen, with.orders); }, said);
  list->add_option("CONNECTION", said.orders.connection, "Of this connection; of all without it")->check(check_text);
  list->add_option(
          "--state", said.orders.state,
          "In one of these, with commas between: open, untriggered, in_doubt, ...; live: all that are not over")
      ->check(check_text);
  list->add_option("--instrument", said.orders.instrument, "On this instrument")->check(check_text);
  list->add_option("--side", said.orders.side, "buy or sell")->check(CLI::IsMember({"buy", "sell"}));
  add_watch(*list, said);
}

void add_completion(CLI::App& app, line& said) {
  CLI::App* completion = add(
      app, "completion", "Print the script that makes a shell complete cafctl's commands and the node's names",
      [](const line& with) {
        put(completion_script(with.shell));
        return exit_code::ok;
      },
      said);
  completion->add_option("SHELL", said.shell, "bash: source <(cafctl completion bash)")
      ->required()
      ->check(CLI::IsMember({"bash", "zsh", "fish"}));
  add_offline(*completion, said); // the script is the same for all nodes
}

/// Whether JSON was asked for on a command line that could not be read.
bool wants_json(int count, char** words) {
  for (int place = 1; place < count; ++place) {
    const std::string_view word = words[place], next = place + 1 < count ? words[place + 1] : "";
    if (word == "-ojson" || word == "--output=json" || ((word == "-o" || word == "--output") && next == "json"))
      return true;
  }
  return false;
}

void settle(line& said) {
  options& chosen = said.chosen;
  chosen.timeout = parse_span(said.timeout).value_or(chosen.timeout);
  chosen.as_json = said.output == "json";
  chosen.is_terminal = is_terminal();
  chosen.how = look_of_terminal(chosen.is_terminal, said.no_color, size_of_screen().columns);
  chosen.how.wide = said.output == "wide";
  if (!said.watch.empty())
    chosen.watch = parse_span(said.watch);
}

/// What is no request of the node's user, and what only such a one can tell.
std::string wrong_together(const line& said) {
  if (!said.market || (said.order.tif.empty() && !said.order.post_only))
    return {};
  return fmt::format("a market order trades at once: it takes no {}", said.order.tif.empty() ? "--post-only" : "--tif");
}

base::result<node_address, ctl_fault> find(const node_wish& wish) {
  return find_node(wish, net::control_socket_folders([](const char* name) { return std::getenv(name); }, ::geteuid()));
}

/// The value of an option that stands among the words, or in the environment.
std::string wished(const completion_point& here, const char* option, const char* variable) {
  if (const auto given = here.at.values.find(option); given != here.at.values.end())
    return given->second;
  const char* value = std::getenv(variable);
  return value == nullptr ? std::string{} : std::string{value};
}

/// What a shell may offer: never a word on standard error, and soon.
int complete(const CLI::App& app, const std::vector<std::string>& words) {
  constexpr std::chrono::milliseconds patience{400};
  const command_word root = grammar_of(app);
  const completion_point here = point_of(root, words);
  std::vector<offer> offers = asks_for_file(here) ? offers_of_files(here.word) : offers_of_grammar(here);
  if (!asked_of_node(here).empty()) {
    const node_wish wish{wished(here, "--addr", "CAF_ADDR"), wished(here, "--token-file", "CAF_TOKEN_FILE"),
                         wished(here, "--ca-file", "CAF_CA_FILE")};
    if (auto where = find(wish))
      offers = offers_of_node(here, client{std::move(where).value(), patience});
  }
  put(offer_lines(here, offers));
  return static_cast<int>(exit_code::ok);
}

int refuse(const ctl_fault& fault, bool as_json) {
  base::write_error(fault_text(fault, as_json));
  return static_cast<int>(fault.code);
}

int parse_and_run(CLI::App& app, line& said, int count, char** words) {
  const std::vector<std::string> behind(words + 1, words + count);
  const bool as_json = wants_json(count, words);
  if (const std::string empty = empty_option(behind); !empty.empty())
    return refuse({exit_code::usage, "usage", empty + " is empty", "give it a value, or leave it out"}, as_json);
  try {
    app.parse(count, words);
  } catch (const CLI::Success& help) {
    std::ostringstream text, unused;
    const int code = app.exit(help, text, unused);
    put(text.str());
    return code == 0 ? 0 : static_cast<int>(exit_code::failed);
  } catch (const CLI::ParseError& wrong) {
    mistake found = find_mistake(grammar_of(app), behind);
    if (found.message.empty())
      found = {wrong.what(), "cafctl --help shows what there is"};
    return refuse({exit_code::usage, "usage", found.message, found.hint}, as_json);
  }
  if (const std::string why = wrong_together(said); !why.empty())
    return refuse({exit_code::usage, "usage", why, "leave it out, or give a --price"}, as_json);
  settle(said);
  if (said.needs_node) {
    auto where = find(said.wish);
    if (!where)
      return refuse(where.fault(), as_json);
    said.chosen.where = std::move(where).value();
  }
  return static_cast<int>(said.command(said));
}

int run(int count, char** words) {
  line said;
  CLI::App app{"Talks to a running caf-node.\n\nEnds with 0 ok, 1 failed, 2 usage, 3 unreachable, 4 not allowed, "
               "5 not found, 6 conflict, 7 timed out, 78 bad configuration, 130 interrupted.",
               "cafctl"};
  app.require_subcommand(1);
  add_globals(app, said);
  add_views(app, said);
  add_connections(app, said);
  add_events(app, said);
  add_orders(app, said);
  add_config(app, said);
  add_completion(app, said);
  if (count > 1 && std::string_view{words[1]} == "__complete")
    return complete(app, {words + 2, words + count});
  if (count > 1)
    return parse_and_run(app, said, count, words);
  put(app.help());
  return static_cast<int>(exit_code::ok);
}

} // namespace

} // namespace cafnode::ctl

int main(int count, char** words) {
  using namespace cafnode::ctl;
  hold_standard_descriptors();
  std::signal(SIGINT, end_interrupted);
  try {
    return run(count, words);
  } catch (const output_failed& broken) {
    return refuse({exit_code::failed, "output_failed", broken.what(), {}}, wants_json(count, words));
  } catch (const std::exception& broken) {
    cafnode::base::write_error(fmt::format("cafctl: {}\n", broken.what()));
    return static_cast<int>(exit_code::failed);
  }
}

#include "apps/ctl_commands.hpp"
#include "apps/ctl_find.hpp"
#include "runtime/net/local_folders.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <functional>
#include <string_view>
#include <sys/ioctl.h>
#include <unistd.h>

namespace cafnode::ctl {

namespace {

/// What the command line says, as it is read.
struct line {
  options chosen;
  std::string timeout = "5s", output = "table", watch;
  bool no_color = false, market = false;
  std::string path, name, label, amount, price;
  bool ask = false, renew = false;
  tree_part tree;
  event_filter filter;
  new_order order;
  node_wish wish;
  std::function<exit_code(const line&)> command;
};

void on_interrupt(int) {
  ::_exit(static_cast<int>(exit_code::interrupted));
}

winsize terminal_size() {
  winsize size{};
  return ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 ? size : winsize{};
}

std::string check_sequence(const std::string& text) {
  const bool is_number = text.find_first_not_of("0123456789") == std::string::npos && text.size() < 20;
  return is_number ? "" : "not the sequence number of an event";
}

std::string check_span(const std::string& text) {
  return parse_span(text) ? "" : "not a time: 500ms, 5s, 2m, or a number of seconds";
}

void add_globals(CLI::App& app, line& said) {
  app.add_option("--addr", said.wish.address,
                 "The node: its unix socket, its name, or HOST:PORT; by default the one that runs here")
      ->envname("CAF_ADDR")
      ->check([](const std::string& text) { return parse_address(text) ? "" : "not an address: a path or HOST:PORT"; });
  app.add_option("--token-file", said.wish.token_file, "A file of mode 0600 with a token, for what TCP does not allow")
      ->envname("CAF_TOKEN_FILE");
  app.add_option("--ca-file", said.wish.ca_file, "PEM file with the authorities to trust, for https://HOST:PORT")
      ->envname("CAF_CA_FILE");
  app.add_option("-o,--output", said.output, "table or json")
      ->check(CLI::IsMember({"table", "json"}))
      ->capture_default_str();
  app.add_option("--timeout", said.timeout, "How long to wait for an answer")->check(check_span)->capture_default_str();
  app.add_flag("--no-color", said.no_color, "No colours; NO_COLOR in the environment does the same");
  app.set_version_flag("--version", std::string{"cafctl "} + CAFNODE_VERSION);
}

/// -w, for the commands that show something.
void add_watch(CLI::App& command, line& said) {
  command.add_option("-w,--watch", said.watch, "Show it again and again, every second or as often as said")
      ->expected(0, 1)
      ->default_str("1s")
      ->check(check_span);
}

CLI::App* add(CLI::App& under, const std::string& name, const std::string& what,
              std::function<exit_code(const line&)> run, line& said) {
  CLI::App* command = under.add_subcommand(name, what);
  command->fallthrough()->footer("`cafctl --help` lists what every command takes: --addr, -o json, --timeout.");
  command->callback([&said, run = std::move(run)] { said.command = run; });
  return command;
}

CLI::App* add_group(CLI::App& app, const std::string& name, const std::string& what) {
  CLI::App* group = app.add_subcommand(name, what);
  group->fallthrough()->require_subcommand(1);
  return group;
}

void add_sup(CLI::App& app, line& said) {
  CLI::App* sup = add_group(app, "sup", "Supervisors and what they look after");
  CLI::App* tree = add(
      *sup, "tree", "The tree, or a part of it", [](const line& with) { return show_tree(with.chosen, with.tree); },
      said);
  tree->add_option("PATH", said.tree.path, "The part to show, for example tokyo/deribit");
  tree->add_option("--limit", said.tree.limit, "How many rows at most; the last line says how to get the next")
      ->check(CLI::Range(1, 10'000))
      ->capture_default_str();
  tree->add_option("--after", said.tree.after, "Go on behind this path");
  add_watch(*tree, said);
  CLI::App* show = add(
      *sup, "show", "One supervisor or child: how it is, its last restarts, what happened to it",
      [](const line& with) { return show_path(with.chosen, with.path); }, said);
  show->add_option("PATH", said.path, "Its path, as `sup tree` shows it")->required();
  add_watch(*show, said);
  CLI::App* restart = add(
      *sup, "restart", "Have a child restarted by its supervisor, as planned: it costs nothing of the intensity",
      [](const line& with) {
        return restart_path(with.chosen, with.path, with.renew ? "make_before_break" : "default");
      },
      said);
  restart->add_option("PATH", said.path, "Its path, as `sup tree` shows it")->required();
  restart->add_flag("--make-before-break", said.renew, "Start the new one, and stop the old one when that is ready");
  CLI::App* kill = add(
      *sup, "kill", "Kill an actor, to see it come back (a debugging tool)",
      [](const line& with) { return kill_path(with.chosen, with.path, with.ask); }, said);
  kill->add_option("PATH", said.path, "Its path, as `sup tree` shows it")->required();
  kill->add_flag("--asked,--ask", said.ask, "Ask it to stop instead");
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
  show->add_option("NAME", said.name, "The connection")->required();
  add_watch(*show, said);
  CLI::App* close = add(
      *conn, "close", "Close one; its supervisor dials again",
      [](const line& with) { return close_connection(with.chosen, with.name); }, said);
  close->add_option("NAME", said.name, "The connection")->required();
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
  tail->add_option("--kind", said.filter.kind, "Only this kind, for example phase_changed");
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
  kind->add_option("--price", said.order.price, "A limit order at this price");
  kind->add_flag("--market", said.market, "A market order, which trades at once at whatever price there is");
  kind->require_option(1);
  place->add_option("--tif", said.order.tif)
      ->check(CLI::IsMember({"good_til_cancelled", "good_til_day", "fill_or_kill", "immediate_or_cancel"}));
  place->add_flag("--post-only", said.order.post_only, "Refused if it would trade at once");
  place->add_flag("--reduce-only", said.order.reduce_only, "Only makes a position smaller");
}

void add_orders(CLI::App& app, line& said) {
  CLI::App* orders = add_group(app, "order", "Orders of one connection (a debugging tool: nothing here is recovered)");
  add_order_place(*orders, said);
  CLI::App* edit = add(
      *orders, "edit", "Change an open order",
      [](const line& with) { return edit_order(with.chosen, with.name, with.label, with.amount, with.price); }, said);
  edit->add_option("CONNECTION", said.name)->required();
  edit->add_option("LABEL", said.label)->required();
  edit->add_option("--amount", said.amount, "The new total, fills included")->required();
  edit->add_option("--price", said.price)->required();
  CLI::App* cancel = add(
      *orders, "cancel", "Cancel an open order",
      [](const line& with) { return cancel_order(with.chosen, with.name, with.label); }, said);
  cancel->add_option("CONNECTION", said.name)->required();
  cancel->add_option("LABEL", said.label, "Its label or the exchange's id")->required();
  CLI::App* list = add(
      *orders, "ls", "The orders that a connection knows",
      [](const line& with) { return list_orders(with.chosen, with.name); }, said);
  list->add_option("CONNECTION", said.name)->required();
  add_watch(*list, said);
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
  chosen.is_terminal = ::isatty(STDOUT_FILENO) == 1;
  chosen.rows = terminal_size().ws_row;
  chosen.how = look_of_terminal(chosen.is_terminal, said.no_color, terminal_size().ws_col);
  if (!said.watch.empty())
    chosen.watch = parse_span(said.watch);
}

int run(int count, char** words) {
  line said;
  CLI::App app{"Talks to a running caf-node.\n\nEnds with 0 ok, 1 failed, 2 usage, 3 unreachable, 4 not allowed, "
               "5 not found, 6 conflict, 7 timed out, 130 interrupted.",
               "cafctl"};
  app.require_subcommand(1);
  add_globals(app, said);
  add_views(app, said);
  add_connections(app, said);
  add_events(app, said);
  add_orders(app, said);
  try {
    app.parse(count, words);
  } catch (const CLI::Success& help) {
    return app.exit(help) == 0 ? 0 : static_cast<int>(exit_code::failed);
  } catch (const CLI::ParseError& wrong) {
    const ctl_fault fault{exit_code::usage, "usage", wrong.what(), "cafctl --help shows what there is"};
    fmt::print(stderr, "{}", fault_text(fault, wants_json(count, words)));
    return static_cast<int>(fault.code);
  }
  settle(said);
  auto where = find_node(said.wish,
                         net::control_socket_folders([](const char* name) { return std::getenv(name); }, ::geteuid()));
  if (!where) {
    fmt::print(stderr, "{}", fault_text(where.fault(), said.chosen.as_json));
    return static_cast<int>(where.fault().code);
  }
  said.chosen.where = std::move(where).value();
  return static_cast<int>(said.command(said));
}

} // namespace

} // namespace cafnode::ctl

int main(int count, char** words) {
  std::signal(SIGINT, cafnode::ctl::on_interrupt);
  try {
    return cafnode::ctl::run(count, words);
  } catch (const std::exception& broken) {
    fmt::print(stderr, "cafctl: {}\n", broken.what());
    return static_cast<int>(cafnode::ctl::exit_code::failed);
  }
}

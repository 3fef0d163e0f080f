#include "chaos/world/virtual_node.hpp"

#include "actors/session/wanted.hpp"
#include "runtime/base/invariant.hpp"
#include "runtime/process/tell.hpp"

#include <variant>

namespace cafnode::chaos {

/// Where one connection runs: the one home that there is, and links to the virtual exchange.
class virtual_node::seat final : public session::connection_seat {
public:
  seat(virtual_node& node, std::string name, sim::virtual_exchange& exchange, sim::agenda& time)
      : node_{node}, name_{std::move(name)}, exchange_{exchange}, time_{time} {}

  process::home& home() override { return node_.world_.home(); }

  std::unique_ptr<net::ws_link> make_link(net::dial_options options, net::link_limits limits,
                                          net::ws_link_handler& handler) override {
    auto made = std::make_unique<memory_link>(exchange_, time_, node_.weather_, std::move(options), limits, handler);
    node_.links_[name_] = made->handle();
    return made;
  }

  /// Deribit's machine asks nothing over HTTP: whoever does has to be given an exchange that answers.
  std::unique_ptr<net::http_ask> ask_http(net::http_ask_options, net::http_question,
                                          std::function<void(net::http_outcome)>) override {
    CAFNODE_INVARIANT(false, "a virtual node was asked for an HTTP request");
    return nullptr;
  }

private:
  virtual_node& node_;
  std::string name_;
  sim::virtual_exchange& exchange_;
  sim::agenda& time_;
};

virtual_node::virtual_node(const conf::node_config& config, seeds chance, sim::virtual_exchange& exchange,
                           sim::agenda& time)
    : world_{chance.order} {
  session::depot_inputs inputs;
  inputs.seats = [this, &exchange, &time](const std::string& connection) {
    return std::make_shared<seat>(*this, connection, exchange, time);
  };
  inputs.clock = &world_.home().timers();
  inputs.board = board_;
  inputs.notices = told_;
  inputs.events = told_;
  inputs.seed = chance.node;
  depot_ = std::make_shared<session::depot>(std::move(inputs));
  depot_->want(session::wanted_of(config), 1);
  auto outcome = supervision::start_supervisor(world_.system(), nullptr, depot_->root_plan());
  CAFNODE_INVARIANT(std::holds_alternative<supervision::started>(outcome), "a virtual node could not be started");
  root_ = std::get<supervision::started>(outcome).child;
  world_.run();
}

virtual_node::~virtual_node() = default;

memory_link* virtual_node::link_of(const std::string& connection) {
  const auto found = links_.find(connection);
  const auto link = found == links_.end() ? nullptr : found->second.lock();
  return link ? *link : nullptr;
}

caf::actor virtual_node::process_of(const std::string& connection, std::string_view name) {
  const auto record = board_->find(connection);
  if (!record)
    return {};
  const auto label = record->view().path + "/" + std::string{name};
  for (const auto& live : world_.services().live())
    if (live.label == label)
      return live.handle;
  return {};
}

void virtual_node::stop() {
  process::ask_to_stop(root_);
  root_ = nullptr;
  world_.run();
}

} // namespace cafnode::chaos

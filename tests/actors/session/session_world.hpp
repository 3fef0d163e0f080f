#pragma once

#include "actors/session/connection_supervisor.hpp"
#include "actors/session/order_messages.hpp"
#include "runtime/virtual/virtual_world.hpp"
#include "tests/actors/session/fake_exchange.hpp"

#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

namespace cafnode::test {

/// Keeps what a session tells of itself.
class notice_log final : public session::notice_sink {
public:
  void publish(session::notice happened) override;

  [[nodiscard]] std::size_t count(std::string_view kind) const;

  /// The field of the latest notice of that kind, as it is shown; empty when there is none.
  [[nodiscard]] std::string latest(std::string_view kind, std::string_view field) const;

  /// The latest of this kind; there must be one.
  template<class Fact>
  [[nodiscard]] Fact last() const {
    for (auto one = notices.rbegin(); one != notices.rend(); ++one)
      if (const auto* fact = std::get_if<Fact>(&one->what))
        return *fact;
    throw std::logic_error{"nothing of this kind was told"};
  }

  std::vector<session::notice> notices;
};

class event_log final : public supervision::event_sink {
public:
  void publish(const supervision::event& happened) override { events.push_back(happened); }

  [[nodiscard]] std::size_t count(supervision::transition what, std::string_view child) const;

  std::vector<supervision::event> events;
};

/// One connection under its real supervisor, in virtual time, against a toy exchange that the test plays.
class session_world {
public:
  /// With a seed, processes that are ready run in an order drawn from it.
  explicit session_world(session::session_config config = standard(),
                         std::optional<std::uint64_t> order_seed = std::nullopt);

  [[nodiscard]] static session::session_config standard();

  /// The link and the machine of the connection that is up now.
  [[nodiscard]] fake_link& link() { return *link_; }

  [[nodiscard]] fake_machine& machine() { return *machine_; }

  [[nodiscard]] std::size_t dials() const noexcept { return dials_; }

  [[nodiscard]] session::phase phase() const { return record->view().phase; }

  /// Plays the peer up to `live`; `open` are the orders it lists.
  void go_live(const std::vector<venues::order_report>& open = {});

  /// Plays the two answers with which every reconciliation begins.
  void answer_reconciliation(const std::vector<venues::order_report>& open);

  /// Lets the machine emit `what` out of a frame.
  void peer_says(const venues::event& what);

  /// The id of the latest request whose word begins with `word`; 0 when there is none.
  [[nodiscard]] venues::request_id request(std::string_view word);

  /// The process with this id under the connection's supervisor.
  [[nodiscard]] caf::actor process(std::string_view id);

  /// Asks the gate and gives its answer, once there is one.
  template<class Question>
  std::shared_ptr<std::optional<session::order_outcome>> ask_gate(Question question);

  virtual_time::virtual_world world;
  std::shared_ptr<session::connection_record> record;
  std::shared_ptr<notice_log> notices = std::make_shared<notice_log>();
  std::shared_ptr<event_log> events = std::make_shared<event_log>();
  std::shared_ptr<session::session_context> context;
  caf::actor supervisor;
  std::vector<std::string> verdicts;                 // what was said of the address, over all links
  std::optional<session::session_settings> settings; // what the configuration says now; none: what it began with
  std::string lacks;                                 // what the next machine cannot be made without; empty: nothing

private:
  fake_link* link_ = nullptr;
  fake_machine* machine_ = nullptr;
  std::size_t dials_ = 0;
};

template<class Question>
std::shared_ptr<std::optional<session::order_outcome>> session_world::ask_gate(Question question) {
  auto answer = std::make_shared<std::optional<session::order_outcome>>();
  world.spawn_function("asker", [gate = process("order_gate"), question, answer](process::process_base& self) {
    self.request(gate, caf::infinite, question)
        .then([answer](const session::order_outcome& outcome) { *answer = outcome; }, [](const caf::error&) {});
    return caf::behavior{[](int) {}};
  });
  world.run();
  return answer;
}

} // namespace cafnode::test

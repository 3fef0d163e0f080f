#pragma once

#include "actors/session/order_messages.hpp"
#include "bench/config_bed.hpp"
#include "bench/simulator.hpp"

#include <chrono>
#include <string>
#include <string_view>

namespace cafnode::test {

/// A simulator of its own, and a node on it whose configuration can be pushed.
class config_world {
public:
  explicit config_world(std::size_t connections = 4,
                        std::shared_ptr<control::config_store> kept = control::make_memory_config_store());
  ~config_world();

  /// The text that runs at first, with `old` replaced by `young` (all of them).
  [[nodiscard]] std::string text(std::string_view old = {}, std::string_view young = {}) const;

  /// The same with more lines behind its list of connections.
  [[nodiscard]] std::string with(const std::string& lines) const { return text_ + lines; }

  [[nodiscard]] control::config_answer ask(control::config_wish wish) const;
  [[nodiscard]] control::config_answer apply(std::string text,
                                             std::chrono::milliseconds healthy = std::chrono::seconds{20}) const;
  [[nodiscard]] control::config_answer plan(std::string text) const;

  /// Places a resting order through the gate of that connection, and waits for the answer.
  [[nodiscard]] session::order_outcome place(std::string_view connection) const;

  [[nodiscard]] std::shared_ptr<session::connection_record> connection(std::string_view name) const;
  [[nodiscard]] std::uint64_t opens() const;
  [[nodiscard]] bool all_live(std::size_t count) const;

  bench::simulator exchange{false, {}};

private:
  std::string text_;

public:
  bench::config_bed bed;
};

} // namespace cafnode::test

#pragma once

#include "runtime/net/asio_types.hpp"

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>

namespace cafnode::net {

struct gate_limits {
  std::size_t places = 32; // handshakes under way at a time
  /// A handshake that has been under way for so long waits for its peer, not for us, and no longer counts: a peer that
  /// hangs keeps nobody else out.
  std::chrono::milliseconds counts_for{500};
};

/// How a gate does. Written on its thread, read on any.
struct gate_figures {
  std::atomic<std::uint32_t> under_way{0};
  std::atomic<std::uint32_t> waiting{0};
};

/// Bounds the handshakes (TCP, TLS, upgrade) that one I/O thread has under way, so that a storm of dials never stands
/// between a live connection and its frames for longer than a few of them take. First come, first served; the queue is
/// as long as there are links that dial. One thread.
class handshake_gate : public std::enable_shared_from_this<handshake_gate> {
public:
  struct turn;

  /// A turn of the gate, awaited or had; its end gives it up. Movable.
  class place {
  public:
    place() = default;
    place(std::shared_ptr<handshake_gate> gate, std::shared_ptr<turn> mine);
    place(place&& other) noexcept = default;
    place& operator=(place&& other) noexcept;
    ~place();

  private:
    void give_up() noexcept;

    std::shared_ptr<handshake_gate> gate_;
    std::shared_ptr<turn> turn_;
  };

  explicit handshake_gate(boost::asio::io_context& io, gate_limits limits = {});

  /// Waits for a turn; then `go` is called once, never from inside this call, unless the place is given up first.
  [[nodiscard]] place enter(std::function<void()> go);

  /// Ends all waiting; for the end of the io_context.
  void shut() noexcept;

  [[nodiscard]] std::shared_ptr<const gate_figures> figures() const noexcept { return figures_; }

private:
  void leave(turn& gone) noexcept;
  void admit();
  void expire_holders();
  void watch_oldest();
  void show() noexcept;

  boost::asio::io_context& io_;
  gate_limits limits_;
  steady_timer timer_;
  std::deque<std::shared_ptr<turn>> waiting_;
  std::deque<std::shared_ptr<turn>> holding_; // in the order in which they came in
  std::shared_ptr<gate_figures> figures_ = std::make_shared<gate_figures>();
  bool shut_ = false;
  bool watched_ = false;
};

} // namespace cafnode::net

#pragma once

#include "actors/venues/lane.hpp"
#include "runtime/net/ws_link.hpp"

#include <caf/abstract_actor.hpp>
#include <caf/message.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace cafnode::session {

/// Makes the link of one lane; its calls go to the handler.
using link_maker =
    std::function<std::unique_ptr<net::ws_link>(const venues::lane_spec& lane, net::ws_link_handler& handler)>;

/// The sockets of one connection, a link a lane. What a link calls becomes a message to the owner: link_opened,
/// link_frame_ready, link_gone, link_pinged. On the owner's thread only.
class lane_links {
public:
  /// `owner` outlives it.
  explicit lane_links(caf::abstract_actor& owner) noexcept;
  ~lane_links();
  lane_links(const lane_links&) = delete;
  lane_links& operator=(const lane_links&) = delete;

  /// Dials all but those for later. Once. True when there is none to wait for.
  bool open(const std::vector<venues::lane_spec>& lanes, const link_maker& make);

  /// Dials one that was for later. Once a lane.
  void open_later(venues::lane lane, const venues::lane_spec& where, const link_maker& make);

  /// Drops them all, at once and silently.
  void drop();

  /// Whether there are links, or will be.
  explicit operator bool() const noexcept { return !lines_.empty(); }

  /// A link says that it is open; true with the last of those that were dialed.
  bool opened(venues::lane lane);

  /// A link says that it is gone; true with the last of those that were dialed.
  bool closed(venues::lane lane);

  /// Asks all links that were dialed for their next message.
  void read_all();

  /// Asks for the next message of this one.
  void read_next(venues::lane lane);

  [[nodiscard]] std::string_view frame(venues::lane lane) const;

  /// A link_pinged has been read: the next ping is told again. A peer that only pings fills no mailbox.
  void took_ping(venues::lane lane);

  /// False when the link is not open: nothing was sent.
  [[nodiscard]] bool send(venues::lane lane, std::string_view text);

  // As ws_link's, of all of them.
  void close(std::uint16_t code, std::string_view reason);
  void proven();
  void acquit();
  [[nodiscard]] std::uint64_t bytes_received() const noexcept;

  /// The other side of the first that was dialed, for a person.
  [[nodiscard]] std::string peer() const;

private:
  class line;

  void dial(line& one, const venues::lane_spec& where, const link_maker& make);

  caf::abstract_actor* owner_;
  std::vector<std::unique_ptr<line>> lines_; // of all lanes
  std::size_t dialed_ = 0;
  std::size_t open_ = 0;   // of these
  std::size_t closed_ = 0; // of these
};

} // namespace cafnode::session

#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace cafnode::bench {

/// Just enough of Deribit to time a client: it asks for signs of life and measures how long each takes, and pushes
/// ticker frames to other connections. Its own threads; clients say by their path what they are:
///
///   /probe/ours, /probe/beast   asked in turn by `measure`
///   /load                       gets ten ticker frames per second, once it has subscribed (or at once with /load/bare)
class stub_exchange {
public:
  stub_exchange();
  ~stub_exchange();
  stub_exchange(const stub_exchange&) = delete;
  stub_exchange& operator=(const stub_exchange&) = delete;

  [[nodiscard]] std::uint16_t port() const noexcept;

  /// Waits until both probes and `loads` load connections are there. False: they were not within a minute.
  [[nodiscard]] bool wait_for(std::size_t loads);

  struct samples {
    std::vector<double> ours_us;
    std::vector<double> beast_us;
  };

  /// Asks each probe `rounds` times, in turn, after some rounds that do not count. From test_request written to
  /// public/test read.
  [[nodiscard]] samples measure(std::size_t rounds);

private:
  struct machinery;

  std::unique_ptr<machinery> machinery_;
};

} // namespace cafnode::bench

#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace cafnode::test {

/// What a name server says to one question: nothing at all, or after a while these addresses (none: the name has none
/// of that kind).
struct name_reply {
  std::vector<std::string> addresses;
  std::chrono::milliseconds after{0};
};

/// A name server on 127.0.0.1 and a free UDP port, on a thread of its own; any number of questions may be open.
class name_stub {
public:
  /// Called on the stub's thread; `six` asks for IPv6 addresses.
  using script = std::function<std::optional<name_reply>(const std::string& name, bool six)>;

  explicit name_stub(script says);
  name_stub(const name_stub&) = delete;
  name_stub& operator=(const name_stub&) = delete;
  ~name_stub();

  /// For net::dial_options::name_servers.
  [[nodiscard]] std::string servers() const { return "127.0.0.1:" + std::to_string(port_); }

  [[nodiscard]] int questions() const noexcept { return questions_; }

private:
  void serve();

  script says_;
  int socket_ = -1;
  std::uint16_t port_ = 0;
  std::atomic<int> questions_{0};
  std::atomic<bool> ends_{false};
  std::thread thread_;
};

/// A name server that says the same to everybody, and that no name has an IPv6 address.
[[nodiscard]] inline name_stub::script four_only(std::vector<std::string> addresses) {
  return [addresses = std::move(addresses)](const std::string&, bool six) -> std::optional<name_reply> {
    return six ? name_reply{} : name_reply{addresses};
  };
}

} // namespace cafnode::test

#include "runtime/net/http_reply.hpp"

#include "runtime/net/http_connection.hpp"
#include "runtime/net/http_error.hpp"

#include <atomic>
#include <utility>

namespace cafnode::net {

namespace {

/// Where a reply belongs. The connection is only ever locked on the server's thread, so that it also ends there.
struct http_exchange {
  std::weak_ptr<http_connection> connection;
  std::shared_ptr<post_gate> gate;
  std::uint64_t number = 0;

  template<class Action>
  bool post(Action action) const {
    return gate->post([at = connection, number = number, action = std::move(action)]() mutable {
      if (const auto held = at.lock())
        action(*held, number);
    });
  }
};

class connection_stream final : public http_stream {
public:
  connection_stream(http_exchange exchange, std::shared_ptr<http_backlog> backlog)
      : exchange_{std::move(exchange)}, backlog_{std::move(backlog)} {}

  connection_stream(const connection_stream&) = delete;
  connection_stream& operator=(const connection_stream&) = delete;

  ~connection_stream() override { finish(); }

  bool write(std::string_view text) override {
    switch (backlog_->put(text)) {
    case http_backlog::verdict::taken:
      return true;
    case http_backlog::verdict::wake:
      return wake();
    case http_backlog::verdict::full:
      exchange_.post([](http_connection& connection, std::uint64_t) { connection.drop(); });
      return false;
    case http_backlog::verdict::gone:
      return false;
    }
    return false;
  }

  void finish() override {
    if (backlog_->finish())
      wake();
  }

private:
  bool wake() {
    return exchange_.post(
        [](http_connection& connection, std::uint64_t number) { connection.continue_stream(number); });
  }

  http_exchange exchange_;
  std::shared_ptr<http_backlog> backlog_;
};

class connection_reply final : public http_reply {
public:
  explicit connection_reply(http_exchange exchange) : exchange_{std::move(exchange)} {}

  connection_reply(const connection_reply&) = delete;
  connection_reply& operator=(const connection_reply&) = delete;

  /// What was to be done may be under way in somebody else's hands: an order, while the node stops.
  ~connection_reply() override {
    send(http_error(504, "timed_out", "the request was dropped unanswered",
                    "it may still have happened: look before asking again"));
  }

  void send(http_response response) override {
    if (used_.exchange(true))
      return;
    exchange_.post([response = std::move(response)](http_connection& connection, std::uint64_t number) mutable {
      connection.answer(number, std::move(response));
    });
  }

  std::shared_ptr<http_stream> stream(int status, std::string content_type) override {
    auto backlog = std::make_shared<http_backlog>();
    auto started = std::make_shared<connection_stream>(exchange_, backlog);
    if (used_.exchange(true)) {
      backlog->leave();
      return started;
    }
    exchange_.post(
        [status, type = std::move(content_type), backlog](http_connection& connection, std::uint64_t number) {
          connection.start_stream(number, status, type, backlog);
        });
    return started;
  }

private:
  http_exchange exchange_;
  std::atomic<bool> used_{false};
};

} // namespace

std::shared_ptr<http_reply> make_http_reply(const std::shared_ptr<http_connection>& connection,
                                            std::shared_ptr<post_gate> gate, std::uint64_t exchange) {
  return std::make_shared<connection_reply>(http_exchange{connection, std::move(gate), exchange});
}

} // namespace cafnode::net

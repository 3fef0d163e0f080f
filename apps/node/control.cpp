#include "apps/node/control.hpp"

#include "apps/node/listeners.hpp"
#include "control/config/config_version.hpp"
#include "control/http_api.hpp"
#include "runtime/host/last_words.hpp"
#include "runtime/net/post_gate.hpp"
#include "runtime/observe/log.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

#include <exception>
#include <functional>
#include <new>
#include <pthread.h>
#include <thread>
#include <unistd.h>
#include <utility>

namespace cafnode::node {

namespace {

const observe::channel log{"control"};

class control_thread final : public control_server {
public:
  control_thread(control::access_rules rules, control::node_views views, control::control_actions actions)
      : api_{with_thread(std::move(views)), std::move(actions), std::move(rules)} {}

  ~control_thread() override {
    // First nobody posts any more; then the servers end on the thread that they live on, where no connection of theirs
    // is in the middle of something; what its queue still holds goes with io_, which outlives all that refers to it.
    gate_->shut();
    if (!thread_.joinable())
      return;
    boost::asio::post(io_, [this] {
      server_.reset();
      local_.reset();
      io_.stop();
    });
    thread_.join();
  }

  base::result<bool, control_failure> open(net::http_server_options options, std::optional<net::local_socket> socket) {
    options.is_urgent = control::is_health;
    options.on_accept_failed = [](const std::string& why) {
      log.error("a client of the control API could not be accepted", {observe::kv("err", why)});
    };
    auto made = net::make_http_server(io_, options, api_.handler());
    if (!made)
      return base::failure{control_failure{exit_code::temporary, made.fault()}};
    server_ = std::move(made).value();
    address_ = options.address.find(':') == std::string::npos ? options.address : "[" + options.address + "]";
    address_ += ":" + std::to_string(server_->port());
    if (!socket)
      return true;
    path_ = socket->path();
    options.tls = nullptr;
    options.body_bytes_max =
        control::version_text_max; // a configuration; over TCP anybody could make it hold that much
    local_options_ = std::move(options);
    serve_at(std::move(*socket));
    return true;
  }

  void serve() override {
    thread_ = std::thread{[this] { run(); }};
  }

  [[nodiscard]] base::result<bool, std::string> read_keys_again(const conf::control_config& config) override {
    auto read = read_keys(config);
    if (!read)
      return base::failure{read.fault().text};
    gate_->post([this, keys = std::move(read).value()]() mutable {
      api_.know(std::move(keys.tokens));
      server_->use_tls(std::move(keys.tls));
    });
    return true;
  }

  [[nodiscard]] base::result<bool, std::string> mend_socket(const conf::node_config& config) override {
    if (path_.empty() || is_reached())
      return false;
    auto made = take_socket(config);
    if (!made)
      return base::failure{made.fault().text};
    path_ = made.value().path();
    gate_->post([this, socket = std::move(made).value()]() mutable { serve_at(std::move(socket)); });
    return true;
  }

  [[nodiscard]] std::string address() const override { return address_; }

  [[nodiscard]] const std::string& socket() const override { return path_; }

private:
  void serve_at(net::local_socket socket) {
    local_ = net::make_local_http_server(io_, std::move(socket), local_options_, api_.handler());
  }

  /// Whether the socket's file leads to this process, or to one that cannot be told.
  [[nodiscard]] bool is_reached() const {
    const auto who = net::listener_at(path_);
    return who && (who->process == ::getpid() || who->process == 0);
  }

  /// The gate may outlive this: whoever publishes an event keeps it for as long as that takes.
  control::node_views with_thread(control::node_views views) {
    views.post = [gate = gate_](const std::function<void()>& work) { gate->post(work); };
    return views;
  }

  void run() {
    pthread_setname_np(pthread_self(), "control");
    while (!io_.stopped()) {
      try {
        io_.run();
      } catch (const std::bad_alloc&) {
        host::end_out_of_memory();
      } catch (const std::exception& escaped) {
        log.error("an exception left a callback of the control thread", {observe::kv("err", escaped.what())});
      }
    }
  }

  std::string address_;
  std::string path_;
  net::http_server_options local_options_;
  boost::asio::io_context io_{1};
  std::shared_ptr<net::post_gate> gate_ = std::make_shared<net::post_gate>(io_);
  control::http_api api_;
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_{io_.get_executor()};
  std::unique_ptr<net::http_server> server_;
  std::unique_ptr<net::http_server> local_;
  std::thread thread_;
};

} // namespace

base::result<std::unique_ptr<control_server>, control_failure> open_control(const conf::node_config& config,
                                                                            std::size_t connections_max,
                                                                            control::node_views views,
                                                                            control::control_actions actions) {
  auto listening = prepare_listeners(config);
  if (!listening)
    return base::failure{listening.fault()};
  auto& parts = listening.value();
  parts.tcp.connections_max = connections_max;
  auto made = std::make_unique<control_thread>(std::move(parts.rules), std::move(views), std::move(actions));
  const auto opened = made->open(std::move(parts.tcp), std::move(parts.local));
  if (!opened)
    return base::failure{opened.fault()};
  return std::unique_ptr<control_server>{std::move(made)};
}

} // namespace cafnode::node

#include "runtime/base/invariant.hpp"
#include "runtime/net/endpoint_text.hpp"
#include "runtime/net/http_question.hpp"
#include "runtime/net/link_core.hpp"
#include "runtime/net/link_fault.hpp"
#include "runtime/net/tls_source.hpp"

#include <boost/asio/post.hpp>
#include <boost/beast/http/field.hpp>
#include <fmt/format.h>

#include <utility>

namespace cafnode::net {

namespace asio = boost::asio;
namespace beast = boost::beast;
using steady = std::chrono::steady_clock;

namespace {

// Orders and heartbeats fit; a longer message takes several writes of this size.
constexpr std::size_t write_buffer_bytes = 2048;
constexpr std::chrono::seconds close_limit{2};
constexpr std::chrono::seconds broken_limit{1}; // for what the peer had sent before the connection broke
constexpr std::size_t reason_bytes_max = 123;   // RFC 6455, 5.5.1

} // namespace

link_core::link_core(asio::io_context& io, dial_options options, link_limits limits, ws_link_handler& handler)
    : io_{io}, options_{std::move(options)}, limits_{limits}, handler_{&handler}, out_{limits.queue_bytes_max} {}

void link_core::open() {
  CAFNODE_INVARIANT(phase_ == phase::idle, "a link was opened twice");
  phase_ = phase::dialing;
  // A path may come from an exchange's answer.
  if (!is_one_word(options_.path) || !is_one_word(options_.host))
    return finish(
        {close_cause::protocol_error, 0, {}, "not dialed: its path or host holds a space or a control character"});
  if (options_.tls_from) {
    const auto fresh = options_.tls_from->current();
    if (!fresh)
      return finish({close_cause::tls_failed, 0, {}, fresh.fault(), 0, {}, true});
    options_.tls = fresh.value();
  }
  dialer_ = dialer::start(io_, options_,
                          [self = shared_from_this()](dialer::outcome dialed) { self->on_dialed(std::move(dialed)); });
}

void link_core::proven() {
  if (trial_)
    trial_->proven();
}

void link_core::acquit() {
  if (trial_)
    trial_->acquit();
}

void link_core::on_dialed(dialer::outcome dialed) {
  dialer_ = nullptr;
  if (!dialed)
    return finish(dialed.fault());
  phase_ = phase::upgrading;
  auto made = std::move(dialed).value();
  trial_ = std::move(made.trial);
  place_ = std::move(made.place);
  allowed_ = made.allowed;
  ws_.emplace(std::move(made.stream));
  ws_->auto_fragment(false);
  ws_->write_buffer_bytes(write_buffer_bytes);
  ws_->read_message_max(limits_.frame_bytes_max);
  ws_->set_option(beast::websocket::stream_base::decorator(
      [](beast::websocket::request_type& request) { request.set(beast::http::field::user_agent, "caf-node"); }));
  arm(made.deadline);
  ws_->next_layer().expect_answer();
  ws_->async_handshake(host_field(options_.host, options_.port, options_.tls != nullptr), options_.path,
                       [self = shared_from_this()](const error_code& error) { self->on_upgraded(error); });
}

void link_core::on_upgraded(const error_code& error) {
  if (phase_ != phase::upgrading || declined())
    return;
  place_ = {};
  if (error)
    return finish(judge(error, "during the WebSocket upgrade"));
  timer_ = nullptr;
  ws_->next_layer().carry_frames();
  ws_->control_callback([this](beast::websocket::frame_type kind, beast::string_view) {
    if (kind == beast::websocket::frame_type::ping && handler_ != nullptr)
      handler_->on_link_ping();
  });
  phase_ = phase::open;
  if (handler_ != nullptr)
    handler_->on_link_open();
}

/// Whether the server's answer was no, as far as it has come; the link is finished then.
bool link_core::declined() {
  const auto* answer = ws_->next_layer().answer();
  const bool refused = answer != nullptr && answer->where() == upgrade_head::state::refused;
  if (!refused && (answer == nullptr || answer->where() != upgrade_head::state::broken))
    return false;
  const auto who = fmt::format("{}, path {},", where(), options_.path);
  close_info info;
  info.cause = refused ? close_cause::upgrade_refused : close_cause::protocol_error;
  info.code = refused ? answer->status() : std::uint16_t{0};
  info.detail = refused ? fmt::format("{} refused the WebSocket upgrade: {}", who, answer->words())
                        : fmt::format("{} broke the protocol, during the WebSocket upgrade: {}", who, answer->words());
  info.http_status = answer->status();
  if (answer->retry_after() > answer->retry_after().zero()) // it asks for itself, not for its name's other addresses
    info.retry_after = std::chrono::ceil<std::chrono::milliseconds>(trial_->rests(answer->retry_after()));
  finish(std::move(info));
  return true;
}

void link_core::read_next() {
  if (phase_ != phase::open && phase_ != phase::broken)
    return;
  CAFNODE_INVARIANT(!reading_, "a link was asked for a message while it waits for one");
  reading_ = true;
  in_.clear();
  ws_->async_read(in_.to_fill(),
                  [self = shared_from_this()](const error_code& error, std::size_t) { self->on_read(error); });
}

void link_core::on_read(const error_code& error) {
  reading_ = false;
  if (phase_ != phase::open && phase_ != phase::broken)
    return; // a close under way sees to the rest
  if (error) {
    const bool silent = phase_ == phase::broken && !has_closed(error) && !is_tls_fault(error, ws_->next_layer().tls());
    return finish(silent ? judge_break() : judge(error, "while a message was awaited"));
  }
  static_cast<void>(breaks()); // an answer to a ping is written by Beast alone
  // Text or binary: what is in it is for the reader to judge.
  if (handler_ != nullptr)
    handler_->on_link_frame();
}

bool link_core::send(std::string_view text) {
  if (phase_ != phase::open)
    return false;
  if (!out_.push(text)) {
    finish(judge_full(text.size()));
    return false;
  }
  if (!writing_)
    write_next();
  return true;
}

close_info link_core::judge_full(std::size_t more) const {
  if (has_closed({})) // known long since, but our answer to it waits behind what the peer does not take
    return judge({}, {});
  return {close_cause::queue_full,
          0,
          {},
          fmt::format("{} does not read: {} bytes wait, {} more do not fit into {}", where(), out_.bytes(), more,
                      limits_.queue_bytes_max)};
}

void link_core::write_next() {
  writing_ = true;
  const auto text = out_.front();
  ws_->async_write(asio::const_buffer{text.data(), text.size()},
                   [self = shared_from_this()](const error_code& error, std::size_t) { self->on_written(error); });
}

void link_core::on_written(const error_code& error) {
  writing_ = false;
  if (phase_ == phase::closed)
    return;
  if (error)
    return finish(judge(error, "while a message was sent"));
  if (breaks())
    return;
  out_.pop();
  if (!out_.empty())
    return write_next();
  if (phase_ == phase::closing)
    send_close();
}

/// Whether the socket takes nothing any more. The link then ends with what the peer said before, if that was why.
bool link_core::breaks() {
  if (phase_ != phase::open || !ws_->next_layer().broken())
    return phase_ == phase::broken;
  phase_ = phase::broken;
  arm(steady::now() + broken_limit);
  return true;
}

close_info link_core::judge_break() const {
  const auto& stream = ws_->next_layer();
  return judge_link_error(stream.broken(), where(), "while a message was sent", stream.tls());
}

void link_core::close(std::uint16_t code, std::string_view reason) {
  if (phase_ == phase::idle || phase_ == phase::closing || phase_ == phase::closed)
    return;
  if (phase_ == phase::broken)
    return finish(judge_break());
  if (phase_ != phase::open)
    return finish({close_cause::by_us, 0, {}, "closed by us before the link was open"});
  phase_ = phase::closing;
  reason = reason.substr(0, reason_bytes_max);
  parting_ = std::make_unique<beast::websocket::close_reason>(static_cast<beast::websocket::close_code>(code));
  parting_->reason.assign(reason.begin(), reason.end());
  arm(steady::now() + close_limit);
  if (!writing_)
    send_close();
}

void link_core::send_close() {
  ws_->async_close(*parting_, [self = shared_from_this()](const error_code& error) {
    const auto how = error ? "closed by us; the peer did not close in turn: " + error.message() : "closed by us";
    self->finish({close_cause::by_us, 0, {}, how});
  });
}

void link_core::arm(time_point at) {
  timer_ = std::make_unique<steady_timer>(io_.get_executor(), at);
  timer_->async_wait([self = shared_from_this()](const error_code& error) {
    if (!error && self->timer_ && self->timer_->expiry() <= steady::now())
      self->on_timer();
  });
}

void link_core::on_timer() {
  if (phase_ == phase::closing)
    return finish({close_cause::by_us, 0, {}, "closed by us; the peer did not answer within two seconds"});
  if (phase_ == phase::broken)
    return finish(judge_break());
  if (phase_ != phase::upgrading)
    return;
  std::string so_far;
  if (auto* answer = ws_->next_layer().answer(); answer != nullptr && answer->where() == upgrade_head::state::reading) {
    answer->ended(std::chrono::system_clock::now());
    if (answer->where() == upgrade_head::state::broken) // only slow, as far as is known
      so_far = ": " + answer->words();
  }
  if (!so_far.empty() || !declined())
    finish({close_cause::timed_out,
            0,
            {},
            fmt::format("no link to {} within {} ms; it ended in the WebSocket upgrade{}", where(), allowed_.count(),
                        so_far)});
}

void link_core::drop() {
  phase_ = phase::closed;
  if (dialer_)
    std::exchange(dialer_, nullptr)->cancel();
  timer_ = nullptr;
  place_ = {};
  trial_ = nullptr; // unproven, it counts against the address
  if (ws_)
    ws_->next_layer().close_in_order();
}

void link_core::finish(close_info info) {
  if (phase_ == phase::closed)
    return;
  drop();
  asio::post(io_.get_executor(), [self = shared_from_this(), info = std::move(info)] {
    if (auto* handler = std::exchange(self->handler_, nullptr))
      handler->on_link_closed(info);
  });
}

void link_core::abandon() {
  handler_ = nullptr;
  drop();
}

std::string link_core::where() const {
  return trial_ ? endpoint_text(options_.host, trial_->at()) : endpoint_text(options_.host, options_.port);
}

bool link_core::has_closed(const error_code& error) const {
  return error == beast::websocket::error::closed || ws_->reason().code != beast::websocket::close_code::none;
}

close_info link_core::judge(const error_code& error, const std::string& doing) const {
  if (!has_closed(error))
    return judge_link_error(error, where(), doing, ws_->next_layer().tls());
  const auto& reason = ws_->reason();
  std::string words{reason.reason.data(), reason.reason.size()};
  const auto code = ws_->next_layer().close_code(reason.code);
  auto detail = fmt::format("{} closed the connection: {} {}", where(), code, words);
  return {close_cause::by_peer, code, std::move(words), std::move(detail)};
}

namespace {

/// What the owner holds: its end drops the connection, whatever is under way.
class beast_ws_link final : public ws_link {
public:
  explicit beast_ws_link(std::shared_ptr<link_core> core) : core_{std::move(core)} {}

  beast_ws_link(const beast_ws_link&) = delete;
  beast_ws_link& operator=(const beast_ws_link&) = delete;

  ~beast_ws_link() override { core_->abandon(); }

  void open() override { core_->open(); }

  void proven() override { core_->proven(); }

  void acquit() override { core_->acquit(); }

  void read_next() override { core_->read_next(); }

  [[nodiscard]] std::string_view frame() const noexcept override { return core_->frame(); }

  bool send(std::string_view text) override { return core_->send(text); }

  void close(std::uint16_t code, std::string_view reason) override { core_->close(code, reason); }

  [[nodiscard]] std::string peer() const override { return core_->where(); }

  [[nodiscard]] std::size_t queued_bytes() const noexcept override { return core_->queued_bytes(); }

  [[nodiscard]] std::uint64_t bytes_received() const noexcept override { return core_->bytes_received(); }

private:
  std::shared_ptr<link_core> core_;
};

} // namespace

std::unique_ptr<ws_link> make_ws_link(asio::io_context& io, dial_options options, link_limits limits,
                                      ws_link_handler& handler) {
  CAFNODE_INVARIANT(limits.frame_bytes_max > 0, "a link without a limit on its messages"); // Beast takes 0 for none
  return std::make_unique<beast_ws_link>(std::make_shared<link_core>(io, std::move(options), limits, handler));
}

} // namespace cafnode::net

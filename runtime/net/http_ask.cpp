#include "runtime/net/http_ask.hpp"

#include "runtime/base/invariant.hpp"
#include "runtime/net/dialer.hpp"
#include "runtime/net/endpoint_text.hpp"
#include "runtime/net/retry_after.hpp"
#include "runtime/net/tls_source.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <fmt/format.h>

#include <optional>
#include <utility>

namespace cafnode::net {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using steady = std::chrono::steady_clock;

namespace {

constexpr std::size_t head_bytes_max = std::size_t{32} << 10U;

/// The state behind an http_ask. Its asynchronous steps keep it alive, so that a request can be dropped at any stage.
class asking : public std::enable_shared_from_this<asking> {
public:
  using on_done = std::function<void(http_outcome)>;

  asking(asio::io_context& io, http_ask_options options, const http_question& question, on_done done)
      : io_{io},
        options_{std::move(options)},
        where_{endpoint_text(options_.where.host, options_.where.port)},
        forged_{is_forged(question) || !is_one_word(options_.where.host)},
        text_{request_text(question, host_field(options_.where.host, options_.where.port,
                                                options_.where.tls != nullptr || options_.where.tls_from != nullptr))},
        done_{std::move(done)},
        timer_{io.get_executor()},
        buffer_{head_bytes_max + options_.answer_bytes_max} {
    parser_.header_limit(head_bytes_max);
    parser_.body_limit(options_.answer_bytes_max);
  }

  void start() {
    if (forged_)
      return fail_later({http_fault::broken, "not asked: the request holds a space or a control character"});
    if (options_.where.tls_from) {
      const auto fresh = options_.where.tls_from->current();
      if (!fresh)
        return fail_later({http_fault::broken, fresh.fault()});
      options_.where.tls = fresh.value();
    }
    timer_.expires_after(options_.where.deadline);
    timer_.async_wait([self = shared_from_this()](const error_code& error) {
      if (!error)
        self->on_timer();
    });
    dialer_ = dialer::start(io_, options_.where, [self = shared_from_this()](dialer::outcome dialed) {
      self->on_dialed(std::move(dialed));
    });
  }

  /// The owner has gone.
  void abandon() {
    done_ = nullptr;
    if (trial_)
      trial_->acquit();
    drop();
  }

private:
  void on_dialed(dialer::outcome dialed) {
    dialer_ = nullptr;
    if (!dialed) {
      const bool late = dialed.fault().cause == close_cause::timed_out;
      return fail(late ? http_fault::timed_out : http_fault::unreachable, dialed.fault().detail);
    }
    auto made = std::move(dialed).value();
    trial_ = std::move(made.trial);
    where_ = endpoint_text(options_.where.host, trial_->at());
    stream_.emplace(std::move(made.stream));
    if (options_.may_write && !options_.may_write()) {
      trial_->acquit();
      return fail(http_fault::broken, "not asked: nothing may be written any more");
    }
    sent_ = true;
    asio::async_write(*stream_, asio::buffer(text_),
                      [self = shared_from_this()](const error_code& error, std::size_t) { self->on_written(error); });
  }

  void on_written(const error_code& error) {
    if (!done_)
      return;
    if (error)
      return fail(http_fault::broken, fmt::format("asking {} failed: {}", where_, error.message()));
    http::async_read(*stream_, buffer_, parser_,
                     [self = shared_from_this()](const error_code& failed, std::size_t) { self->on_read(failed); });
  }

  void on_read(const error_code& error) {
    if (!done_)
      return;
    if (error == http::error::body_limit || error == http::error::buffer_overflow) {
      trial_->acquit();
      return fail(http_fault::broken,
                  fmt::format("the answer of {} is longer than {} bytes", where_, options_.answer_bytes_max));
    }
    if (error)
      return fail(http_fault::broken, fmt::format("reading the answer of {} failed: {}", where_, error.message()));
    trial_->proven();
    trial_->acquit(); // it ends now, and that is as it should be
    auto& answer = parser_.get();
    http_reply_read read{static_cast<int>(answer.result_int()), std::move(answer.body()), {}};
    const auto wish = answer[http::field::retry_after];
    const auto date = answer[http::field::date];
    if (!wish.empty())
      read.retry_after =
          read_retry_after({wish.data(), wish.size()}, {date.data(), date.size()}, std::chrono::system_clock::now());
    finish(std::move(read));
  }

  void on_timer() {
    if (!done_)
      return;
    const auto* doing = dialer_ ? "was not reached" : "did not answer";
    fail(http_fault::timed_out, fmt::format("{} {} within {} ms", where_, doing, options_.where.deadline.count()));
  }

  void fail_later(http_failure failure) {
    asio::post(io_.get_executor(), [self = shared_from_this(), failure = std::move(failure)]() mutable {
      if (self->done_)
        self->finish(base::failure{std::move(failure)});
    });
  }

  void fail(http_fault fault, std::string detail) {
    finish(base::failure{http_failure{fault, std::move(detail), sent_}});
  }

  void finish(http_outcome outcome) {
    const auto done = std::exchange(done_, nullptr);
    drop();
    done(std::move(outcome));
  }

  void drop() {
    timer_.cancel();
    if (dialer_)
      std::exchange(dialer_, nullptr)->cancel();
    trial_ = nullptr;
    if (stream_)
      stream_->close();
  }

  asio::io_context& io_;
  http_ask_options options_;
  std::string where_;
  bool forged_;
  std::string text_;
  on_done done_; // none once it was called, or the owner has gone
  steady_timer timer_;
  std::shared_ptr<dialer> dialer_;
  std::unique_ptr<address_trial> trial_;
  std::optional<link_stream> stream_;
  bool sent_ = false;
  boost::beast::flat_buffer buffer_;
  http::response_parser<http::string_body> parser_;
};

/// What the owner holds.
class held_ask final : public http_ask {
public:
  explicit held_ask(std::shared_ptr<asking> state) : state_{std::move(state)} {}

  held_ask(const held_ask&) = delete;
  held_ask& operator=(const held_ask&) = delete;

  ~held_ask() override { state_->abandon(); }

private:
  std::shared_ptr<asking> state_;
};

} // namespace

std::unique_ptr<http_ask> ask_http(asio::io_context& io, http_ask_options options, http_question question,
                                   std::function<void(http_outcome)> done) {
  CAFNODE_INVARIANT(done != nullptr && options.where.deadline.count() > 0, "a request that nobody waits for");
  auto state = std::make_shared<asking>(io, std::move(options), question, std::move(done));
  state->start();
  return std::make_unique<held_ask>(std::move(state));
}

} // namespace cafnode::net

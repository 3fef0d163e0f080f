#include "runtime/net/http_connection.hpp"
#include "runtime/net/http_error.hpp"

#include <boost/asio/write.hpp>
#include <fmt/format.h>

#include <utility>

// Answers that go on until the client leaves, and how a client is let go.
namespace cafnode::net {

namespace asio = boost::asio;

namespace {

constexpr std::size_t linger_bytes_max = std::size_t{8} << 20U;
constexpr std::chrono::seconds linger_limit{2};

} // namespace

void http_connection::linger() {
  // Closing with unread bytes would reset the connection, and the client would lose our answer.
  stream_.finish_sending();
  now_does(http_doing::leaving, linger_limit);
  watch_client();
}

void http_connection::start_stream(std::uint64_t exchange, int status, const std::string& content_type,
                                   std::shared_ptr<http_backlog> backlog) {
  if (!answering_ || exchange != exchange_) {
    backlog->leave();
    return;
  }
  answering_ = false;
  deadline_.cancel();
  stay_ = {http_doing::following, std::chrono::steady_clock::now()};
  keep_alive_ = false;
  backlog_ = std::move(backlog);
  if (!body_wanted_)
    backlog_->leave();
  stream_ended_ = !body_wanted_;
  watch_client();
  write_stream(answer_head({status, content_type, {}}, false) +
               (chunked_ ? "Transfer-Encoding: chunked\r\n\r\n" : "\r\n"));
}

void http_connection::watch_client() {
  stream_.async_read_some(asio::buffer(scratch_),
                          [self = shared_from_this()](const error_code& error, std::size_t got) {
                            self->lingered_ += got;
                            if (error || self->lingered_ > linger_bytes_max)
                              self->drop();
                            else
                              self->watch_client();
                          });
}

void http_connection::continue_stream(std::uint64_t exchange) {
  if (backlog_ && exchange == exchange_ && !writing_)
    flush_stream();
}

void http_connection::write_stream(std::string text) {
  writing_ = true;
  out_ = std::move(text);
  asio::async_write(stream_, asio::buffer(out_), [self = shared_from_this()](const error_code& error, std::size_t) {
    self->writing_ = false;
    self->backlog_->written();
    if (error)
      self->drop();
    else
      self->flush_stream();
  });
}

void http_connection::flush_stream() {
  if (stream_ended_)
    return end_stream();
  auto text = backlog_->take();
  if (!text.empty())
    return write_stream(chunked_ ? fmt::format("{:x}\r\n{}\r\n", text.size(), text) : std::move(text));
  if (!backlog_->exhausted())
    return;
  stream_ended_ = true;
  if (chunked_)
    return write_stream("0\r\n\r\n");
  end_stream();
}

void http_connection::end_stream() {
  stream_.finish_sending(); // watch_client() waits for the other side's end
  now_does(http_doing::leaving, linger_limit);
}

} // namespace cafnode::net

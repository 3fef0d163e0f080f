#include "runtime/net/link_fault.hpp"

#include <boost/asio/error.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/websocket/error.hpp>
#include <fmt/format.h>

#include <cerrno>

namespace cafnode::net {

namespace asio = boost::asio;
namespace http = boost::beast::http;
namespace websocket = boost::beast::websocket;

namespace {

bool is_end(const boost::system::error_code& error) {
  return error == asio::error::eof || error == http::error::end_of_stream || error == http::error::partial_message;
}

bool is_protocol(const boost::system::error_code& error) {
  static const auto* const of_http = &boost::system::error_code{http::error::bad_version}.category();
  static const auto* const of_ws = &boost::system::error_code{websocket::error::closed}.category();
  return error.category() == *of_http || error.category() == *of_ws || error == boost::system::errc::protocol_error;
}

} // namespace

std::string_view to_string(close_cause cause) noexcept {
  switch (cause) {
  case close_cause::by_us:
    return "by_us";
  case close_cause::by_peer:
    return "by_peer";
  case close_cause::reset:
    return "reset";
  case close_cause::resolve_failed:
    return "resolve_failed";
  case close_cause::refused:
    return "refused";
  case close_cause::tls_failed:
    return "tls_failed";
  case close_cause::upgrade_refused:
    return "upgrade_refused";
  case close_cause::timed_out:
    return "timed_out";
  case close_cause::protocol_error:
    return "protocol_error";
  case close_cause::frame_too_big:
    return "frame_too_big";
  case close_cause::queue_full:
    return "queue_full";
  }
  return "unknown";
}

bool is_tls_fault(const boost::system::error_code& error, const tls_session* tls) {
  return tls != nullptr && error == boost::system::error_code{EPROTO, boost::system::system_category()};
}

close_info judge_link_error(const boost::system::error_code& error, const std::string& where, const std::string& doing,
                            const tls_session* tls) {
  if (is_tls_fault(error, tls))
    return {close_cause::tls_failed, 0, {}, fmt::format("TLS with {} failed, {}: {}", where, doing, tls->fault())};
  if (is_end(error))
    return {close_cause::reset, 0, {}, fmt::format("{} ended the connection without a close frame, {}", where, doing)};
  if (error == websocket::error::message_too_big)
    return {close_cause::frame_too_big, 0, {}, fmt::format("{} sent a message beyond the limit, {}", where, doing)};
  if (is_protocol(error))
    return {close_cause::protocol_error,
            0,
            {},
            fmt::format("{} broke the protocol, {}: {}", where, doing, error.message())};
  return {close_cause::reset, 0, {}, fmt::format("the connection to {} broke, {}: {}", where, doing, error.message())};
}

} // namespace cafnode::net

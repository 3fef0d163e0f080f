#include "sim/wire/http_text.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <fmt/format.h>

#include <utility>

namespace cafnode::sim {

namespace http = boost::beast::http;

namespace {

std::string_view reason_of(int status) {
  return http::obsolete_reason(http::int_to_status(static_cast<unsigned>(status))).data();
}

} // namespace

struct http_reader::parser {
  http::request_parser<http::string_body> machine;
};

http_reader::http_reader(std::size_t header_bytes_max, std::size_t body_bytes_max)
    : header_bytes_max_{header_bytes_max}, body_bytes_max_{body_bytes_max} {}

http_reader::~http_reader() = default;

http_reader::state http_reader::feed(std::string_view bytes, std::size_t& used) {
  if (!parser_) {
    parser_ = std::make_unique<parser>();
    parser_->machine.header_limit(static_cast<std::uint32_t>(header_bytes_max_));
    parser_->machine.body_limit(body_bytes_max_);
    parser_->machine.eager(true);
  }
  boost::beast::error_code fault;
  used = parser_->machine.put(boost::asio::const_buffer{bytes.data(), bytes.size()}, fault);
  if (fault == http::error::body_limit || fault == http::error::header_limit)
    return state::too_large;
  if (fault && fault != http::error::need_more)
    return state::broken;
  return parser_->machine.is_done() ? state::complete : state::unfinished;
}

http_call http_reader::take() {
  auto message = parser_->machine.release();
  parser_.reset();
  http_call call;
  call.method = std::string_view{message.method_string().data(), message.method_string().size()};
  call.aim_at(std::string{message.target().data(), message.target().size()});
  for (const auto& field : message)
    call.headers.emplace_back(lower_case({field.name_string().data(), field.name_string().size()}),
                              std::string{field.value().data(), field.value().size()});
  call.keep_alive = message.keep_alive();
  call.body = std::move(message.body());
  return call;
}

std::string write_http(int status, std::string_view body, bool keep_alive) {
  return fmt::format("HTTP/1.1 {} {}\r\nServer: exchange-sim\r\nContent-Type: application/json\r\n"
                     "Content-Length: {}\r\nConnection: {}\r\n\r\n{}",
                     status, reason_of(status), body.size(), keep_alive ? "keep-alive" : "close", body);
}

} // namespace cafnode::sim

#include "runtime/net/http_question.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace cafnode::net {

namespace {

bool is_plain(std::string_view text, unsigned char lowest) noexcept {
  constexpr unsigned char del = 0x7f;
  return std::all_of(text.begin(), text.end(), [lowest](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte >= lowest && byte != del;
  });
}

} // namespace

bool is_one_word(std::string_view text) noexcept {
  return is_plain(text, '!');
}

bool is_forged(const http_question& question) noexcept {
  return question.method.empty() || question.target.empty() || !is_one_word(question.method) ||
         !is_one_word(question.target) ||
         !std::all_of(question.headers.begin(), question.headers.end(), [](const auto& header) {
           return !header.first.empty() && is_one_word(header.first) && is_plain(header.second, ' ');
         });
}

std::string request_text(const http_question& question, std::string_view host_field) {
  auto text = fmt::format("{} {} HTTP/1.1\r\nHost: {}\r\nUser-Agent: caf-node\r\nConnection: close\r\n",
                          question.method, question.target, host_field);
  for (const auto& [name, value] : question.headers)
    text += fmt::format("{}: {}\r\n", name, value);
  if (!question.body.empty() || question.method != "GET")
    text += fmt::format("Content-Length: {}\r\n", question.body.size());
  return text + "\r\n" + question.body;
}

} // namespace cafnode::net

#include "sim/deribit/rpc_text.hpp"
#include "sim/deribit/settings.hpp"
#include "tests/sim/socket_bench.hpp"

#include <boost/json/array.hpp>
#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace cafnode::sim;
using namespace std::chrono_literals;

namespace json = boost::json;

namespace {

std::string repeated(std::string_view text, int count) {
  std::string out;
  for (; count > 0; --count)
    out += text;
  return out;
}

std::size_t count_of(std::string_view text, std::string_view part) {
  std::size_t found = 0;
  for (auto at = text.find(part); at != std::string_view::npos; at = text.find(part, at + part.size()))
    ++found;
  return found;
}

std::string request_to(std::string_view host, std::string_view more = "") {
  return "GET /status HTTP/1.1\r\nHost: " + std::string{host} + "\r\n" + std::string{more} +
         "Connection: close\r\n\r\n";
}

int status_of(const std::string& answer) {
  return answer.size() < 12 ? 0 : std::stoi(answer.substr(9, 3));
}

} // namespace

SCENARIO("requests that come all at once are answered one by one, however many they are") {
  socket_bench bench;
  // Ten bytes would do for a request; each used to be served inside the one before it.
  const int many = 20'000;
  for (const std::uint16_t port : {bench.port(), bench.control_port()}) {
    const auto answers = bench.raw(port, repeated("X / HTTP/1.1\r\n\r\n", many));
    CHECK(count_of(answers, "HTTP/1.1 40") == many);
    CHECK(bench.http("GET", "control:/status").status == 200);
  }
}

SCENARIO("garbage costs its sender the connection and nobody else anything") {
  socket_bench bench;
  const std::vector<std::string> garbage{std::string(200'000, '\0'),
                                         std::string(200'000, '\r'),
                                         repeated("\r\n", 100'000),
                                         repeated("\x81\x00", 50'000),
                                         "GET / HTTP/1.1\r\n" + repeated("a: b\r\n", 20'000) + "\r\n",
                                         "GET /" + std::string(100'000, 'a') + " HTTP/1.1\r\n\r\n",
                                         "POST / HTTP/1.1\r\nContent-Length: 99999999999999999999\r\n\r\n",
                                         "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n" +
                                             repeated("1\r\nx\r\n", 200'000),
                                         repeated("POST /faults HTTP/1.1\r\nContent-Length: 1\r\n\r\n[", 5'000)};
  for (const auto& bytes : garbage)
    for (const std::uint16_t port : {bench.port(), bench.control_port()})
      bench.raw(port, bytes, 30ms);
  CHECK(bench.http("GET", "control:/status").status == 200);
  CHECK(bench.http("GET", "/api/v2/public/test").status == 200);
}

SCENARIO("what a setting holds comes back as it was given") {
  socket_bench bench;
  for (const auto* text : {R"(a"b)", R"(back\\slash)", "{}", "ü"}) {
    const auto body = json_text(json::object{{"version", text}, {"hb_close_reason", text}});
    CHECK(bench.http("POST", "control:/settings", body).status == 200);
    const auto shown = bench.control("GET", "/settings");
    REQUIRE(shown.is_object());
    CHECK(shown.as_object().at("version") == text);
    CHECK(shown.as_object().at("hb_close_reason") == text);
  }
  for (const auto& text : {std::string(124, 'x'), std::string{"a\nb"}, std::string("a\0b", 3)})
    CHECK(bench.http("POST", "control:/settings", json_text(json::object{{"version", text}})).status == 400);
  CHECK(bench.http("POST", "control:/settings", R"({"version":1.5})").status == 400);
}

SCENARIO("a body that is not JSON is refused, wherever the method stands") {
  socket_bench bench;
  for (const auto* target : {"/api/v2", "/api/v2/public/test", "/api/v2/public/auth"})
    for (const auto* body : {"{", "garbage", "[]", R"({"a":1}x)", "7", R"({"params":7})", R"({"method":7})"}) {
      const auto answer = bench.http("POST", target, body);
      CHECK_MESSAGE(answer.status == 400, target << " " << body);
      CHECK(parse_json(answer.body).has_value());
    }
  CHECK(bench.http("POST", "/api/v2/public/test", "{}").status == 200);
  const auto named = bench.http("POST", "/api/v2/public/test", R"({"id":7,"params":{}})");
  CHECK(named.status == 200);
  CHECK(named.body.find(R"("id":7)") != std::string::npos);
}

SCENARIO("the control API serves no name but the loopback's, and no page from elsewhere") {
  socket_bench bench;
  const auto status = [&](const std::string& request) { return status_of(bench.raw(bench.control_port(), request)); };
  for (const auto* host : {"localhost", "LOCALHOST:9444", "127.0.0.1:1", "[::1]", "[::1]:9444"})
    CHECK_MESSAGE(status(request_to(host)) == 200, host);
  for (const auto* host : {"evil.example", "127.0.0.1.evil.example", "localhost.evil.example:9444", "[::1", "127.0.0.2",
                           "localhost:x", "127.0.0.1@evil.example"})
    CHECK_MESSAGE(status(request_to(host)) == 403, host);
  for (const auto* origin : {"http://evil.example", "null", "https://localhost.evil.example"})
    CHECK(status(request_to("localhost", "Origin: " + std::string{origin} + "\r\n")) == 403);
  CHECK(status(request_to("localhost", "Origin: http://localhost:3000\r\n")) == 200);
}

SCENARIO("bytes that are not UTF-8 never reach an answer") {
  socket_bench bench;
  const auto answer = bench.http("GET", "/api/v2/public/ticker?label=a%FFb%C3%A9&x=%00");
  CHECK(answer.status == 200);
  CHECK(parse_json(answer.body).has_value());
  const std::string long_name(63, 'x');
  const auto cut = short_text({{"client_id", long_name + "é"}}, "client_id", 64);
  CHECK(cut == long_name);
}

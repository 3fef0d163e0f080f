#pragma once

#include "runtime/net/http_server.hpp"

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace cafnode::test {

/// A control API with answers learnt by heart, on a free port of loopback.
class fake_node {
public:
  fake_node();
  ~fake_node();
  fake_node(const fake_node&) = delete;
  fake_node& operator=(const fake_node&) = delete;

  /// What it answers to `method path` ("GET /livez"); everything else is 404 with an error of the API's form.
  void answers(const std::string& request, int status, const std::string& body);
  /// `method path` is heard and never answered.
  void ignores(const std::string& request);
  /// `method path` is answered by these lines as a stream, which then ends.
  void streams(const std::string& request, const std::vector<std::string>& lines);

  /// The latest request, as "METHOD path?query body".
  [[nodiscard]] std::string heard() const;
  /// The latest request's header.
  [[nodiscard]] std::string heard_header(const std::string& name) const;
  [[nodiscard]] std::string address() const;

private:
  struct listener;

  void handle(net::http_request request, std::shared_ptr<net::http_reply> reply);

  mutable std::mutex mutex_;
  std::map<std::string, net::http_response> answers_;
  std::map<std::string, std::vector<std::string>> streams_;
  std::vector<std::string> ignored_;
  std::vector<std::shared_ptr<net::http_reply>> held_;
  net::http_request heard_;
  std::unique_ptr<listener> listener_;
};

} // namespace cafnode::test

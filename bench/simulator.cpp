#include "bench/simulator.hpp"

#include "runtime/net/http_client.hpp"

#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <stdexcept>
#include <string_view>
#include <sys/wait.h>
#include <unistd.h>

namespace cafnode::bench {

namespace {

/// The port in "http://127.0.0.1:29444/".
std::uint16_t port_in(std::string_view url) {
  const auto colon = url.find(':', url.find("//"));
  return static_cast<std::uint16_t>(std::strtoul(std::string{url.substr(colon + 1)}.c_str(), nullptr, 10));
}

std::string simulator_program() {
#ifdef CAFNODE_SIMULATOR
  return CAFNODE_SIMULATOR;
#else
  return (std::filesystem::read_symlink("/proc/self/exe").parent_path() / "exchange-sim").string();
#endif
}

[[noreturn]] void become_simulator(int output, bool tls, const std::vector<std::string>& settings) {
  ::dup2(output, STDOUT_FILENO);
  const auto program = simulator_program();
  std::vector<std::string> words{program, "--port", "0", "--control-port", "0"};
  if (tls)
    words.emplace_back("--tls");
  for (const auto& setting : settings) {
    words.emplace_back("--set");
    words.push_back(setting);
  }
  std::vector<char*> arguments;
  for (auto& word : words)
    arguments.push_back(word.data());
  arguments.push_back(nullptr);
  ::execv(program.c_str(), arguments.data());
  ::_exit(127);
}

} // namespace

simulator::simulator(bool tls, const std::vector<std::string>& settings) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0)
    throw std::runtime_error{"no pipe for the simulator"};
  pid_ = ::fork();
  if (pid_ == 0)
    become_simulator(ends[1], tls, settings);
  ::close(ends[1]);
  output_ = ends[0];
  read_addresses(ends[0], tls);
}

simulator::~simulator() {
  ::kill(pid_, SIGTERM);
  ::waitpid(pid_, nullptr, 0);
  ::close(output_);
}

void simulator::read_addresses(int from, bool tls) {
  std::string line;
  char byte = 0;
  while (control_port_ == 0 || port_ == 0 || (tls && ca_file_.empty())) {
    if (::read(from, &byte, 1) != 1)
      throw std::runtime_error{"exchange-sim did not start: build it first, it is looked for beside caf-bench"};
    if (byte != '\n') {
      line.push_back(byte);
      continue;
    }
    const auto value = line.substr(line.find_last_of(' ') + 1);
    if (line.starts_with("websocket"))
      port_ = port_in(value);
    else if (line.starts_with("control"))
      control_port_ = port_in(value);
    else if (line.starts_with("ca file"))
      ca_file_ = value;
    line.clear();
  }
}

std::string simulator::fetch(const std::string& method, const std::string& target, const std::string& body) const {
  net::http_call call;
  call.port = control_port_;
  call.method = method;
  call.target = target;
  call.body = body;
  if (!body.empty())
    call.headers.emplace_back("content-type", "application/json");
  auto answer = net::http_fetch(call);
  if (!answer)
    throw std::runtime_error{"the simulator does not answer: " + answer.fault().detail};
  return std::move(answer).value().body;
}

std::string simulator::get(const std::string& target) const {
  return fetch("GET", target, "");
}

std::string simulator::post(const std::string& target, const std::string& json) const {
  return fetch("POST", target, json);
}

} // namespace cafnode::bench

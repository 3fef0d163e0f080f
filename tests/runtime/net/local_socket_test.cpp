#include "runtime/net/http_client.hpp"
#include "runtime/net/http_server.hpp"
#include "runtime/net/local_folders.hpp"
#include "runtime/net/local_socket.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <doctest/doctest.h>

#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <thread>
#include <unistd.h>

using namespace cafnode;
using kind = net::local_socket_fault::kind;
namespace fs = std::filesystem;

namespace {

/// A folder of mode 0700 that goes with it.
struct scratch {
  scratch() {
    char text[] = "/tmp/caf-socket-test-XXXXXX";
    path = ::mkdtemp(text);
  }

  scratch(const scratch&) = delete;
  scratch& operator=(const scratch&) = delete;

  ~scratch() { fs::remove_all(path); }

  [[nodiscard]] std::string socket() const { return path + "/control/node.sock"; }

  std::string path;
};

mode_t mode_of(const std::string& path) {
  struct stat about {};

  return ::lstat(path.c_str(), &about) == 0 ? about.st_mode & 07777U : 0;
}

/// What a killed process leaves: a socket's file that nobody listens on.
void leave_dead_socket(const std::string& path) {
  sockaddr_un at{};
  at.sun_family = AF_UNIX;
  path.copy(at.sun_path, sizeof at.sun_path - 1);
  const int dead = ::socket(AF_UNIX, SOCK_STREAM, 0);
  REQUIRE(::bind(dead, reinterpret_cast<const sockaddr*>(&at), sizeof at) == 0);
  ::close(dead);
}

} // namespace

SCENARIO("a socket stands in a folder of its own that nobody else may enter, and goes with its owner") {
  const scratch at;
  {
    const auto made = net::local_socket::listen(at.socket());
    REQUIRE(made.has_value());
    CHECK(mode_of(at.path + "/control") == 0700);
    CHECK(mode_of(at.socket()) == 0600);
    const auto who = net::listener_at(at.socket());
    REQUIRE(who.has_value());
    CHECK(who->process == ::getpid());
  }
  CHECK_FALSE(fs::exists(at.socket()));
}

SCENARIO("a dead node's socket is replaced, a live one is not and is named") {
  const scratch at;
  fs::create_directory(at.path + "/control");
  ::chmod((at.path + "/control").c_str(), 0700);
  leave_dead_socket(at.socket());
  const auto first = net::local_socket::listen(at.socket());
  REQUIRE(first.has_value());
  const auto second = net::local_socket::listen(at.socket());
  REQUIRE_FALSE(second.has_value());
  CHECK(second.fault().why == kind::in_use);
  CHECK(second.fault().text.find("process " + std::to_string(::getpid())) != std::string::npos);
  CHECK(net::listener_at(at.socket()).has_value());
}

SCENARIO("what others could use or replace is refused, with what to do") {
  const scratch at;
  const auto folder = at.path + "/control";
  std::string says;
  SUBCASE("a folder that lets others in") {
    fs::create_directory(folder);
    ::chmod(folder.c_str(), 0750);
    says = "run 'chmod 0700 " + folder;
  }
  SUBCASE("a link to a folder") {
    fs::create_directory(at.path + "/real");
    ::chmod((at.path + "/real").c_str(), 0700);
    fs::create_directory_symlink(at.path + "/real", folder);
    says = "is not a folder but a link";
  }
  SUBCASE("a link to nothing") {
    fs::create_symlink(at.path + "/nothing", folder);
    says = "is not a folder but a link";
  }
  SUBCASE("a folder above that others may write to") {
    ::chmod(at.path.c_str(), 0777);
    says = "others may write to " + at.path;
  }
  SUBCASE("a file in its place") {
    fs::create_directory(folder);
    ::chmod(folder.c_str(), 0700);
    std::ofstream{at.socket()} << "mine";
    says = "is not a socket";
  }
  SUBCASE("a link in its place") {
    fs::create_directory(folder);
    ::chmod(folder.c_str(), 0700);
    fs::create_symlink(at.path + "/elsewhere", at.socket());
    says = "is not a socket";
  }
  const auto made = net::local_socket::listen(at.socket());
  REQUIRE_FALSE(made.has_value());
  CHECK(made.fault().why == kind::unsafe);
  CHECK_MESSAGE(made.fault().text.find(says) != std::string::npos, made.fault().text);
}

SCENARIO("a path that is too long for a socket is refused") {
  CHECK(net::local_socket::listen("/tmp/" + std::string(200, 'x')).fault().why == kind::unsafe);
}

SCENARIO("a folder is swept of the sockets that nobody listens on, and of nothing else") {
  const scratch at;
  const auto live = net::local_socket::listen(at.path + "/live.sock");
  REQUIRE(live.has_value());
  leave_dead_socket(at.path + "/dead.sock");
  std::ofstream{at.path + "/file.sock"} << "mine";
  net::sweep_local_sockets(at.path);
  CHECK(fs::exists(at.path + "/live.sock"));
  CHECK(fs::exists(at.path + "/file.sock"));
  CHECK_FALSE(fs::exists(at.path + "/dead.sock"));
}

SCENARIO("over a unix socket a request says so, and any Host will do") {
  const scratch at;
  boost::asio::io_context io{1};
  auto socket = net::local_socket::listen(at.socket());
  REQUIRE(socket.has_value());
  auto server =
      net::make_local_http_server(io, std::move(socket).value(), {}, [](const auto& request, const auto& reply) {
        reply->send({200, "text/plain", request.origin == net::http_origin::local ? "local" : "tcp"});
      });
  std::thread thread{[&io] { io.run(); }};
  net::http_call call;
  call.socket = at.socket();
  const auto got = net::http_fetch(call);
  io.stop();
  thread.join();
  server.reset();
  REQUIRE(got.has_value());
  CHECK(got.value().body == "local");
}

SCENARIO("the usual place is the service's folder, then the session's, then one in /tmp") {
  const scratch at;
  std::map<std::string, std::string> variables{{"RUNTIME_DIRECTORY", at.path + ":/run/other"},
                                               {"XDG_RUNTIME_DIR", at.path}};
  const auto folders = [&variables] {
    return net::control_socket_folders(
        [&variables](const char* name) -> const char* {
          const auto found = variables.find(name);
          return found == variables.end() ? nullptr : found->second.c_str();
        },
        ::geteuid());
  };
  const auto user = std::to_string(::geteuid());
  const auto last = "/tmp/caf-node-" + user, of_session = "/run/user/" + user + "/caf-node"; // only to be looked at
  CHECK(folders() == std::vector<std::string>{at.path + "/control", at.path + "/caf-node", last, of_session});
  variables = {{"XDG_RUNTIME_DIR", "/nonexistent"}};
  CHECK(folders() == std::vector<std::string>{last, of_session});
  variables.clear();
  CHECK(folders() == std::vector<std::string>{last, of_session});
}

#include "runtime/net/name_lookup.hpp"

#include <boost/asio/posix/basic_stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <ares.h>
#include <array>
#include <cstring>
#include <map>
#include <netinet/in.h>
#include <optional>
#include <sys/time.h>
#include <utility>

namespace cafnode::net {

namespace asio = boost::asio;
using steady = std::chrono::steady_clock;

namespace {

// A server that says nothing for two seconds is asked again, or the next one is; three rounds.
constexpr int server_patience_ms = 2000;
constexpr int rounds = 3;
constexpr std::chrono::milliseconds wait_for_six{50}; // RFC 8305, 3
constexpr std::chrono::seconds wait_for_four{1};
constexpr std::size_t addresses_max = 32;

bool library_is_ready() {
  static const bool ready = ares_library_init(ARES_LIB_INIT_ALL) == ARES_SUCCESS;
  return ready;
}

std::optional<asio::ip::address> to_address(const sockaddr* from) {
  if (from->sa_family == AF_INET) {
    sockaddr_in four{};
    std::memcpy(&four, from, sizeof four);
    return asio::ip::address_v4{ntohl(four.sin_addr.s_addr)};
  }
  if (from->sa_family != AF_INET6)
    return std::nullopt;
  sockaddr_in6 six{};
  std::memcpy(&six, from, sizeof six);
  asio::ip::address_v6::bytes_type bytes{};
  std::memcpy(bytes.data(), &six.sin6_addr, bytes.size());
  return asio::ip::address_v6{bytes, six.sin6_scope_id};
}

} // namespace

/// One channel of c-ares for one look-up: it reads /etc/resolv.conf and /etc/hosts anew, and what one look-up waits for
/// is nobody else's.
struct name_lookup::resolver {
  using descriptor = asio::posix::basic_stream_descriptor<io_executor>;

  /// A socket of c-ares that Asio watches for it.
  struct watch {
    explicit watch(const io_executor& executor, int socket) : watched{executor, socket} {}

    descriptor watched;
    bool wants_read = false;
    bool wants_write = false;
    bool awaits_read = false;
    bool awaits_write = false;
  };

  /// What is known of one family.
  struct family {
    resolver* owner = nullptr;
    bool over = false;
    int status = ARES_SUCCESS;
    addresses found;
  };

  explicit resolver(name_lookup& lookup) : owner{lookup}, timer{lookup.io_.get_executor()} {
    six.owner = this;
    four.owner = this;
  }

  resolver(const resolver&) = delete;
  resolver& operator=(const resolver&) = delete;

  ~resolver() {
    if (channel != nullptr)
      ares_destroy(channel); // tells both families and all sockets, while they still stand
  }

  int open(const std::string& servers);
  void ask(const std::string& host, int kind, family& into);
  void watch_socket(int socket, bool readable, bool writable);
  void await(int socket);
  void arm();
  [[nodiscard]] std::optional<steady::time_point> settles_at() const;
  [[nodiscard]] outcome answer(const std::string& host) const;

  static void on_socket(void* self, ares_socket_t socket, int readable, int writable) {
    static_cast<resolver*>(self)->watch_socket(socket, readable != 0, writable != 0);
  }

  static void on_answer(void* of, int status, int, ares_addrinfo* found);

  name_lookup& owner;
  std::string host;
  steady_timer timer;
  ares_channeldata* channel = nullptr;
  std::map<int, std::shared_ptr<watch>> sockets;
  family six;
  family four;
  std::optional<steady::time_point> first_found;
};

int name_lookup::resolver::open(const std::string& servers) {
  if (!library_is_ready())
    return ARES_ENOTINITIALIZED;
  ares_options options{};
  options.timeout = server_patience_ms;
  options.tries = rounds;
  options.sock_state_cb = on_socket;
  options.sock_state_cb_data = this;
  const int status =
      ares_init_options(&channel, &options, ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_SOCK_STATE_CB);
  if (status != ARES_SUCCESS) {
    channel = nullptr;
    return status;
  }
  return servers.empty() ? ARES_SUCCESS : ares_set_servers_ports_csv(channel, servers.c_str());
}

void name_lookup::resolver::ask(const std::string& name, int kind, family& into) {
  ares_addrinfo_hints hints{};
  hints.ai_family = kind;
  hints.ai_socktype = SOCK_STREAM;
  ares_getaddrinfo(channel, name.c_str(), nullptr, &hints, on_answer, &into);
}

void name_lookup::resolver::on_answer(void* of, int status, int, ares_addrinfo* found) {
  auto& into = *static_cast<family*>(of);
  into.over = true;
  into.status = status;
  if (found == nullptr)
    return;
  for (const auto* node = found->nodes; node != nullptr && into.found.size() < addresses_max; node = node->ai_next)
    if (const auto address = to_address(node->ai_addr);
        address && std::find(into.found.begin(), into.found.end(), *address) == into.found.end())
      into.found.push_back(*address);
  ares_freeaddrinfo(found);
  if (!into.found.empty() && !into.owner->first_found)
    into.owner->first_found = steady::now();
}

void name_lookup::resolver::watch_socket(int socket, bool readable, bool writable) {
  auto known = sockets.find(socket);
  if (!readable && !writable) { // c-ares closes it next
    if (known != sockets.end()) {
      known->second->watched.release();
      sockets.erase(known);
    }
    return;
  }
  if (known == sockets.end())
    known = sockets.emplace(socket, std::make_shared<watch>(owner.io_.get_executor(), socket)).first;
  known->second->wants_read = readable;
  known->second->wants_write = writable;
  await(socket);
}

void name_lookup::resolver::await(int socket) {
  const auto known = sockets.find(socket);
  if (known == sockets.end())
    return;
  auto& at = *known->second;
  const auto resume = [this, lookup = owner.shared_from_this(), held = known->second, socket](bool reading) {
    return [this, lookup, held, socket, reading](const error_code& error) {
      (reading ? held->awaits_read : held->awaits_write) = false;
      const bool gone = lookup->resolver_.get() != this || !sockets.contains(socket) || sockets.at(socket) != held;
      if (gone || error == asio::error::operation_aborted)
        return;
      ares_process_fd(channel, reading ? socket : ARES_SOCKET_BAD, reading ? ARES_SOCKET_BAD : socket);
      await(socket);
      lookup->go_on();
    };
  };
  if (at.wants_read && !std::exchange(at.awaits_read, true))
    at.watched.async_wait(descriptor::wait_read, resume(true));
  if (at.wants_write && !std::exchange(at.awaits_write, true))
    at.watched.async_wait(descriptor::wait_write, resume(false));
}

std::optional<steady::time_point> name_lookup::resolver::settles_at() const {
  if (!first_found)
    return std::nullopt;
  return *first_found + (four.found.empty() ? steady::duration{wait_for_four} : steady::duration{wait_for_six});
}

void name_lookup::resolver::arm() {
  timeval room{};
  std::optional<steady::time_point> due;
  if (const auto* wait = ares_timeout(channel, nullptr, &room); wait != nullptr)
    due = steady::now() + std::chrono::seconds{wait->tv_sec} + std::chrono::microseconds{wait->tv_usec};
  if (const auto settled = settles_at())
    due = due ? std::min(*due, *settled) : *settled;
  if (!due)
    return;
  timer.expires_at(*due);
  timer.async_wait([this, lookup = owner.shared_from_this()](const error_code& error) {
    if (error || lookup->resolver_.get() != this)
      return;
    ares_process_fd(channel, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
    lookup->go_on();
  });
}

name_lookup::outcome name_lookup::resolver::answer(const std::string& name) const {
  auto all = six.found;
  all.insert(all.end(), four.found.begin(), four.found.end());
  if (!all.empty())
    return all;
  // IPv4's own words, for most names have no other kind.
  const int status = four.status != ARES_SUCCESS ? four.status : six.status;
  const auto why = status == ARES_SUCCESS ? "the answer is empty" : ares_strerror(status);
  return base::failure{fmt::format("the host name {} has no address: {}", name, why)};
}

name_lookup::addresses name_lookup::known_addresses(const std::string& host) {
  error_code not_literal;
  const auto address = asio::ip::make_address(host, not_literal);
  if (!not_literal)
    return {address};
  if (host == "localhost" || host == "localhost.") // RFC 6761, 6.3
    return {asio::ip::address_v6::loopback(), asio::ip::address_v4::loopback()};
  return {};
}

std::shared_ptr<name_lookup> name_lookup::start(asio::io_context& io, const lookup_question& question, on_done done) {
  auto self = std::make_shared<name_lookup>(io, std::move(done));
  self->begin(question);
  return self;
}

name_lookup::name_lookup(asio::io_context& io, on_done done) : io_{io}, done_{std::move(done)} {}

name_lookup::~name_lookup() = default;

void name_lookup::begin(const lookup_question& question) {
  resolver_ = std::make_unique<resolver>(*this);
  resolver_->host = question.host;
  if (const int status = resolver_->open(question.servers); status != ARES_SUCCESS) {
    resolver_->six.over = resolver_->four.over = true;
    resolver_->four.status = status;
  } else {
    resolver_->ask(question.host, AF_INET6, resolver_->six);
    resolver_->ask(question.host, AF_INET, resolver_->four);
  }
  // Whatever is known already is told from outside this call.
  asio::post(io_.get_executor(), [self = shared_from_this()] { self->go_on(); });
}

void name_lookup::go_on() {
  if (!resolver_)
    return;
  const auto settled = resolver_->settles_at();
  if ((resolver_->six.over && resolver_->four.over) || (settled && *settled <= steady::now()))
    return end();
  resolver_->arm();
}

void name_lookup::end() {
  const auto answered = resolver_->answer(resolver_->host);
  resolver_ = nullptr;
  if (const auto done = std::exchange(done_, nullptr))
    done(answered);
}

void name_lookup::cancel() {
  done_ = nullptr;
  resolver_ = nullptr;
}

} // namespace cafnode::net

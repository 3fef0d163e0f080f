#include "runtime/net/tls_context.hpp"

#include "runtime/net/tls_fault.hpp"

#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/ssl.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <optional>
#include <sys/stat.h>

namespace cafnode::net {

namespace {

struct context_free {
  void operator()(SSL_CTX* context) const noexcept { SSL_CTX_free(context); }
};

using context_pointer = std::unique_ptr<SSL_CTX, context_free>;

class openssl_context final : public tls_context {
public:
  explicit openssl_context(context_pointer context) : context_{std::move(context)} {}

  [[nodiscard]] void* native() const noexcept override { return context_.get(); }

private:
  context_pointer context_;
};

using made = base::result<std::shared_ptr<const tls_context>, std::string>;

made wrap(context_pointer context) {
  return std::shared_ptr<const tls_context>{std::make_shared<openssl_context>(std::move(context))};
}

context_pointer new_context(const SSL_METHOD* method) {
  context_pointer context{SSL_CTX_new(method)};
  if (!context)
    return context;
  SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
  SSL_CTX_set_mode(context.get(),
                   SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  SSL_CTX_set_options(context.get(), SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_CLEANSE_PLAINTEXT);
  SSL_CTX_set_session_cache_mode(context.get(), SSL_SESS_CACHE_OFF);
  return context;
}

std::optional<std::string> unreadable(const std::string& what, const std::string& file) {

  struct stat about {};

  if (::stat(file.c_str(), &about) == 0 && !S_ISREG(about.st_mode))
    return fmt::format("cannot read the {} {}: it is not a plain file", what, file); // a pipe would block for ever
  errno = 0;
  std::ifstream probe{file};
  char first = 0;
  if (probe && probe.get(first))
    return std::nullopt;
  return fmt::format("cannot read the {} {}: {}", what, file, errno != 0 ? std::strerror(errno) : "it is empty");
}

std::optional<std::string> key_exposed(const std::string& file) {
  struct stat info {};

  if (::stat(file.c_str(), &info) != 0)
    return fmt::format("cannot read the private key {}: {}", file, std::strerror(errno));
  constexpr mode_t allowed = 0740;
  const auto mode = static_cast<unsigned>(info.st_mode & 07777U);
  if ((info.st_mode & 0777U & ~allowed) == 0)
    return std::nullopt;
  return fmt::format("the private key {0} has mode {1:04o}, so others can use it; run: chmod 600 {0}", file, mode);
}

std::optional<std::string> load_pair(SSL_CTX* context, const std::string& chain_file, const std::string& key_file) {
  if (SSL_CTX_use_certificate_chain_file(context, chain_file.c_str()) != 1)
    return fmt::format("no certificate chain in {}: {}", chain_file, take_openssl_fault());
  if (SSL_CTX_use_PrivateKey_file(context, key_file.c_str(), SSL_FILETYPE_PEM) != 1)
    return fmt::format("the private key {} cannot be used with the certificate {}: {}", key_file, chain_file,
                       take_openssl_fault());
  if (SSL_CTX_check_private_key(context) != 1)
    return fmt::format("the private key {} does not belong to the certificate {}", key_file, chain_file);
  return std::nullopt;
}

std::optional<std::string> load_trust(SSL_CTX* context, const std::string& ca_file) {
  if (ca_file.empty()) {
    if (SSL_CTX_set_default_verify_paths(context) == 1)
      return std::nullopt;
    return "cannot load the system's certificate store: " + take_openssl_fault();
  }
  if (auto fault = unreadable("CA file", ca_file))
    return fault;
  if (SSL_CTX_load_verify_locations(context, ca_file.c_str(), nullptr) == 1)
    return std::nullopt;
  return fmt::format("no certificate in the CA file {}: {}", ca_file, take_openssl_fault());
}

} // namespace

made make_tls_client(const tls_client_options& options) {
  ERR_clear_error();
  auto context = new_context(TLS_client_method());
  if (!context)
    return base::failure{"cannot set up TLS: " + take_openssl_fault()};
  SSL_CTX_set_verify(context.get(), options.verify_peer ? SSL_VERIFY_PEER : SSL_VERIFY_NONE, nullptr);
  if (auto fault = load_trust(context.get(), options.ca_file))
    return base::failure{std::move(*fault)};
  return wrap(std::move(context));
}

made make_tls_server(const std::string& chain_file, const std::string& key_file) {
  ERR_clear_error();
  auto context = new_context(TLS_server_method());
  if (!context)
    return base::failure{"cannot set up TLS: " + take_openssl_fault()};
  auto fault = unreadable("certificate chain", chain_file);
  if (!fault)
    fault = key_exposed(key_file);
  if (!fault)
    fault = unreadable("private key", key_file);
  if (!fault)
    fault = load_pair(context.get(), chain_file, key_file);
  if (fault)
    return base::failure{std::move(*fault)};
  return wrap(std::move(context));
}

} // namespace cafnode::net

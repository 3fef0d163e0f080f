#include "runtime/net/tls_context.hpp"
#include "tests/support/net_peer.hpp"

#include <doctest/doctest.h>
#include <openssl/ssl.h>

#include <filesystem>
#include <fstream>

using namespace cafnode;
using namespace cafnode::test;

namespace {

bool says(const std::string& fault, const std::string& words) {
  CAPTURE(fault);
  return fault.find(words) != std::string::npos;
}

void set_mode(const std::string& file, unsigned mode) {
  std::filesystem::permissions(file, static_cast<std::filesystem::perms>(mode));
}

} // namespace

TEST_CASE("a client's context wants TLS 1.2 and a verified peer") {
  const auto made = net::make_tls_client({});
  REQUIRE(made.has_value());
  auto* context = static_cast<SSL_CTX*>(made.value()->native());
  CHECK(SSL_CTX_get_min_proto_version(context) == TLS1_2_VERSION);
  CHECK(SSL_CTX_get_verify_mode(context) == SSL_VERIFY_PEER);
}

TEST_CASE("a CA file that cannot be used is a fault that names it") {
  const net_identity identity{"localhost"};
  const auto missing = identity.folder() + "/missing.pem";
  CHECK(says(net::make_tls_client({missing, true}).fault(), missing + ": No such file or directory"));
  const auto garbage = identity.folder() + "/garbage.pem";
  std::ofstream{garbage} << "not a certificate";
  CHECK(says(net::make_tls_client({garbage, true}).fault(), "no certificate in the CA file " + garbage));
  const auto empty = identity.folder() + "/empty.pem";
  std::ofstream{empty}.flush();
  CHECK(says(net::make_tls_client({empty, true}).fault(), "it is empty"));
}

TEST_CASE("a server's context needs a chain and the key that belongs to it") {
  const net_identity identity{"localhost"};
  const net_identity other{"localhost"};
  CHECK(net::make_tls_server(identity.chain_file(), identity.key_file()).has_value());
  CHECK(says(net::make_tls_server("/nowhere/chain.pem", identity.key_file()).fault(), "/nowhere/chain.pem"));
  CHECK(says(net::make_tls_server(identity.chain_file(), "/nowhere/key.pem").fault(), "/nowhere/key.pem"));
  CHECK(says(net::make_tls_server(identity.key_file(), identity.key_file()).fault(), "no certificate chain in"));
  CHECK(says(net::make_tls_server(identity.chain_file(), other.key_file()).fault(), "key values mismatch"));
}

TEST_CASE("a private key that others can reach is refused with the command that mends it") {
  const net_identity identity{"localhost"};
  for (const unsigned mode : {0600U, 0640U, 0400U, 0440U}) {
    CAPTURE(mode);
    set_mode(identity.key_file(), mode);
    CHECK(net::make_tls_server(identity.chain_file(), identity.key_file()).has_value());
  }
  for (const unsigned mode : {0644U, 0660U, 0604U, 0602U, 0601U, 0666U}) {
    CAPTURE(mode);
    set_mode(identity.key_file(), mode);
    const auto made = net::make_tls_server(identity.chain_file(), identity.key_file());
    REQUIRE_FALSE(made.has_value());
    CHECK(says(made.fault(), "chmod 600 " + identity.key_file()));
  }
}

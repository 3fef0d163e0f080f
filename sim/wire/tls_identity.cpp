#include "sim/wire/tls_identity.hpp"

#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

namespace cafnode::sim {

namespace {

using key_ptr = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
using cert_ptr = std::unique_ptr<X509, decltype(&X509_free)>;
using bio_ptr = std::unique_ptr<BIO, decltype(&BIO_free)>;

constexpr long valid_seconds = 30L * 24 * 3600;

key_ptr new_key() {
  return {EVP_EC_gen("P-256"), &EVP_PKEY_free};
}

void add_extension(X509* certificate, X509* issuer, int kind, const char* value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, kind, value);
  if (extension != nullptr)
    X509_add_ext(certificate, extension, -1);
  X509_EXTENSION_free(extension);
}

cert_ptr new_certificate(EVP_PKEY* key, const char* name, long serial) {
  cert_ptr certificate{X509_new(), &X509_free};
  X509_set_version(certificate.get(), 2);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), serial);
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -3600);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), valid_seconds);
  X509_set_pubkey(certificate.get(), key);
  X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate.get()), "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>(name), -1, -1, 0);
  return certificate;
}

cert_ptr new_authority(EVP_PKEY* key) {
  cert_ptr authority = new_certificate(key, "exchange-sim authority", static_cast<long>(::getpid()) * 2);
  X509_set_issuer_name(authority.get(), X509_get_subject_name(authority.get()));
  add_extension(authority.get(), authority.get(), NID_basic_constraints, "critical,CA:TRUE");
  add_extension(authority.get(), authority.get(), NID_key_usage, "critical,keyCertSign,cRLSign");
  add_extension(authority.get(), authority.get(), NID_subject_key_identifier, "hash");
  X509_sign(authority.get(), key, EVP_sha256());
  return authority;
}

cert_ptr new_server(EVP_PKEY* key, X509* authority, EVP_PKEY* authority_key) {
  cert_ptr server = new_certificate(key, "localhost", static_cast<long>(::getpid()) * 2 + 1);
  X509_set_issuer_name(server.get(), X509_get_subject_name(authority));
  add_extension(server.get(), authority, NID_basic_constraints, "critical,CA:FALSE");
  add_extension(server.get(), authority, NID_key_usage, "critical,digitalSignature");
  add_extension(server.get(), authority, NID_ext_key_usage, "serverAuth");
  add_extension(server.get(), authority, NID_subject_alt_name, "DNS:localhost,IP:127.0.0.1,IP:::1");
  add_extension(server.get(), authority, NID_authority_key_identifier, "keyid");
  X509_sign(server.get(), authority_key, EVP_sha256());
  return server;
}

std::string text_of(BIO* memory) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(memory, &data);
  return {data, static_cast<std::size_t>(size)};
}

std::string pem_of(X509* certificate) {
  const bio_ptr memory{BIO_new(BIO_s_mem()), &BIO_free};
  PEM_write_bio_X509(memory.get(), certificate);
  return text_of(memory.get());
}

std::string pem_of(EVP_PKEY* key) {
  const bio_ptr memory{BIO_new(BIO_s_mem()), &BIO_free};
  PEM_write_bio_PKCS8PrivateKey(memory.get(), key, nullptr, nullptr, 0, nullptr, nullptr);
  return text_of(memory.get());
}

/// Writes a file anew with exactly this mode. Empty when done, otherwise what went wrong.
std::string write_file(const std::string& path, const std::string& text, mode_t mode) {
  ::unlink(path.c_str()); // what stood there may have had another mode
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
  if (file < 0)
    return fmt::format("cannot write '{}': {}", path, std::strerror(errno));
  const bool whole = ::write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size());
  ::fchmod(file, mode);
  ::close(file);
  return whole ? std::string{} : fmt::format("cannot write all of '{}'", path);
}

std::string openssl_says() {
  char text[256]{};
  ERR_error_string_n(ERR_get_error(), text, sizeof text);
  return text;
}

} // namespace

base::result<tls_files, std::string> make_tls_files(const std::string& folder) {
  std::error_code fault;
  std::filesystem::create_directories(folder, fault);
  if (fault)
    return base::failure{fmt::format("cannot make the folder '{}': {}", folder, fault.message())};
  const key_ptr authority_key = new_key();
  const key_ptr server_key = new_key();
  if (!authority_key || !server_key)
    return base::failure{"cannot make a key: " + openssl_says()};
  const cert_ptr authority = new_authority(authority_key.get());
  const cert_ptr server = new_server(server_key.get(), authority.get(), authority_key.get());
  const tls_files files{folder + "/sim-server.pem", folder + "/sim-server.key", folder + "/sim-ca.pem"};
  std::string problem = write_file(files.authority, pem_of(authority.get()), 0644);
  if (problem.empty())
    problem = write_file(files.chain, pem_of(server.get()), 0644);
  if (problem.empty())
    problem = write_file(files.key, pem_of(server_key.get()), 0600);
  if (!problem.empty())
    return base::failure{std::move(problem)};
  return files;
}

base::result<tls_server, std::string> load_tls_server(const tls_files& files) {
  tls_server context{SSL_CTX_new(TLS_server_method()), &SSL_CTX_free};
  if (!context)
    return base::failure{"cannot set up TLS: " + openssl_says()};
  SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
  SSL_CTX_set_mode(context.get(),
                   SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_session_cache_mode(context.get(), SSL_SESS_CACHE_OFF);
  SSL_CTX_set_num_tickets(context.get(), 0);
  if (SSL_CTX_use_certificate_chain_file(context.get(), files.chain.c_str()) != 1)
    return base::failure{fmt::format("cannot use the certificate '{}': {}", files.chain, openssl_says())};
  if (SSL_CTX_use_PrivateKey_file(context.get(), files.key.c_str(), SSL_FILETYPE_PEM) != 1)
    return base::failure{fmt::format("cannot use the key '{}': {}", files.key, openssl_says())};
  if (SSL_CTX_check_private_key(context.get()) != 1)
    return base::failure{fmt::format("the key '{}' does not belong to '{}'", files.key, files.chain)};
  return context;
}

} // namespace cafnode::sim

#include "runtime/net/tls_source.hpp"

#include <openssl/x509.h>

#include <cstdlib>
#include <sys/stat.h>

namespace cafnode::net {

namespace {

/// Where OpenSSL looks when no file is named.
std::string system_store() {
  const char* named = std::getenv(X509_get_default_cert_file_env());
  return named != nullptr ? named : X509_get_default_cert_file();
}

} // namespace

tls_source::file_mark tls_source::look() const {
  const auto file = options_.ca_file.empty() ? system_store() : options_.ca_file;

  struct stat about {};

  if (::stat(file.c_str(), &about) != 0)
    return {};
  const auto ns = [](const timespec& at) { return std::int64_t{at.tv_sec} * 1'000'000'000 + at.tv_nsec; };
  return {static_cast<std::int64_t>(about.st_dev), static_cast<std::int64_t>(about.st_ino),
          static_cast<std::int64_t>(about.st_size), ns(about.st_mtim), ns(about.st_ctim)};
}

base::result<std::shared_ptr<const tls_context>, std::string> tls_source::current() {
  const std::lock_guard lock{mutex_};
  const auto mark = look(); // before reading: a change meanwhile is seen by the next call
  if (context_ && mark == seen_)
    return context_;
  context_ = nullptr;
  auto made = make_tls_client(options_);
  if (!made)
    return base::failure{made.fault()};
  context_ = std::move(made).value();
  seen_ = mark;
  return context_;
}

} // namespace cafnode::net

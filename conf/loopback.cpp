#include "conf/loopback.hpp"

#include <arpa/inet.h>
#include <string>

namespace cafnode::conf {

namespace {

bool parse(std::string_view text, int family, void* into) {
  return inet_pton(family, std::string{text}.c_str(), into) == 1;
}

} // namespace

bool is_address(std::string_view text) {
  in6_addr any{};
  return parse(text, AF_INET, &any) || parse(text, AF_INET6, &any);
}

bool is_odd_address(std::string_view text) {
  in_addr four{};
  return !is_address(text) && inet_aton(std::string{text}.c_str(), &four) == 1;
}

bool is_loopback_address(std::string_view text) {
  in_addr four{};
  in6_addr six{};
  if (parse(text, AF_INET, &four))
    return ntohl(four.s_addr) >> 24U == 127;
  return parse(text, AF_INET6, &six) && IN6_IS_ADDR_LOOPBACK(&six);
}

} // namespace cafnode::conf

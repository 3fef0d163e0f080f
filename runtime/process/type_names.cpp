#include "runtime/process/type_names.hpp"

#include <caf/type_erased_tuple.hpp>
#include <caf/type_nr.hpp>

#include <cstdlib>
#include <cxxabi.h>
#include <memory>

namespace cafnode::process {

namespace {

std::string readable(const char* mangled) {
  int status = 0;
  const std::unique_ptr<char, void (*)(void*)> text{abi::__cxa_demangle(mangled, nullptr, nullptr, &status), std::free};
  return status == 0 ? text.get() : mangled;
}

} // namespace

std::string type_names(const caf::type_erased_tuple& content) {
  std::string names;
  for (std::size_t i = 0; i < content.size(); ++i) {
    const auto [number, info] = content.type(i);
    names += i == 0 ? "" : ", ";
    names += info != nullptr ? readable(info->name()) : caf::numbered_type_names[number - 1];
  }
  return names;
}

} // namespace cafnode::process

#include "tests/support/memory_search.hpp"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

namespace cafnode::test {

namespace {

constexpr std::size_t maps_max = std::size_t{1} << 20U;
constexpr std::size_t mapping_max = std::size_t{256} << 20U;

std::size_t count(const char* begin, std::size_t size, std::string_view shifted) {
  std::size_t found = 0;
  for (std::size_t at = 0; at + shifted.size() <= size; ++at) {
    std::size_t same = 0;
    while (same < shifted.size() && begin[at + same] == static_cast<char>(shifted[same] + 1))
      ++same;
    found += same == shifted.size() ? 1 : 0;
  }
  return found;
}

} // namespace

std::size_t copies_in_memory(std::string_view shifted) {
  // Nothing is allocated here: it would be where a copy was left behind. Shared: the kernel joins it with no neighbour,
  // so that it can be left out as a whole.
  void* const block =
      ::mmap(nullptr, maps_max + mapping_max, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  auto* const text = static_cast<char*>(block);
  const int maps = ::open("/proc/self/maps", O_RDONLY | O_CLOEXEC);
  std::size_t length = 0;
  for (ssize_t got = 1; got > 0; length += static_cast<std::size_t>(got))
    got = std::max<ssize_t>(::read(maps, text + length, maps_max - 1 - length), 0);
  ::close(maps);
  const int memory = ::open("/proc/self/mem", O_RDONLY | O_CLOEXEC);
  std::size_t found = 0;
  for (const char* line = text; *line != '\0'; line = std::strchr(line, '\n') + 1) {
    char* rest = nullptr;
    const auto from = std::strtoull(line, &rest, 16);
    const auto size = std::strtoull(rest + 1, &rest, 16) - from;
    if (std::strncmp(rest, " rw", 3) != 0 || size > mapping_max || from == reinterpret_cast<std::uintptr_t>(block))
      continue;
    const auto got = ::pread(memory, text + maps_max, size, static_cast<off_t>(from));
    if (got > 0)
      found += count(text + maps_max, static_cast<std::size_t>(got), shifted);
  }
  ::close(memory);
  ::munmap(block, maps_max + mapping_max);
  return found;
}

} // namespace cafnode::test

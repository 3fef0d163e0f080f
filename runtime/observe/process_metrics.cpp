#include "runtime/observe/process_metrics.hpp"

#include "runtime/observe/metric_names.hpp"

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <sys/resource.h>
#include <system_error>
#include <unistd.h>
#include <vector>

namespace cafnode::observe {

namespace {

/// The words of /proc/self/stat behind the name in brackets, which may hold blanks; the first is field 3 of proc(5).
std::vector<std::string> stat_words() {
  std::string text;
  std::getline(std::ifstream{"/proc/self/stat"}, text);
  const auto bracket = text.rfind(')');
  std::istringstream in{bracket == std::string::npos ? std::string{} : text.substr(bracket + 1)};
  std::vector<std::string> words;
  for (std::string word; in >> word;)
    words.push_back(word);
  return words;
}

double boot_unix_seconds() {
  std::ifstream in{"/proc/stat"};
  for (std::string line; std::getline(in, line);)
    if (line.starts_with("btime "))
      return std::strtod(line.c_str() + 6, nullptr);
  return 0;
}

std::uint64_t count_open_files() {
  std::error_code error;
  std::uint64_t count = 0;
  for (std::filesystem::directory_iterator at{"/proc/self/fd", error}, end; !error && at != end; at.increment(error))
    ++count;
  return count == 0 ? 0 : count - 1; // one of them is the listing's own
}

} // namespace

process_figures read_process_figures() {
  process_figures out;
  const auto words = stat_words();
  if (words.size() < 22)
    return out;
  const auto number = [&](std::size_t field) { return std::strtoull(words[field - 3].c_str(), nullptr, 10); };
  const auto ticks = static_cast<double>(::sysconf(_SC_CLK_TCK));
  out.cpu_seconds = static_cast<double>(number(14) + number(15)) / ticks;
  out.threads = number(20);
  out.start_unix_seconds = boot_unix_seconds() + static_cast<double>(number(22)) / ticks;
  out.resident_bytes = number(24) * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
  out.open_files = count_open_files();
  return out;
}

void add_process_metrics(registry& to) {
  to.add_reading(metric::process_cpu, {}, [] { return read_process_figures().cpu_seconds; });
  to.add_reading(metric::process_resident, {},
                 [] { return static_cast<double>(read_process_figures().resident_bytes); });
  to.add_reading(metric::process_threads, {}, [] { return static_cast<double>(read_process_figures().threads); });
  to.add_reading(metric::process_files, {}, [] { return static_cast<double>(read_process_figures().open_files); });
  to.add_reading(metric::process_files_max, {}, [] {
    rlimit limit{};
    return ::getrlimit(RLIMIT_NOFILE, &limit) == 0 ? static_cast<double>(limit.rlim_cur) : 0.0;
  });
  to.add_reading(metric::process_start, {}, [] { return read_process_figures().start_unix_seconds; });
}

} // namespace cafnode::observe

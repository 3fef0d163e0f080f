#include "apps/ctl/completion.hpp"

#include <algorithm>
#include <filesystem>
#include <system_error>

namespace cafnode::ctl {

namespace {

constexpr std::size_t offers_max = 1'000;

} // namespace

std::vector<offer> offers_of_files(const std::string& typed) {
  namespace fs = std::filesystem;
  const auto slash = typed.rfind('/');
  const auto folder = slash == std::string::npos ? std::string{} : typed.substr(0, slash + 1);
  const auto begin = typed.substr(folder.size());
  std::vector<offer> out;
  std::error_code failed; // a folder that cannot be read has nothing to offer
  for (fs::directory_iterator each{folder.empty() ? "." : folder, failed}, end;
       !failed && each != end && out.size() < offers_max; each.increment(failed)) {
    const auto name = each->path().filename().string();
    std::error_code unknown;
    const bool is_hidden = name.starts_with('.') && !begin.starts_with('.');
    const bool is_odd = name.find_first_of("\t\n") != std::string::npos; // would be two offers
    if (name.starts_with(begin) && !is_hidden && !is_odd)
      out.push_back({folder + name + (each->is_directory(unknown) ? "/" : ""), {}});
  }
  std::sort(out.begin(), out.end(), [](const offer& a, const offer& b) { return a.word < b.word; });
  return out;
}

} // namespace cafnode::ctl

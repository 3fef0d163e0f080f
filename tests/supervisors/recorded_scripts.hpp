#pragma once

#include "apps/trace/script.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace cafnode::test {

/// The recorded scripts of OTP, by name.
[[nodiscard]] std::vector<std::filesystem::path> recorded_scripts();

/// What OTP did with `script`, line by line.
[[nodiscard]] std::vector<std::string> recorded_trace(std::filesystem::path script);

[[nodiscard]] std::string content(const std::filesystem::path& file);

} // namespace cafnode::test

#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// Words that a person mistyped. Pure.
namespace cafnode::ctl {

/// How many letters have to be put in, left out, replaced or swapped with their neighbour to make one of the other.
[[nodiscard]] std::size_t edit_distance(std::string_view left, std::string_view right);

/// Which of `known` were perhaps meant by `word`, the nearest first; empty when none is near.
[[nodiscard]] std::vector<std::string> meant_by(std::string_view word, std::span<const std::string> known);

/// "'a', 'b' or 'c'".
[[nodiscard]] std::string listed(std::span<const std::string> words);

} // namespace cafnode::ctl

#include "actors/venues/registry.hpp"

#include "actors/venues/deribit/make_machine.hpp"
#include "actors/venues/deribit/rules.hpp"

#include <algorithm>
#include <array>

namespace cafnode::venues {

namespace {

constexpr std::array venues_known{
    venue{"deribit",
          &deribit::make_machine,
          deribit::subscribe_pool,
          deribit::query_credits,
          keep_alive::answers,
          {deribit::label_bytes_max, "._-"}},
};

} // namespace

std::span<const venue> all_venues() noexcept {
  return venues_known;
}

const venue* find_venue(std::string_view name) noexcept {
  const auto at =
      std::find_if(venues_known.begin(), venues_known.end(), [name](const venue& one) { return one.name == name; });
  return at == venues_known.end() ? nullptr : &*at;
}

} // namespace cafnode::venues

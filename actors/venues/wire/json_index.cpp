#include "actors/venues/wire/json_index.hpp"

#include <simdjson.h>

#include <algorithm>

namespace cafnode::venues::json {

struct structure_index::state {
  std::unique_ptr<simdjson::internal::dom_parser_implementation> parser;
  std::size_t capacity = 0;
};

namespace {

constexpr std::size_t capacity_min = 16 * 1024;
constexpr std::size_t depth_unused = 1; // the second half's bound; nesting costs the first half nothing

} // namespace

structure_index::structure_index() : state_{std::make_unique<state>()} {}

structure_index::~structure_index() = default;

std::span<const std::uint32_t> structure_index::build(std::string_view text, const char*& why) {
  static_assert(simdjson::SIMDJSON_PADDING <= 64, "the parser reads further than frames can be read");
  auto error = text.size() > frame_bytes_max ? simdjson::CAPACITY : simdjson::SUCCESS;
  if (!error && text.size() > state_->capacity) {
    state_->capacity = std::max(text.size(), std::max(2 * state_->capacity, capacity_min));
    state_->parser.reset();
    error = simdjson::get_active_implementation()->create_dom_parser_implementation(state_->capacity, depth_unused,
                                                                                    state_->parser);
  }
  if (!error && !text.empty())
    error = state_->parser->stage1(reinterpret_cast<const std::uint8_t*>(text.data()), text.size(),
                                   simdjson::stage1_mode::regular);
  else if (!error)
    error = simdjson::EMPTY;
  why = error ? simdjson::error_message(error) : nullptr;
  if (error)
    return {};
  state_->parser->structural_indexes[state_->parser->n_structural_indexes] = static_cast<std::uint32_t>(text.size());
  return {state_->parser->structural_indexes.get(), state_->parser->n_structural_indexes};
}

} // namespace cafnode::venues::json

#pragma once

#include "runtime/process/message_fields.hpp"

#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/meta/type_name.hpp>
#include <caf/type_id.hpp>

#include <cstdint>
#include <tuple>
#include <type_traits>

// How structs become messages. There are two kinds.
//
// Local: passed from actor to actor inside this program and never written to a wire; may hold anything that can be
// copied, shared pointers, functions and views included.
//
//   CAFNODE_LOCAL_MESSAGE(cafnode::session::frame_seen)       // outside of any namespace, behind the struct
//
// Of the wire: may cross nodes, so every field is listed and checked. Floating point is refused, since CAF 0.17.6 never
// comes back from writing an infinity and garbles NaN and denormals; so are steady times, which mean nothing elsewhere,
// and every type that does not say what it holds.
//
//   namespace cafnode::session {
//   struct order_filled { std::uint64_t id = 0; base::decimal price; };
//   CAFNODE_FIELDS(order_filled, value.id, value.price)       // in the namespace of the struct
//   }
//   CAFNODE_BEGIN_MESSAGES(session)                           // outside of any namespace, once a block
//   CAFNODE_ADD_MESSAGE(session, cafnode::session::order_filled)
//   CAFNODE_END_MESSAGES(session)
//
// and config.add_message_types<caf::id_block::cafnode_session>() where the system is made.

namespace cafnode::process {

/// The blocks of type numbers on the wire, each block_size long. Append, never renumber.
enum class message_block : std::uint16_t {
  process = 0,
  supervision = 1,
  session = 2,
  control = 3,
  egress = 4,
  cluster = 5,
  pool = 6,
  tests = 19,
};

inline constexpr caf::type_id_t block_size = 50;

[[nodiscard]] constexpr caf::type_id_t first_message_id(message_block block) noexcept {
  return static_cast<caf::type_id_t>(caf::first_custom_type_id + static_cast<unsigned>(block) * block_size);
}

} // namespace cafnode::process

/// Makes `type` a message that stays in this program.
#define CAFNODE_LOCAL_MESSAGE(type)                                                                                    \
  CAF_ALLOW_UNSAFE_MESSAGE_TYPE(type)                                                                                  \
  static_assert(std::is_copy_constructible_v<type>, "a message is copied when two of its receivers want to change "    \
                                                    "it");

/// Lists all fields of `type` as `value.<field>`, for the wire and for the check; nothing for a struct without fields.
#define CAFNODE_FIELDS(type, ...)                                                                                      \
  template<class Inspector>                                                                                            \
  typename Inspector::result_type inspect(Inspector& inspector, [[maybe_unused]] type& value) {                        \
    return inspector(caf::meta::type_name(#type) __VA_OPT__(, ) __VA_ARGS__);                                          \
  }                                                                                                                    \
  auto message_fields(type& value)->decltype(std::tie(__VA_ARGS__));

#define CAFNODE_BEGIN_MESSAGES(block)                                                                                  \
  CAF_BEGIN_TYPE_ID_BLOCK(cafnode_##block,                                                                             \
                          ::cafnode::process::first_message_id(::cafnode::process::message_block::block))

/// The next number of `block` for `type`: append, never reorder.
#define CAFNODE_ADD_MESSAGE(block, type)                                                                               \
  static_assert(::cafnode::process::may_cross_nodes_v<type>,                                                           \
                #type " may not cross nodes: floating point, a steady time, or a field whose type lists no fields");   \
  CAF_ADD_TYPE_ID(cafnode_##block, (type))

#define CAFNODE_END_MESSAGES(block)                                                                                    \
  CAF_END_TYPE_ID_BLOCK                                                                                                \
  (cafnode_##block) static_assert(caf::id_block::cafnode_##block::end - caf::id_block::cafnode_##block::begin <=       \
                                      ::cafnode::process::block_size,                                                  \
                                  "the block " #block " runs into its neighbour");

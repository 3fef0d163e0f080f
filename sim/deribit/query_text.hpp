#pragma once

#include <boost/json/object.hpp>

#include <string_view>

namespace cafnode::sim {

/// The parameters of a GET as JSON: numbers, booleans and JSON texts become such, except where the exchange's parameter
/// of that name is a string.
[[nodiscard]] boost::json::object read_query(std::string_view query);

} // namespace cafnode::sim

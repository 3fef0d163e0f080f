#include "sim/market/faults.hpp"

namespace cafnode::sim {

rpc_error bad_parameter(std::string_view name, std::string_view reason) {
  boost::json::object data;
  data["reason"] = std::string{reason};
  data["param"] = std::string{name};
  return {-32602, "Invalid params", std::move(data)};
}

} // namespace cafnode::sim

#pragma once

#include "conf/fault.hpp"
#include "conf/node_config.hpp"

#include <string>
#include <vector>

namespace cafnode::conf {

/// Something wrong with the section `control` as a whole, wherever its values came from.
struct control_fault {
  fault_code code;
  std::string path; // of the key
  std::string message;
  std::string hint;
};

/// Beyond loopback control needs TLS and a token. A name is judged when the node starts, by what it leads to.
[[nodiscard]] std::vector<control_fault> check_control(const control_config& config);

/// Whether control may listen on an address beyond loopback.
[[nodiscard]] bool is_guarded(const control_config& config) noexcept;

} // namespace cafnode::conf

#include "apps/ctl/config_offline.hpp"

#include "apps/ctl/output.hpp"
#include "conf/loader.hpp"
#include "conf/schema.hpp"

namespace cafnode::ctl {

exit_code validate_config(const std::string& file, bool as_json) {
  const auto read = conf::load_file(file);
  if (as_json)
    put(conf::faults_to_json(read.faults) + "\n");
  else
    put(conf::format_faults(read.faults) + (read.usable() ? file + ": ok\n" : ""));
  return read.usable() ? exit_code::ok : exit_code::bad_config;
}

exit_code print_config_schema() {
  put(conf::schema_to_json());
  return exit_code::ok;
}

} // namespace cafnode::ctl

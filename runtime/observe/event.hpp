#pragma once

#include "runtime/base/time.hpp"
#include "runtime/observe/field.hpp"

#include <cstdint>
#include <memory>
#include <string>

namespace cafnode::observe {

/// Something that happened in the node, as operators see it.
struct event {
  std::uint64_t seq = 0; // from 1, without gaps; given by the log
  base::moment at;
  std::string kind;        // "connection_phase", "child_restarted": a small set, lower case with underscores
  std::string subject;     // the path of what it happened to: "/tokyo/root/deribit/alpha"
  std::string cause;       // in words; may be empty
  std::string correlation; // joins the events of one operation; may be empty
  field_list fields;
};

using event_ptr = std::shared_ptr<const event>;

/// One JSON object: seq, at (RFC 3339), steady_ns, kind, subject, cause, corr, fields. No line end.
[[nodiscard]] std::string to_json(const event& from);

} // namespace cafnode::observe

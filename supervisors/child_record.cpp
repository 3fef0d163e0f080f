#include "supervisors/child_record.hpp"

#include <fmt/format.h>

#include <utility>

namespace cafnode::supervision {

namespace {

std::int64_t pack(const std::optional<shutdown_mode>& mode) {
  if (!mode)
    return child_record::grace_default;
  if (const auto* limit = std::get_if<grace>(&*mode))
    return limit->span.count();
  return std::holds_alternative<brutal_kill>(*mode) ? child_record::grace_brutal : child_record::grace_infinite;
}

std::optional<shutdown_mode> unpack(std::int64_t packed) {
  switch (packed) {
  case child_record::grace_default:
    return std::nullopt;
  case child_record::grace_infinite:
    return infinite_grace{};
  case child_record::grace_brutal:
    return brutal_kill{};
  default:
    return grace{std::chrono::milliseconds{packed}};
  }
}

std::unique_ptr<child_options> options_of(const child_spec& spec) {
  const bool plain = !spec.start_within && !spec.progress_within && !spec.healthy_after && spec.stop_group == 0 &&
                     spec.planned == replacement::stop_first && spec.revision == 0;
  if (plain)
    return nullptr;
  return std::make_unique<child_options>(child_options{spec.start_within, spec.progress_within, spec.healthy_after,
                                                       spec.stop_group, spec.planned, spec.revision});
}

} // namespace

end_reason child_record::late_start() const {
  const auto limit = options && options->start_within ? options->start_within->count() : 0;
  return {process::reason_code::start_failed, fmt::format("it was not up within {} ms", limit)};
}

shutdown_mode child_record::shutdown() const {
  if (auto given = unpack(grace_ms))
    return *given;
  return type == child_type::supervisor ? shutdown_mode{infinite_grace{}} : shutdown_mode{grace{}};
}

void child_record::adopt(child_spec spec) {
  options = options_of(spec);
  id = std::move(spec.id);
  start = std::move(spec.start);
  grace_ms = pack(spec.shutdown);
  restart = spec.restart;
  type = spec.type;
  significant = spec.significant;
}

child_spec child_record::spec() const {
  child_spec out;
  out.id = id;
  out.start = start;
  out.restart = restart;
  out.shutdown = unpack(grace_ms);
  out.type = type;
  out.significant = significant;
  if (options) {
    out.start_within = options->start_within;
    out.progress_within = options->progress_within;
    out.healthy_after = options->healthy_after;
    out.stop_group = options->stop_group;
    out.planned = options->planned;
    out.revision = options->revision;
  }
  return out;
}

} // namespace cafnode::supervision

#include "bench/report.hpp"

#include "runtime/base/json_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

namespace cafnode::bench {

namespace {

figures ratios_to(const bench_case& measured, const figures& peer) {
  figures out;
  for (const auto& [figure, name] : measured.ratios) {
    const auto ours = find_figure(measured.ours, figure);
    const auto theirs = find_figure(peer, figure);
    if (ours && theirs && *theirs > 0)
      out.emplace_back(name, *ours / *theirs);
  }
  return out;
}

std::string object(const figures& all) {
  std::string out = "{";
  for (const auto& [key, value] : all)
    out += fmt::format("{}{}:{:.3f}", out.size() > 1 ? "," : "", base::json_string(key), value);
  return out + "}";
}

figures aims_for(const bench_case& measured, const std::string& peer) {
  figures out;
  for (const auto& each : measured.aims)
    if (each.peer == peer)
      out.emplace_back(each.name, each.at_most);
  return out;
}

/// Each peer's aims, and ours under "ours".
std::string aims_json(const bench_case& measured) {
  std::string out = fmt::format(R"("ours":{})", object(aims_for(measured, {})));
  for (const auto& [name, peer] : measured.peers)
    out += fmt::format(",{}:{}", base::json_string(name), object(aims_for(measured, name)));
  return out;
}

/// A row of figures; those that have an aim show it and, when they miss it, by how much.
std::string row(const std::string& who, const figures& all, const figures& aims) {
  std::string out = fmt::format("  {:<20}", who);
  for (const auto& [key, value] : all) {
    out += fmt::format("  {} {:.2f}", key, value);
    if (const auto most = find_figure(aims, key))
      out += fmt::format(" (aim {:.3g}{})", *most, value > *most ? ", missed" : "");
  }
  return out + "\n";
}

std::string case_json(const bench_case& measured) {
  std::string peers;
  std::string ratios;
  for (const auto& [name, peer] : measured.peers) {
    peers += fmt::format("{}{}:{}", peers.empty() ? "" : ",", base::json_string(name), object(peer));
    ratios +=
        fmt::format("{}{}:{}", ratios.empty() ? "" : ",", base::json_string(name), object(ratios_to(measured, peer)));
  }
  return fmt::format(R"({{"case":{},"ours":{},"peers":{{{}}},"ratio":{{{}}},"aim":{{{}}}}})",
                     base::json_string(measured.name), object(measured.ours), peers, ratios, aims_json(measured));
}

} // namespace

std::optional<double> find_figure(const figures& all, const std::string& name) {
  for (const auto& [key, value] : all)
    if (key == name)
      return value;
  return std::nullopt;
}

std::string to_json(const report& measured) {
  std::string cases;
  for (const auto& one : measured.cases)
    cases += (cases.empty() ? "" : ",") + case_json(one);
  std::string notes;
  for (const auto& note : measured.notes)
    notes += (notes.empty() ? "" : ",") + base::json_string(note);
  return fmt::format(R"({{"bench":{},"cases":[{}],"notes":[{}]}})", base::json_string(measured.bench), cases, notes);
}

std::string to_table(const report& measured) {
  std::string out;
  for (const auto& one : measured.cases) {
    out += fmt::format("{} {}\n{}", measured.bench, one.name, row("ours", one.ours, aims_for(one, {})));
    for (const auto& [name, peer] : one.peers) {
      out += row(name, peer, {});
      if (const auto ratios = ratios_to(one, peer); !ratios.empty())
        out += row("ours / " + name, ratios, aims_for(one, name));
    }
  }
  for (const auto& note : measured.notes)
    out += fmt::format("{}: {}\n", measured.bench, note);
  return out;
}

figures percentiles(std::vector<double>& samples_us) {
  std::sort(samples_us.begin(), samples_us.end());
  const auto at = [&](std::size_t per_10000) {
    return samples_us[std::min(samples_us.size() - 1, samples_us.size() * per_10000 / 10'000)];
  };
  return {{"p50_us", at(5000)}, {"p99_us", at(9900)}, {"p999_us", at(9990)}, {"max_us", samples_us.back()}};
}

} // namespace cafnode::bench

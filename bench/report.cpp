#include "bench/report.hpp"

#include "runtime/base/json_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

namespace cafnode::bench {

namespace {

std::optional<double> find(const figures& all, const std::string& name) {
  for (const auto& [key, value] : all)
    if (key == name)
      return value;
  return std::nullopt;
}

figures ratios_to(const bench_case& measured, const figures& peer) {
  figures out;
  for (const auto& [figure, name] : measured.ratios) {
    const auto ours = find(measured.ours, figure);
    const auto theirs = find(peer, figure);
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

std::string case_json(const bench_case& measured) {
  std::string peers;
  std::string ratios;
  for (const auto& [name, peer] : measured.peers) {
    peers += fmt::format("{}{}:{}", peers.empty() ? "" : ",", base::json_string(name), object(peer));
    ratios +=
        fmt::format("{}{}:{}", ratios.empty() ? "" : ",", base::json_string(name), object(ratios_to(measured, peer)));
  }
  return fmt::format(R"({{"case":{},"ours":{},"peers":{{{}}},"ratio":{{{}}}}})", base::json_string(measured.name),
                     object(measured.ours), peers, ratios);
}

std::string row(const std::string& who, const figures& all) {
  std::string out = fmt::format("  {:<14}", who);
  for (const auto& [key, value] : all)
    out += fmt::format("  {} {:.2f}", key, value);
  return out + "\n";
}

} // namespace

std::string to_json(const report& measured) {
  std::string cases;
  for (const auto& one : measured.cases)
    cases += (cases.empty() ? "" : ",") + case_json(one);
  return fmt::format(R"({{"bench":{},"cases":[{}]}})", base::json_string(measured.bench), cases);
}

std::string to_table(const report& measured) {
  std::string out;
  for (const auto& one : measured.cases) {
    out += fmt::format("{} {}\n{}", measured.bench, one.name, row("ours", one.ours));
    for (const auto& [name, peer] : one.peers) {
      out += row(name, peer);
      if (const auto ratios = ratios_to(one, peer); !ratios.empty())
        out += row("ours / " + name, ratios);
    }
  }
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

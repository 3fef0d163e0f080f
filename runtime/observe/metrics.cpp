#include "runtime/observe/metrics.hpp"

#include "runtime/base/invariant.hpp"

#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

#include <algorithm>
#include <array>
#include <limits>
#include <map>
#include <mutex>
#include <sstream>
#include <utility>

namespace cafnode::observe {

namespace {

/// One series: exactly one of these is there.
struct series {
  std::unique_ptr<observe::counter> counter;
  std::unique_ptr<observe::gauge> gauge;
  std::unique_ptr<observe::histogram> histogram;
  std::function<double()> read;
  std::function<histogram_figures()> read_histogram;
};

struct family {
  metric_spec spec;
  std::map<label_values, series> all;
};

histogram_figures figures_of(const histogram& from) {
  histogram_figures figures{{}, from.sum()};
  for (std::size_t i = 0; i <= from.bounds().size(); ++i)
    figures.counts.push_back(from.count_in(i));
  return figures;
}

prometheus::ClientMetric::Histogram collect_histogram(const std::vector<double>& bounds,
                                                      const histogram_figures& figures) {
  CAFNODE_INVARIANT(figures.counts.size() == bounds.size() + 1, "a histogram's counts do not fit its bounds");
  prometheus::ClientMetric::Histogram out;
  std::uint64_t total = 0;
  for (std::size_t i = 0; i <= bounds.size(); ++i) {
    total += figures.counts[i];
    const auto bound = i < bounds.size() ? bounds[i] : std::numeric_limits<double>::infinity();
    out.bucket.push_back({total, bound});
  }
  out.sample_count = total;
  out.sample_sum = figures.sum;
  return out;
}

prometheus::ClientMetric collect_series(const metric_spec& spec, const label_values& labels, const series& from) {
  prometheus::ClientMetric out;
  for (std::size_t i = 0; i < labels.size(); ++i)
    out.label.push_back({std::string{spec.labels[i]}, labels[i]});
  if (from.histogram)
    out.histogram = collect_histogram(spec.bounds, figures_of(*from.histogram));
  else if (from.read_histogram)
    out.histogram = collect_histogram(spec.bounds, from.read_histogram());
  else if (from.counter)
    out.counter.value = static_cast<double>(from.counter->value());
  else if (from.gauge)
    out.gauge.value = from.gauge->value();
  else if (spec.kind == metric_kind::counter)
    out.counter.value = from.read();
  else
    out.gauge.value = from.read();
  return out;
}

prometheus::MetricType type_of(metric_kind kind) {
  constexpr std::array types{prometheus::MetricType::Counter, prometheus::MetricType::Gauge,
                             prometheus::MetricType::Histogram};
  return types[static_cast<std::size_t>(kind)];
}

bool is_word(std::string_view text) {
  return !text.empty() && text.front() >= 'a' && text.front() <= 'z' &&
         text.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_") == std::string_view::npos;
}

} // namespace

struct registry::content {
  mutable std::mutex mutex;
  std::map<std::string, family, std::less<>> families;

  series& find(const metric_spec& spec, label_values labels) {
    CAFNODE_INVARIANT(name_fault(spec).empty(), "a metric breaks the naming rules");
    CAFNODE_INVARIANT(labels.size() == spec.labels.size(), "a metric got too few or too many label values");
    auto& of = families.try_emplace(std::string{spec.name}, family{spec, {}}).first->second;
    CAFNODE_INVARIANT(of.spec.kind == spec.kind && of.spec.labels == spec.labels, "two metrics share a name");
    if (of.all.size() >= series_max && !of.all.contains(labels))
      std::fill(labels.begin(), labels.end(), "other");
    return of.all[std::move(labels)];
  }
};

histogram::histogram(std::vector<double> bounds)
    : bounds_{std::move(bounds)}, counts_{std::make_unique<std::atomic<std::uint64_t>[]>(bounds_.size() + 1)} {
  CAFNODE_INVARIANT(std::is_sorted(bounds_.begin(), bounds_.end()), "the bounds of a histogram ascend");
}

void histogram::observe(double value) noexcept {
  const auto bucket = std::lower_bound(bounds_.begin(), bounds_.end(), value) - bounds_.begin();
  counts_[static_cast<std::size_t>(bucket)].fetch_add(1, std::memory_order_relaxed);
  sum_.fetch_add(value, std::memory_order_relaxed);
}

std::uint64_t histogram::count_in(std::size_t bucket) const noexcept {
  return counts_[bucket].load(std::memory_order_relaxed);
}

std::string name_fault(const metric_spec& spec) {
  constexpr std::array<std::string_view, 6> short_units{"_ms", "_us", "_ns", "_kb", "_mb", "_percent"};
  if (!is_word(spec.name) || !(spec.name.starts_with("caf_node_") || spec.name.starts_with("process_")))
    return "a name is lower case and begins with caf_node_ or process_";
  if (spec.help.empty())
    return "help is missing";
  if (spec.name.ends_with("_total") != (spec.kind == metric_kind::counter))
    return "counters, and only they, end in _total";
  const auto ends = [&](std::string_view unit) { return spec.name.ends_with(unit); };
  if (std::any_of(short_units.begin(), short_units.end(), ends))
    return "units are seconds, bytes and ratios";
  if (!std::all_of(spec.labels.begin(), spec.labels.end(), is_word))
    return "a label's name is lower case";
  if (spec.bounds.empty() != (spec.kind != metric_kind::histogram))
    return "histograms, and only they, have bounds";
  return {};
}

registry::registry() : content_{std::make_unique<content>()} {}

registry::~registry() = default;

counter& registry::counter_of(const metric_spec& spec, const label_values& labels) {
  const std::lock_guard lock{content_->mutex};
  auto& found = content_->find(spec, labels);
  if (!found.counter)
    found.counter = std::make_unique<counter>();
  return *found.counter;
}

gauge& registry::gauge_of(const metric_spec& spec, const label_values& labels) {
  const std::lock_guard lock{content_->mutex};
  auto& found = content_->find(spec, labels);
  if (!found.gauge)
    found.gauge = std::make_unique<gauge>();
  return *found.gauge;
}

histogram& registry::histogram_of(const metric_spec& spec, const label_values& labels) {
  const std::lock_guard lock{content_->mutex};
  auto& found = content_->find(spec, labels);
  if (!found.histogram)
    found.histogram = std::make_unique<histogram>(spec.bounds);
  return *found.histogram;
}

void registry::add_reading(const metric_spec& spec, const label_values& labels, std::function<double()> read) {
  const std::lock_guard lock{content_->mutex};
  content_->find(spec, labels).read = std::move(read);
}

void registry::add_histogram_reading(const metric_spec& spec, const label_values& labels,
                                     std::function<histogram_figures()> read) {
  CAFNODE_INVARIANT(spec.kind == metric_kind::histogram, "a reading of a histogram for what is none");
  const std::lock_guard lock{content_->mutex};
  content_->find(spec, labels).read_histogram = std::move(read);
}

void registry::forget_readings(const std::vector<const metric_spec*>& of) {
  const std::lock_guard lock{content_->mutex};
  for (const auto* spec : of)
    if (const auto found = content_->families.find(spec->name); found != content_->families.end())
      std::erase_if(found->second.all, [](const auto& each) { return each.second.read || each.second.read_histogram; });
}

std::string registry::render() const {
  std::vector<prometheus::MetricFamily> all;
  {
    const std::lock_guard lock{content_->mutex};
    for (const auto& [name, from] : content_->families) {
      prometheus::MetricFamily out{name, std::string{from.spec.help}, type_of(from.spec.kind), {}};
      for (const auto& [labels, series] : from.all)
        out.metric.push_back(collect_series(from.spec, labels, series));
      all.push_back(std::move(out));
    }
  }
  std::ostringstream text;
  prometheus::TextSerializer{}.Serialize(text, all);
  return text.str();
}

} // namespace cafnode::observe

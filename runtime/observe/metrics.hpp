#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace cafnode::observe {

/// A count that only grows. Any thread, no lock.
class counter {
public:
  void increment(std::uint64_t by = 1) noexcept { count_.fetch_add(by, std::memory_order_relaxed); }

  [[nodiscard]] std::uint64_t value() const noexcept { return count_.load(std::memory_order_relaxed); }

private:
  std::atomic<std::uint64_t> count_{0};
};

/// A value that goes up and down. Any thread, no lock.
class gauge {
public:
  void set(double value) noexcept { value_.store(value, std::memory_order_relaxed); }

  void add(double by) noexcept { value_.fetch_add(by, std::memory_order_relaxed); }

  [[nodiscard]] double value() const noexcept { return value_.load(std::memory_order_relaxed); }

private:
  std::atomic<double> value_{0};
};

/// Counts values by size. Any thread, no lock; a reader may see a value in its bucket just before it is in the sum.
class histogram {
public:
  /// `bounds` ascend; a value belongs to the first bound that is not below it.
  explicit histogram(std::vector<double> bounds);

  void observe(double value) noexcept;

  [[nodiscard]] const std::vector<double>& bounds() const noexcept { return bounds_; }

  [[nodiscard]] std::uint64_t count_in(std::size_t bucket) const noexcept; // bounds().size() is all above

  [[nodiscard]] double sum() const noexcept { return sum_.load(std::memory_order_relaxed); }

private:
  std::vector<double> bounds_;
  std::unique_ptr<std::atomic<std::uint64_t>[]> counts_;
  std::atomic<double> sum_{0};
};

/// What a histogram that somebody else keeps has counted.
struct histogram_figures {
  std::vector<std::uint64_t> counts; // one for each bound of its spec, and one for all above
  double sum = 0;
};

enum class metric_kind : std::uint8_t { counter, gauge, histogram };

/// What a metric is called and means. All of them stand in metric_names.hpp.
struct metric_spec {
  metric_kind kind;
  std::string_view name; // caf_node_ or process_, base units, _total on counters
  std::string_view help;
  std::vector<std::string_view> labels; // their names; values must come from a small set
  std::vector<double> bounds;           // of a histogram
};

using label_values = std::vector<std::string>;

/// Why a spec breaks the naming rules of Prometheus and ours; empty when it does not.
[[nodiscard]] std::string name_fault(const metric_spec& spec);

/// Holds all metrics of a process. Handles stay valid as long as the registry; asking for one takes a lock, so ask once
/// and keep it. Any thread.
class registry {
public:
  /// A metric has at most so many series; what comes then is counted under the label value "other".
  static constexpr std::size_t series_max = 2'048;

  registry();
  registry(const registry&) = delete;
  registry& operator=(const registry&) = delete;
  ~registry();

  /// The series of `spec` with these label values, in the order of spec.labels; made at the first call.
  counter& counter_of(const metric_spec& spec, const label_values& labels = {});
  gauge& gauge_of(const metric_spec& spec, const label_values& labels = {});
  histogram& histogram_of(const metric_spec& spec, const label_values& labels = {});

  /// A counter or gauge whose value is read by `read` at each render(); the function must not call the registry.
  void add_reading(const metric_spec& spec, const label_values& labels, std::function<double()> read);

  /// The same for a histogram.
  void add_histogram_reading(const metric_spec& spec, const label_values& labels,
                             std::function<histogram_figures()> read);

  /// Takes away every series of these metrics that is read rather than counted here: what they were read from has
  /// changed. When this returns none of their functions runs any more.
  void forget_readings(const std::vector<const metric_spec*>& of);

  /// Prometheus' text format 0.0.4: `Content-Type: text/plain; version=0.0.4; charset=utf-8`. Sorted, so stable.
  [[nodiscard]] std::string render() const;

private:
  struct content;
  std::unique_ptr<content> content_;
};

} // namespace cafnode::observe

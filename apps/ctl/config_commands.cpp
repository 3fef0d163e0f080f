#include "apps/ctl/config_commands.hpp"

#include "apps/ctl/config_views.hpp"
#include "apps/ctl/last_words.hpp"
#include "apps/ctl/output.hpp"
#include "apps/ctl/show.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>

namespace cafnode::ctl {

namespace {

// A configuration is at most 1 MiB; a little more is read so that the node says so.
constexpr std::size_t file_bytes_max = (std::size_t{1} << 20U) + 1;

// What restarts connections waits for their orders, and then for them to be live.
constexpr std::chrono::milliseconds apply_timeout{60'000};

base::result<std::string, ctl_fault> read_text(const std::string& path) {
  std::string text(file_bytes_max, '\0');
  std::ifstream from{path == "-" ? "/dev/stdin" : path, std::ios::binary};
  from.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (!from.is_open() || from.bad())
    return base::failure{
        ctl_fault{exit_code::usage, "no_file", fmt::format("{} cannot be read", path), "is the path right?"}};
  text.resize(static_cast<std::size_t>(from.gcount()));
  return text;
}

class target {
public:
  explicit target(std::string path) : text_{std::move(path)} {}

  target& add(std::string_view name, const std::string& word) {
    if (!word.empty()) {
      text_ += fmt::format("{}{}={}", first_ ? '?' : '&', name, percent_encoded(word));
      first_ = false;
    }
    return *this;
  }

  [[nodiscard]] const std::string& text() const noexcept { return text_; }

private:
  std::string text_;
  bool first_ = true;
};

std::string user() {
  const char* name = std::getenv("USER");
  std::string out = name == nullptr ? "" : name;
  std::erase_if(out, [](unsigned char letter) { return std::isalnum(letter) == 0 && letter != '_' && letter != '-'; });
  return out.substr(0, 64);
}

options patient(options chosen) {
  if (chosen.timeout == options{}.timeout)
    chosen.timeout = apply_timeout;
  return chosen;
}

exit_code send(const options& chosen, target where, const apply_options& how, std::string body) {
  const auto healthy = how.healthy_within.empty() ? std::nullopt : parse_span(how.healthy_within);
  where.add("who", user()).add("why", how.why).add("index", how.index).add("force", how.force ? "1" : "");
  where.add("healthy_within_ms", is_zero_span(how.healthy_within) ? "0"
                                 : healthy                        ? fmt::to_string(healthy->count())
                                                                  : "");
  const auto with = patient(chosen);
  const last_words at_interrupt{"cafctl: the change goes on: cafctl config status\n"};
  const answer done = client{with.where, with.timeout}.change("POST", where.text(), std::move(body));
  if (!done)
    return fail(chosen, done.fault());
  put(chosen.as_json ? json_line(done.value()) : config_report_text(done.value()));
  return exit_code::ok;
}

} // namespace

exit_code show_config(const options& chosen) {
  return show_document(
      chosen, [](const client& node) { return node.get("/api/v1/config"); }, config_status_text);
}

exit_code plan_config(const options& chosen, const std::string& file) {
  auto text = read_text(file);
  if (!text)
    return fail(chosen, text.fault());
  target where{"/api/v1/config/plan"};
  where.add("file", file).add("who", user());
  const answer plan = client{chosen.where, chosen.timeout}.change("POST", where.text(), std::move(text).value());
  if (!plan) {
    auto fault = plan.fault();
    if (fault.word == "answer_lost")
      fault.hint = "nothing was touched: ask again, and give it longer (--timeout)";
    return fail(chosen, fault);
  }
  put(chosen.as_json ? json_line(plan.value()) : config_plan_text(plan.value(), file, chosen.how));
  return exit_code::ok;
}

exit_code apply_config(const options& chosen, const apply_options& how) {
  auto text = read_text(how.file);
  if (!text)
    return fail(chosen, text.fault());
  target where{"/api/v1/config/apply"};
  where.add("file", how.file).add("hash", how.hash).add("node", how.node);
  return send(chosen, std::move(where), how, std::move(text).value());
}

exit_code roll_config_back(const options& chosen, const apply_options& how) {
  target where{"/api/v1/config/rollback"};
  where.add("version", how.version);
  return send(chosen, std::move(where), how, {});
}

exit_code show_config_history(const options& chosen) {
  return show_document(
      chosen, [](const client& node) { return node.get("/api/v1/config/history"); }, config_history_text);
}

exit_code print_config_version(const options& chosen, const std::string& version) {
  target where{"/api/v1/config/version"};
  where.add("version", version);
  const answer found = client{chosen.where, chosen.timeout}.get(where.text());
  if (!found)
    return fail(chosen, found.fault());
  if (chosen.as_json) {
    put(json_line(found.value()));
    return exit_code::ok;
  }
  boost::json::error_code none;
  const value* text = found.value().find_pointer("/text", none);
  put(text != nullptr && text->is_string() ? std::string_view{text->get_string()} : std::string_view{});
  return exit_code::ok;
}

exit_code diff_config(const options& chosen, const std::string& from, const std::string& to) {
  target where{"/api/v1/config/diff"};
  where.add("from", from).add("to", to);
  return show_document(
      chosen, [&](const client& node) { return node.get(where.text()); }, config_diff_text);
}

} // namespace cafnode::ctl

#include "bench/config_bed.hpp"

#include "actors/session/io_seats.hpp"
#include "control/push/config_startup.hpp"
#include "runtime/process/spawn.hpp"
#include "runtime/process/tell.hpp"
#include "supervisors/supervisor.hpp"

#include <algorithm>
#include <chrono>
#include <stdexcept>

namespace cafnode::bench {

namespace {

constexpr std::chrono::seconds end_max{15};

class no_notices final : public session::notice_sink {
public:
  void publish(session::notice) override {}
};

/// Asks one question for somebody who is no actor.
class one_question final : public process::process_base {
public:
  one_question(caf::actor_config& config, caf::actor whom, control::config_wish wish,
               std::shared_ptr<std::promise<control::config_answer>> answer)
      : process_base{config, "one_question"}, whom_{std::move(whom)}, wish_{std::move(wish)}, answer_{answer} {}

protected:
  caf::behavior behave() override {
    request(whom_, caf::infinite, wish_)
        .then([this](const control::config_answer& answer) { finish(answer); },
              [this](const caf::error& why) {
                finish({control::config_outcome::unavailable, process::text_of(why), {}, {}});
              });
    return {[](caf::unit_t) {}};
  }

private:
  void finish(const control::config_answer& answer) {
    answer_->set_value(answer);
    stop({});
  }

  caf::actor whom_;
  control::config_wish wish_;
  std::shared_ptr<std::promise<control::config_answer>> answer_;
};

conf::loaded read(std::string name, std::string text) {
  return conf::load_text(std::move(name), std::move(text));
}

host::host_options with(std::size_t io_threads) {
  host::host_options options;
  options.io_threads = io_threads;
  return options;
}

} // namespace

config_bed::config_bed(const std::string& text, std::size_t io_threads, std::shared_ptr<control::config_store> kept)
    : file{text}, store{std::move(kept)}, host_{std::make_unique<host::actor_host>(with(io_threads))} {
  const auto first = read("bed", text);
  if (!first.usable())
    throw std::runtime_error{conf::format_faults(first.faults)};
  auto chosen = control::choose_start(*store, first, text, "bed", read, 1);
  if (!chosen)
    throw std::runtime_error{chosen.fault()};
  depot_ = std::make_shared<session::depot>(session::depot_inputs{session::seats_on(host_->engine()), &host_->clock(),
                                                                  board, std::make_shared<no_notices>(), tree, 1});
  depot_->want(session::wanted_of(first.config), 1);
  auto outcome = supervision::start_supervisor(host_->system(), nullptr, depot_->root_plan());
  root_ = std::get<supervision::started>(outcome).child;
  keeper_ = process::spawn_process<control::config_keeper>(host_->system(), &host_->aside(), outside(),
                                                           std::move(chosen).value().start);
}

control::config_outside config_bed::outside() {
  control::config_outside out;
  out.depot = depot_;
  out.board = board;
  out.store = store;
  out.find = [this](const std::string& path) {
    auto found = tree->process_at(path);
    return found ? found : process(path);
  };
  out.read = read;
  out.read_file = [this](std::string&) { return std::optional{file}; };
  out.file = "bed";
  out.why_not = [](const conf::node_config& wanted) { return session::depot::why_not(session::wanted_of(wanted)); };
  out.use = [](const conf::node_config&) {};
  out.show = [](std::uint64_t, bool) {};
  out.is_ending = [] { return false; };
  out.tell = [this](const control::config_news& happened) {
    const std::lock_guard guard{mutex_};
    told_.emplace_back(control::config_kinds.at(static_cast<std::size_t>(happened.what)));
  };
  return out;
}

config_bed::~config_bed() {
  end();
}

bool config_bed::end() {
  if (!host_)
    return true;
  process::ask_to_stop(keeper_);
  keeper_ = nullptr;
  const bool clean = host_->shutdown(std::move(root_), end_max).clean();
  host_ = nullptr;
  return clean;
}

std::future<control::config_answer> config_bed::begin(control::config_wish wish) const {
  auto answer = std::make_shared<std::promise<control::config_answer>>();
  auto future = answer->get_future();
  if (!process::try_spawn_process<one_question>(host_->system(), nullptr, keeper_, std::move(wish), answer))
    answer->set_value({control::config_outcome::unavailable, "the question could not be asked", {}, {}});
  return future;
}

std::size_t config_bed::live() const {
  std::size_t count = 0;
  for (const auto& record : board->all())
    count += record->view().phase == session::phase::live ? 1 : 0;
  return count;
}

caf::actor config_bed::process(const std::string& label) const {
  for (auto& live : host_->services().live())
    if (live.label == label)
      return std::move(live.handle);
  return {};
}

std::size_t config_bed::told(std::string_view kind) const {
  const std::lock_guard guard{mutex_};
  return static_cast<std::size_t>(std::count(told_.begin(), told_.end(), kind));
}

} // namespace cafnode::bench

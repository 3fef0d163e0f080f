#include "bench/decode_bench.hpp"

#include "actors/venues/deribit/make_machine.hpp"

#include <boost/json.hpp>
#include <simdjson.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <functional>
#include <memory>
#include <sstream>

namespace cafnode::bench {

namespace {

using clock = std::chrono::steady_clock;

/// Takes everything and keeps a count, so that nothing can be left out by the compiler.
class counting_outbox final : public venues::outbox {
public:
  void send(venues::lane, std::string_view frame) override { last_sent = frame; }

  void emit(const venues::event& happened) override {
    ++events;
    if (std::holds_alternative<venues::protocol_fault>(happened))
      ++faults;
  }

  void close(venues::give_up, std::string_view, std::chrono::milliseconds) override { ++faults; }

  std::string last_sent;
  std::size_t events = 0;
  std::size_t faults = 0;
};

struct padded_frame {
  std::string bytes; // with padding
  std::size_t size = 0;

  [[nodiscard]] std::string_view text() const { return std::string_view{bytes}.substr(0, size); }
};

bool load(const std::string& path, std::vector<padded_frame>& to) {
  std::ifstream file{path};
  std::stringstream text;
  text << file.rdbuf();
  padded_frame frame{text.str(), 0};
  while (!frame.bytes.empty() && frame.bytes.back() == '\n')
    frame.bytes.pop_back();
  frame.size = frame.bytes.size();
  frame.bytes.append(simdjson::SIMDJSON_PADDING, '\0');
  to.push_back(std::move(frame));
  return to.back().size > 0;
}

/// A machine that is live on the channels of the recorded frames.
class contestant {
public:
  contestant() {
    venues::machine_config config;
    config.client_id = "id";
    config.client_secret = base::secret{"secret"};
    config.channels = {"ticker.BTC-PERPETUAL.100ms", "book.BTC-PERPETUAL.100ms", "user.orders.option.BTC.raw"};
    machine_ = deribit::make_machine(std::move(config));
    machine_->open({}, out);
    answer(1, R"("ok")");
    answer(2, R"({"access_token":"a","refresh_token":"r","expires_in":900})");
    answer(3, R"("ok")");
    const auto from = out.last_sent.find('[');
    answer(4, out.last_sent.substr(from, out.last_sent.find(']') - from + 1));
  }

  void receive(const padded_frame& frame) { machine_->receive(frame.text(), {}, out); }

  counting_outbox out;

private:
  void answer(int id, const std::string& result) {
    std::string frame = R"({"jsonrpc":"2.0","id":)" + std::to_string(id) + R"(,"result":)" + result + "}";
    const auto size = frame.size();
    frame.append(simdjson::SIMDJSON_PADDING, '\0');
    machine_->receive(std::string_view{frame}.substr(0, size), {}, out);
  }

  std::unique_ptr<venues::machine> machine_;
};

using work = std::function<bool(const padded_frame&)>;

/// Frames per second of one round; negative when a frame failed.
double run_round(const std::vector<padded_frame>& frames, std::chrono::milliseconds span, const work& one) {
  std::size_t count = 0;
  const auto start = clock::now();
  auto now = start;
  while (now - start < span) {
    for (int batch = 0; batch < 50; ++batch)
      for (const auto& frame : frames)
        if (!one(frame))
          return -1;
    count += 50 * frames.size();
    now = clock::now();
  }
  return static_cast<double>(count) / std::chrono::duration<double>(now - start).count();
}

double middle_of(std::vector<double> rates) {
  std::sort(rates.begin(), rates.end());
  return rates.empty() || rates.front() < 0 ? -1 : rates[rates.size() / 2];
}

class peers {
public:
  bool parse_simdjson(const padded_frame& frame) { return !dom_.parse(frame.bytes.data(), frame.size, false).error(); }

  bool parse_boost(const padded_frame& frame) {
    boost::json::monotonic_resource memory{buffer_.data(), buffer_.size()};
    boost::json::error_code error;
    const auto value = boost::json::parse(boost::json::string_view{frame.bytes.data(), frame.size}, error, &memory);
    return !error && value.is_object();
  }

private:
  simdjson::dom::parser dom_;
  std::array<unsigned char, 256 * 1024> buffer_{};
};

decode_case measure(std::string name, const std::vector<padded_frame>& frames, const decode_options& options) {
  contestant ours;
  auto others = std::make_unique<peers>();
  const std::array<work, 3> works{work{[&ours](const padded_frame& frame) {
                                    ours.receive(frame);
                                    return ours.out.faults == 0;
                                  }},
                                  work{[&others](const padded_frame& frame) { return others->parse_simdjson(frame); }},
                                  work{[&others](const padded_frame& frame) { return others->parse_boost(frame); }}};
  std::array<std::vector<double>, 3> rates;
  for (std::size_t round = 0; round < options.rounds; ++round)
    for (std::size_t who = 0; who < works.size(); ++who)
      rates[who].push_back(run_round(frames, options.round, works[who]));
  decode_case result;
  result.name = std::move(name);
  for (const auto& frame : frames)
    result.bytes += static_cast<double>(frame.size) / static_cast<double>(frames.size());
  result.ours_per_s = middle_of(rates[0]);
  result.simdjson_per_s = middle_of(rates[1]);
  result.boost_json_per_s = middle_of(rates[2]);
  return result;
}

} // namespace

decode_result run_decode(const decode_options& options) {
  struct wanted_case {
    const char* name;
    std::vector<std::string> files;
  };

  const std::vector<wanted_case> wanted{{"ticker", {"ticker_perpetual"}},
                                        {"book", {"book_snapshot", "book_change_1", "book_change_2"}},
                                        {"order", {"user_order_open", "user_order_cancelled"}}};
  decode_result result;
  for (const auto& one : wanted) {
    std::vector<padded_frame> frames;
    for (const auto& file : one.files)
      if (!load(options.frames + "/" + file + ".json", frames)) {
        result.failure = "no frame in " + options.frames + "/" + file + ".json: name the folder of recorded frames";
        return result;
      }
    result.cases.push_back(measure(one.name, frames, options));
    const auto& last = result.cases.back();
    if (last.ours_per_s < 0 || last.simdjson_per_s < 0 || last.boost_json_per_s < 0) {
      result.failure = std::string{"the "} + one.name + " frames could not be decoded";
      return result;
    }
  }
  return result;
}

} // namespace cafnode::bench

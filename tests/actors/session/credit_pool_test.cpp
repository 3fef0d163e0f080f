#include "actors/session/credit_pool.hpp"
#include "runtime/base/rng.hpp"

#include <doctest/doctest.h>

#include <deque>
#include <memory>
#include <vector>

using namespace cafnode;
using namespace std::chrono_literals;
using base::time_point;
using session::credit_pool;

namespace {

constexpr base::token_bucket_config limits{20'000, 8'000};

constexpr base::token_bucket_config limits_of_account{25'000, 10'000}; // of which use_percent is 80

/// Connections that send all they may to an exchange, over links that are drawn to be slow,
/// to stall, and to break. Each link keeps its order. The exchange charges what arrives when it arrives.
class storm {
public:
  storm(std::uint64_t seed, bool restarts)
      : chance_{seed},
        restarts_{restarts},
        exchange_{restarts ? limits_of_account : limits, time_point{}},
        pool_{std::make_unique<credit_pool>(limits, time_point{})} {}

  void run(int steps) {
    for (int step = 0; step < steps; ++step) {
      now_ += std::chrono::milliseconds{chance_.between(0, 60)};
      deliver();
      auto& link = links_[static_cast<std::size_t>(chance_.between(0, link_count - 1))];
      const auto draw = chance_.between(0, 999);
      if (draw < 10 && !link.was_cut())
        link.stalled_until = now_ + std::chrono::milliseconds{chance_.between(100, 4000)};
      else if (draw < 13)
        cut(link);
      else if (draw < 15 && restarts_)
        restart();
      else if (draw < 18)
        stall_all();
      else
        send(link);
    }
  }

  [[nodiscard]] std::size_t refused() const noexcept { return refused_; }

  [[nodiscard]] std::size_t served() const noexcept { return served_; }

private:
  static constexpr std::int64_t link_count = 8;

  struct request {
    time_point due;
    std::int64_t cost = 0;
    bool counted = false; // this process waits for the answer
  };

  struct wire {
    std::deque<request> way;
    time_point stalled_until{};

    [[nodiscard]] bool was_cut() const { return !way.empty() && !way.front().counted; }
  };

  void send(wire& on) {
    const std::int64_t cost = chance_.between(0, 4) == 0 ? 3000 : 500;
    const int burst = static_cast<int>(chance_.between(1, 40));
    for (int i = 0; i < burst && pool_->take(cost, now_); ++i)
      on.way.push_back({now_ + std::chrono::milliseconds{chance_.between(0, 300)}, cost, true});
  }

  void deliver() {
    for (auto& one : links_)
      while (!one.way.empty() && one.way.front().due <= now_ && one.stalled_until <= now_) {
        const auto arrived = one.way.front();
        one.way.pop_front();
        if (!exchange_.take(arrived.cost, now_))
          ++refused_;
        ++served_;
        if (arrived.counted)
          pool_->answered(arrived.cost, now_);
      }
  }

  void stall_all() {
    for (auto& one : links_)
      if (!one.was_cut())
        one.stalled_until = now_ + 3500ms;
  }

  // What lay in the socket still arrives, as when a program closes it; nobody hears the answers.
  void cut(wire& on) {
    std::int64_t cost = 0;
    for (auto& one : on.way) {
      cost += one.counted ? one.cost : 0;
      one.counted = false;
    }
    pool_->lost(cost, now_);
  }

  void restart() {
    for (auto& one : links_) {
      one.stalled_until = now_; // a stall that outlives the process as well is more than an empty pool can make up for
      for (auto& waiting : one.way)
        waiting.counted = false;
    }
    pool_ = std::make_unique<credit_pool>(limits, now_);
  }

  base::rng chance_;
  bool restarts_;
  time_point now_{};
  base::token_bucket exchange_;
  std::unique_ptr<credit_pool> pool_;
  std::vector<wire> links_{static_cast<std::size_t>(link_count)};
  std::size_t refused_ = 0;
  std::size_t served_ = 0;
};

} // namespace

SCENARIO("an exchange's bucket of the very same size is never overdrawn, however slow, stalled or cut the links are") {
  for (std::uint64_t seed = 0; seed < 150; ++seed) {
    CAPTURE(seed);
    storm all{seed, false};
    all.run(2000);
    CHECK(all.refused() == 0);
    CHECK(all.served() > 200);
  }
}

SCENARIO("nor by a process that is killed and started again, with what is left to others between them") {
  for (std::uint64_t seed = 0; seed < 150; ++seed) {
    CAPTURE(seed);
    storm all{seed, true};
    all.run(2000);
    CHECK(all.refused() == 0);
    CHECK(all.served() > 200);
  }
}

SCENARIO("a pool begins empty and fills to its size, no further") {
  credit_pool pool{{1000, 100}, time_point{}};
  CHECK_FALSE(pool.take(1, time_point{}));
  CHECK(pool.wait_for(500, time_point{}) == 5s);
  CHECK(pool.available(time_point{5s}) == 500);
  CHECK(pool.available(time_point{1h}) == 1000);
  CHECK(pool.wait_for(1001, time_point{1h}) == base::duration::max());
}

SCENARIO("what was never sent comes back, what was answered does not") {
  credit_pool pool{{1000, 100}, time_point{-1h}};
  REQUIRE(pool.take(600, time_point{}));
  pool.answered(300, time_point{});
  CHECK(pool.available(time_point{}) == 400);
  pool.unsent(300, time_point{});
  CHECK(pool.available(time_point{}) == 700);
  CHECK(pool.unanswered() == 0);
}

SCENARIO("what must not wait is counted all the same, and others wait for it") {
  credit_pool pool{{1000, 100}, time_point{}};
  pool.force(500, time_point{});
  CHECK(pool.available(time_point{}) == -500);
  pool.answered(500, time_point{});
  CHECK(pool.wait_for(500, time_point{}) == 10s);
  for (int i = 0; i < 10; ++i)
    pool.force(500, time_point{});
  CHECK(pool.available(time_point{}) == -1000); // a debt has a bound too
}

SCENARIO("a drained pool is empty, and fills again") {
  credit_pool pool{{1000, 100}, time_point{-1h}};
  pool.drain(time_point{});
  CHECK_FALSE(pool.take(1, time_point{}));
  CHECK(pool.take(100, time_point{1s}));
}

#pragma once

#include "runtime/net/name_lookup.hpp"

#include <chrono>
#include <cstddef>
#include <deque>
#include <memory>

namespace cafnode::net {

/// The look-ups of one I/O thread: those who ask for the same name at nearly the same time share one answer, and no
/// more than a bounded number are under way. One thread.
class lookup_pool : public std::enable_shared_from_this<lookup_pool> {
public:
  struct request;

  static constexpr std::size_t at_once_max = 32;
  /// Who asks later asks anew: a look-up that hangs must not be the answer of everybody who comes after it.
  static constexpr std::chrono::milliseconds shared_for{250};

  /// A question that awaits its answer; its end takes it back. Movable.
  class ticket {
  public:
    ticket() = default;
    ticket(std::shared_ptr<lookup_pool> pool, std::shared_ptr<request> mine);
    ticket(ticket&& other) noexcept = default;
    ticket& operator=(ticket&& other) noexcept;
    ~ticket();

  private:
    void take_back();

    std::shared_ptr<lookup_pool> pool_;
    std::shared_ptr<request> request_;
  };

  explicit lookup_pool(boost::asio::io_context& io) : io_{io} {}

  /// `done` is called once, never from inside this call, unless the ticket is given up first.
  [[nodiscard]] ticket ask(const lookup_question& question, name_lookup::on_done done);

  /// Ends all of them; for the end of the io_context.
  void shut();

  [[nodiscard]] std::size_t under_way() const noexcept { return under_way_; }

private:
  struct job;

  [[nodiscard]] std::shared_ptr<job> job_for(const lookup_question& question);
  void begin_more();
  void on_answer(const std::shared_ptr<job>& answered, const name_lookup::outcome& outcome);
  void remove(const std::shared_ptr<job>& gone);
  void take_back(const std::shared_ptr<request>& gone);

  boost::asio::io_context& io_;
  std::deque<std::shared_ptr<job>> jobs_; // in the order in which they came, those under way first
  std::size_t under_way_ = 0;
};

} // namespace cafnode::net

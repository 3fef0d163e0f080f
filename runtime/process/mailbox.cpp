#include "runtime/process/mailbox.hpp"

#include "runtime/base/invariant.hpp"
#include "runtime/process/process_base.hpp"
#include "runtime/process/system_config.hpp"

#include <caf/sec.hpp>

#include <algorithm>
#include <iterator>
#include <utility>

namespace cafnode::process {

mailbox::mailbox(services& where, mailbox_options options) : services_{&where}, options_{std::move(options)} {
  CAFNODE_INVARIANT(options_.bound >= 1 && options_.bound <= bound_max, "the bound of a mailbox");
  figures_.bound = options_.bound;
}

mailbox::~mailbox() {
  close();
}

mail_outcome mailbox::put(caf::mailbox_element_ptr mail, base::time_point deadline) {
  caf::mailbox_element_ptr gone;
  auto why = loss::closed;
  auto outcome = mail_outcome::kept;
  caf::strong_actor_ptr sleeper;
  {
    const std::lock_guard guard{mutex_};
    if (figures_.is_closed) {
      ++figures_.closed;
      gone = std::move(mail);
      outcome = mail_outcome::closed;
    } else if (waiting() < options_.bound) {
      queue_.push_back({std::move(mail), deadline});
    } else if (options_.overflow == overflow::drop_oldest) {
      why = loss::dropped;
      ++figures_.dropped;
      gone = pop_oldest().mail;
      queue_.push_back({std::move(mail), deadline});
    } else {
      const bool refuses = options_.overflow == overflow::refuse;
      why = refuses ? loss::refused : loss::dropped;
      ++(refuses ? figures_.refused : figures_.dropped);
      gone = std::move(mail);
      outcome = mail_outcome::lost;
    }
    note_length();
    sleeper = to_wake();
  }
  wake(sleeper);
  if (gone)
    lose(*gone, why);
  return outcome;
}

void mailbox::close() {
  std::deque<entry> left;
  {
    const std::lock_guard guard{mutex_};
    figures_.is_closed = true;
    put_back_aside();
    left.swap(queue_);
    figures_.closed += left.size();
    note_length();
  }
  for (auto& each : left)
    lose(*each.mail, loss::closed);
}

mailbox_figures mailbox::figures() const {
  const std::lock_guard guard{mutex_};
  auto now = figures_;
  now.length = waiting();
  now.readers = readers_.size();
  return now;
}

void mailbox::attach(process_base& who) {
  reader forgotten{};
  caf::strong_actor_ptr sleeper;
  {
    const std::lock_guard guard{mutex_};
    if (readers_.size() == readers_max) {
      forgotten = std::move(readers_.front());
      readers_.erase(readers_.begin());
    }
    readers_.push_back({&who, caf::strong_actor_ptr{who.ctrl()}});
    sleeper = to_wake();
  }
  wake(sleeper);
}

void mailbox::detach(process_base& who) noexcept {
  reader gone{};
  caf::strong_actor_ptr sleeper;
  {
    const std::lock_guard guard{mutex_};
    const auto found =
        std::find_if(readers_.begin(), readers_.end(), [&who](const reader& it) { return it.who == &who; });
    if (found != readers_.end()) {
      gone = std::move(*found);
      readers_.erase(found);
    }
    put_back_aside();
    sleeper = to_wake();
  }
  wake(sleeper);
}

mailbox::taken mailbox::take(process_base& who, const base::clock_source& clock) {
  taken found;
  std::vector<entry> expired;
  {
    const std::lock_guard guard{mutex_};
    const auto mine =
        std::find_if(readers_.begin(), readers_.end(), [&who](const reader& it) { return it.who == &who; });
    if (mine == readers_.end())
      return found;
    mine->token_is_out = false;
    if (std::next(mine) != readers_.end())
      return found; // there is a newer one
    while (!queue_.empty() && !found.next.mail) {
      const auto deadline = queue_.front().deadline;
      const bool late = deadline != base::time_point::max() && deadline <= clock.now().steady;
      auto oldest = std::exchange(queue_.front(), {});
      queue_.pop_front();
      if (late)
        expired.push_back(std::move(oldest));
      else
        found.next = std::move(oldest);
    }
    figures_.expired += expired.size();
    figures_.taken += found.next.mail ? 1 : 0;
    found.more = mine->token_is_out = !queue_.empty();
    note_length();
  }
  for (auto& each : expired)
    lose(*each.mail, loss::expired);
  return found;
}

void mailbox::set_aside(entry unwanted) {
  entry gone;
  auto why = loss::closed;
  {
    const std::lock_guard guard{mutex_};
    if (figures_.is_closed) {
      ++figures_.closed;
      gone = std::move(unwanted);
    } else {
      aside_.push_back(std::move(unwanted));
      if (waiting() > options_.bound) { // its place was taken meanwhile
        const bool refuses = options_.overflow == overflow::refuse;
        why = refuses ? loss::refused : loss::dropped;
        ++(refuses ? figures_.refused : figures_.dropped);
        if (options_.overflow == overflow::drop_oldest || queue_.empty()) {
          gone = pop_oldest();
        } else {
          gone = std::move(queue_.back());
          queue_.pop_back();
        }
      }
    }
    note_length();
  }
  if (gone.mail)
    lose(*gone.mail, why);
}

void mailbox::restore() noexcept {
  caf::strong_actor_ptr sleeper;
  {
    const std::lock_guard guard{mutex_};
    put_back_aside();
    sleeper = to_wake();
  }
  wake(sleeper);
}

void mailbox::note_length() noexcept {
  const auto length = waiting();
  length_.store(length, std::memory_order_relaxed);
  figures_.high_water = std::max(figures_.high_water, length);
}

mailbox::entry mailbox::pop_oldest() {
  auto& from = aside_.empty() ? queue_ : aside_;
  auto oldest = std::move(from.front());
  from.pop_front();
  return oldest;
}

void mailbox::put_back_aside() {
  for (; !aside_.empty(); aside_.pop_back())
    queue_.push_front(std::move(aside_.back()));
}

caf::strong_actor_ptr mailbox::to_wake() {
  if (queue_.empty() || readers_.empty() || std::exchange(readers_.back().token_is_out, true))
    return nullptr;
  return readers_.back().keep;
}

void mailbox::wake(const caf::strong_actor_ptr& who) {
  if (who)
    static_cast<process_base*>(who->get())->put_token();
}

void mailbox::lose(caf::mailbox_element& mail, loss why) const {
  if (mail.mid.is_request()) {
    if (mail.sender)
      mail.sender->enqueue(caf::make_mailbox_element(nullptr, mail.mid.response_id(), {}, error_of(why)), nullptr);
    return;
  }
  if (why == loss::refused)
    services_->bury(dead_letter_kind::overflow, options_.name, mail.content(), nullptr);
  else if (why == loss::closed)
    services_->bury(dead_letter_kind::closed_mailbox, options_.name, mail.content(), nullptr);
}

caf::error mailbox::error_of(loss why) const {
  if (why == loss::expired)
    return caf::make_error(caf::sec::request_timeout);
  if (why == loss::closed)
    return make_reason(reason_code::shutdown, "the mailbox " + options_.name + " is closed");
  return make_reason(reason_code::refused,
                     "the mailbox " + options_.name + " is full: " + std::to_string(options_.bound) + " messages wait");
}

std::shared_ptr<mailbox> make_mailbox(caf::actor_system& system, mailbox_options options) {
  return std::make_shared<mailbox>(services_of(system), std::move(options));
}

} // namespace cafnode::process

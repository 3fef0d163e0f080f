#pragma once

#include "runtime/process/mailbox.hpp"
#include "runtime/process/process_base.hpp"

#include <caf/mailbox_element.hpp>
#include <caf/message.hpp>

#include <memory>

namespace cafnode::process {

/// What stands in CAF's queue of a process while its mailbox has something for it: one message to take, and no more
/// than one token at a time. It belongs to its process and is used again and again, so nothing is allocated for it.
class mail_token final : public caf::mailbox_element {
public:
  caf::type_erased_tuple& content() override { return nothing_; }

  const caf::type_erased_tuple& content() const override { return nothing_; }

  caf::message move_content_to_message() override { return nothing_; }

  caf::message copy_content_to_message() const override { return nothing_; }

  void request_deletion(bool) const noexcept override {} // whoever had it in a queue lets go of it

private:
  caf::message nothing_;
};

/// What a process with a mailbox keeps.
struct process_base::mail_lane {
  explicit mail_lane(std::shared_ptr<process::mailbox> where) : box{std::move(where)}, for_senders{box} {}

  std::shared_ptr<process::mailbox> box; // until its end; this process's thread
  // Weak, since an ended process is kept by its handles, and those may stand in messages of this very mailbox.
  const std::weak_ptr<process::mailbox> for_senders; // any thread
  mail_token token;
  process::mailbox::entry in_hand; // the message that is handled now; CAF looks at it when its handler throws
  bool has_aside = false;
};

} // namespace cafnode::process

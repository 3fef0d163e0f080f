#include "actors/session/http_calls.hpp"

#include "actors/session/messages.hpp"
#include "runtime/base/invariant.hpp"

#include <caf/mailbox_element.hpp>
#include <caf/message.hpp>

#include <utility>

namespace cafnode::session {

namespace {

venues::http_answer answer_of(venues::request_id request, net::http_outcome outcome) {
  venues::http_answer answer;
  answer.request = request;
  if (!outcome) {
    answer.fault = outcome.fault().detail;
    answer.sent = outcome.fault().sent;
    return answer;
  }
  auto read = std::move(outcome).value();
  answer.status = read.status;
  answer.body = std::move(read.body);
  answer.retry_after = read.retry_after;
  return answer;
}

} // namespace

bool http_calls::ask(const venues::http_request& request, const call_maker& make, std::function<bool()> may_write) {
  if (!make || calls_.size() >= venues::http_requests_max)
    return false;
  CAFNODE_INVARIANT(!calls_.contains(request.request), "an HTTP request has the number of one that is under way");
  calls_[request.request] =
      make(request, std::move(may_write), [owner = owner_, id = request.request](net::http_outcome outcome) {
        owner->enqueue(caf::make_mailbox_element(nullptr, caf::make_message_id(), {},
                                                 caf::make_message(http_answered{answer_of(id, std::move(outcome))})),
                       nullptr);
      });
  return true;
}

bool http_calls::took(venues::request_id request) {
  return calls_.erase(request) > 0;
}

} // namespace cafnode::session

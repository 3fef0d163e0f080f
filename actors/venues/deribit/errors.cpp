#include "actors/venues/deribit/errors.hpp"

#include <algorithm>
#include <array>

namespace cafnode::deribit {

namespace {

using venues::disposition;

constexpr std::array table = std::to_array<error_rule>({
    {-32700, "parse_error", disposition::our_bug, disposition::our_bug},
    {-32602, "invalid_params", disposition::our_bug, disposition::our_bug},
    {-32601, "method_not_found", disposition::our_bug, disposition::our_bug},
    {-32600, "request_entity_too_large", disposition::our_bug, disposition::our_bug},
    {-32000, "missing_params", disposition::our_bug, disposition::our_bug},
    {10000, "authorization_required", disposition::reauthenticate, disposition::reauthenticate},
    {10001, "error", disposition::retry, disposition::unknown},
    {10002, "qty_too_low", disposition::reject, disposition::reject},
    {10003, "order_overlap", disposition::reject, disposition::reject},
    {10004, "order_not_found", disposition::gone, disposition::gone},
    {10005, "price_too_low", disposition::reprice, disposition::reprice},
    {10006, "price_too_low4idx", disposition::reprice, disposition::reprice},
    {10007, "price_too_high", disposition::reprice, disposition::reprice},
    {10009, "not_enough_funds", disposition::reject, disposition::reject},
    {10010, "already_closed", disposition::reject, disposition::reject},
    {10011, "price_not_allowed", disposition::reject, disposition::reject},
    {10012, "book_closed", disposition::reject, disposition::reject},
    {10013, "open_order_limit", disposition::reject, disposition::reject},
    {10014, "open_order_limit", disposition::reject, disposition::reject},
    {10015, "open_order_limit", disposition::reject, disposition::reject},
    {10016, "open_order_limit", disposition::reject, disposition::reject},
    {10017, "open_order_limit", disposition::reject, disposition::reject},
    {10018, "open_order_limit", disposition::reject, disposition::reject},
    {10019, "locked_by_admin", disposition::pause, disposition::pause},
    {10020, "invalid_or_unsupported_instrument", disposition::reject, disposition::reject},
    {10021, "invalid_amount", disposition::reject, disposition::reject},
    {10022, "invalid_quantity", disposition::reject, disposition::reject},
    {10023, "invalid_price", disposition::reprice, disposition::reprice},
    {10026, "price_precision_exceeded", disposition::reprice, disposition::reprice},
    {10027, "non_integer_contract_amount", disposition::reject, disposition::reject},
    {10028, "too_many_requests", disposition::back_off, disposition::back_off},
    {10029, "not_owner_of_order", disposition::fatal, disposition::fatal},
    {10030, "must_be_websocket_request", disposition::our_bug, disposition::our_bug},
    {10032, "whole_cost_too_low", disposition::reject, disposition::reject},
    {10037, "position_limit", disposition::reject, disposition::reject},
    {10038, "position_limit", disposition::reject, disposition::reject},
    {10039, "not_enough_funds_in_currency", disposition::reject, disposition::reject},
    {10040, "retry", disposition::retry, disposition::retry},
    {10041, "settlement_in_progress", disposition::retry, disposition::retry},
    {10043, "price_wrong_tick", disposition::reprice, disposition::reprice},
    {10044, "trigger_price_wrong_tick", disposition::reprice, disposition::reprice},
    {10047, "matching_engine_queue_full", disposition::retry, disposition::retry},
    {10048, "not_on_this_server", disposition::reject, disposition::reject},
    {10049, "cancel_on_disconnect_failed", disposition::retry, disposition::retry},
    {10050, "lock_time_exceeded", disposition::retry, disposition::unknown},
    {10066, "too_many_concurrent_requests", disposition::retry, disposition::retry},
    {11008, "already_filled", disposition::gone, disposition::gone},
    {11013, "open_order_limit", disposition::reject, disposition::reject},
    {11021, "post_only_price_modification_not_possible", disposition::reprice, disposition::reprice},
    {11022, "open_order_limit", disposition::reject, disposition::reject},
    {11029, "invalid_arguments", disposition::our_bug, disposition::our_bug},
    {11035, "open_order_limit", disposition::reject, disposition::reject},
    {11036, "invalid_trigger_price", disposition::reprice, disposition::reprice},
    {11042, "permission_denied", disposition::fatal, disposition::fatal},
    {11043, "bad_argument", disposition::our_bug, disposition::our_bug},
    {11044, "not_open_order", disposition::gone, disposition::gone},
    {11047, "unsupported_arg_combination", disposition::our_bug, disposition::our_bug},
    {11049, "bad_arguments", disposition::our_bug, disposition::our_bug},
    {11050, "bad_request", disposition::our_bug, disposition::our_bug},
    {11051, "system_maintenance", disposition::pause, disposition::pause},
    {11052, "subscribe_error_unsubscribed", disposition::retry, disposition::retry},
    {11054, "post_only_reject", disposition::reprice, disposition::reprice},
    {11055, "post_only_not_allowed", disposition::reprice, disposition::reprice},
    {11056, "unauthenticated_public_requests_temporarily_disabled", disposition::reauthenticate,
     disposition::reauthenticate},
    {11094, "internal_server_error", disposition::retry, disposition::unknown},
    {11098, "account_locked", disposition::pause, disposition::pause},
    {12003, "login_over_limit", disposition::pause, disposition::pause},
    {13004, "invalid_credentials", disposition::fatal, disposition::fatal},
    {13009, "unauthorized", disposition::reauthenticate, disposition::reauthenticate},
    {13019, "orderbook_closed", disposition::reject, disposition::reject},
    {13020, "not_found", disposition::reject, disposition::reject},
    {13021, "forbidden", disposition::fatal, disposition::fatal},
    {13025, "method_switched_off_by_admin", disposition::pause, disposition::pause},
    {13028, "temporarily_unavailable", disposition::retry, disposition::unknown},
    {13030, "mmp_trigger", disposition::pause, disposition::pause},
    {13032, "non_unique_order_label", disposition::our_bug, disposition::our_bug},
    {13040, "mmp_required", disposition::reject, disposition::reject},
    {13042, "cod_not_enabled", disposition::reject, disposition::reject},
    {13043, "quotes_frozen", disposition::pause, disposition::pause},
    {13403, "scope_exceeded", disposition::fatal, disposition::fatal},
    {13503, "unavailable", disposition::pause, disposition::pause},
    {13666, "request_cancelled_by_user", disposition::reject, disposition::reject},
    {13777, "replaced", disposition::gone, disposition::gone},
    {13778, "raw_subscriptions_not_available_for_unauthorized", disposition::reauthenticate,
     disposition::reauthenticate},
    {13888, "timed_out", disposition::retry, disposition::retry},
});

static_assert(std::is_sorted(table.begin(), table.end(),
                             [](const error_rule& left, const error_rule& right) { return left.code < right.code; }),
              "a code is looked up by halving");

constexpr int code_invalid_params = -32602;

bool speaks_of_a_step(std::string_view reason) noexcept {
  return reason == "must conform to tick size" || reason == "must be a multiple of contract size";
}

} // namespace

std::span<const error_rule> error_table() noexcept {
  return table;
}

const error_rule* find_error(int code) noexcept {
  const auto found = std::lower_bound(table.begin(), table.end(), code,
                                      [](const error_rule& rule, int wanted) { return rule.code < wanted; });
  return found != table.end() && found->code == code ? &*found : nullptr;
}

venues::disposition disposition_of(int code, std::string_view reason, bool changes_orders) noexcept {
  if (code == code_invalid_params && speaks_of_a_step(reason))
    return disposition::reprice;
  const auto* rule = find_error(code);
  if (rule == nullptr)
    return changes_orders ? disposition::unknown : disposition::retry;
  return changes_orders ? rule->meaning_for_orders : rule->meaning;
}

} // namespace cafnode::deribit

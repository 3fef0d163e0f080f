#pragma once

namespace cafnode::bench {

/// Ties the calling thread, and the threads it makes from here on, to one processor, counted from 0 and wrapped round.
/// A wake-up costs several times as much across processors as within one; without this the luck of the scheduler
/// decides which contestant pays for it.
void stay_on_processor(unsigned index);

} // namespace cafnode::bench

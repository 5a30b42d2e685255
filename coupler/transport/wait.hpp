// Waiting that does not burn a core: spin about 20 us, then yield (1 ms where waits are
// usually short, 0.1 ms where they are not), then sleep 50 to 200 us.
//
// With more processes than cores this decides the speed of a run: a waiter that spins keeps the one it waits for from
// computing.
//
//     transport::wait([&] { return receive.done(); }, [&](double seconds) { look_for_abort_messages(seconds); });
#pragma once

#include <functional>

namespace ngv::transport {

/// Returns when `ready()` is true. `check(seconds waited so far)` is called before every sleep; it throws to end the
/// wait.
void wait(const std::function<bool()>& ready, const std::function<void(double)>& check);

}  // namespace ngv::transport

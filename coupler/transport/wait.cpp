#include "coupler/transport/wait.hpp"

#include <sched.h>
#include <sys/prctl.h>
#include <time.h>

#include <algorithm>
#include <chrono>

namespace ngv::transport {

namespace {

constexpr double spin_s = 20e-6;
// A sleep inside a short exchange would double its time, and make the partner sleep in turn; in a long wait, yielding
// would only burn a core. What the waits before were like tells which one this is.
constexpr double yield_short_s = 1e-3;
constexpr double yield_long_s = 100e-6;
constexpr long sleep_min_ns = 50'000;
constexpr long sleep_max_ns = 200'000;

void sleep_ns(long ns) {
    // The kernel's default slack of 50 us would double the shortest sleep. It is a property of the thread.
    thread_local const bool fine = prctl(PR_SET_TIMERSLACK, 1000UL) == 0;
    (void)fine;
    const timespec time{0, ns};
    nanosleep(&time, nullptr);
}

}  // namespace

void wait(const std::function<bool()>& ready, const std::function<void(double)>& check) {
    if (ready()) return;
    using clock = std::chrono::steady_clock;
    thread_local double usual_s = 0;
    const auto begin = clock::now();
    const double yield_s = usual_s < yield_short_s ? yield_short_s : yield_long_s;
    long sleep = sleep_min_ns;
    double waited = 0;
    while (!ready()) {
        waited = std::chrono::duration<double>(clock::now() - begin).count();
        if (waited < spin_s) continue;
        if (waited < yield_s) {
            sched_yield();
            continue;
        }
        check(waited);
        sleep_ns(sleep);
        sleep = std::min(2 * sleep, sleep_max_ns);
    }
    usual_s += 0.2 * (std::min(waited, 4 * yield_short_s) - usual_s);
}

}  // namespace ngv::transport

#include "coupler/transport/wait.hpp"

#include <sched.h>
#include <sys/prctl.h>
#include <time.h>

#include <algorithm>
#include <chrono>

namespace ngv::transport {

namespace {

constexpr double spin_s = 20e-6;
// An exchange of 1e4 values takes about 100 us; a sleep inside it would double that, and make the partner sleep in turn.
constexpr double yield_s = 300e-6;
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
    const auto begin = clock::now();
    long sleep = sleep_min_ns;
    while (!ready()) {
        const double waited = std::chrono::duration<double>(clock::now() - begin).count();
        if (waited < spin_s) continue;
        if (waited < yield_s) {
            sched_yield();
            continue;
        }
        check(waited);
        sleep_ns(sleep);
        sleep = std::min(2 * sleep, sleep_max_ns);
    }
}

}  // namespace ngv::transport

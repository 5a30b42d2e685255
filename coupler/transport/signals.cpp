#include "coupler/transport/signals.hpp"

#include <signal.h>

namespace ngv::transport {

namespace {

// Signals belong to the process: the one place where a global is what is meant.
volatile sig_atomic_t received = 0;

void remember(int signal) {
    received = signal;
}

}  // namespace

void catch_stop_signals() {
    struct sigaction action {};
    action.sa_handler = remember;
    sigemptyset(&action.sa_mask);
    sigaction(SIGTERM, &action, nullptr);
    sigaction(SIGINT, &action, nullptr);
}

int stop_signal() {
    return received;
}

}  // namespace ngv::transport

// SIGTERM and SIGINT as a flag that waits look at, so that a process that is asked to stop unwinds and closes its
// files.
#pragma once

namespace ngv::transport {

/// Takes the place of the default handlers of SIGTERM and SIGINT. Call again after a library that sets its own.
void catch_stop_signals();

/// The signal that asked this process to stop, or 0.
int stop_signal();

}  // namespace ngv::transport

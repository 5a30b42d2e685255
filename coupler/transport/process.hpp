// What the operating system knows about a process.
#pragma once

#include <cstdint>
#include <string>

namespace ngv::transport {

std::string host_name();

/// False if the process of this machine is gone, or dead and not yet collected by its parent.
bool is_alive(int pid);

/// Largest resident memory of this process so far (VmHWM).
std::int64_t peak_memory_kib();

}  // namespace ngv::transport

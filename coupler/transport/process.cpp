#include "coupler/transport/process.hpp"

#include <signal.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>

namespace ngv::transport {

std::string host_name() {
    char name[256] = {};
    gethostname(name, sizeof name - 1);
    return name;
}

bool is_alive(int pid) {
    if (kill(pid, 0) != 0 && errno == ESRCH) return false;
    std::ifstream file("/proc/" + std::to_string(pid) + "/stat");
    std::string line;
    if (!std::getline(file, line)) return !std::ifstream("/proc/self/stat");
    const auto end_of_name = line.rfind(')');
    const char state = end_of_name == std::string::npos ? '?' : line[end_of_name + 2];
    return state != 'Z' && state != 'X';
}

std::int64_t peak_memory_kib() {
    std::ifstream file("/proc/self/status");
    std::string key;
    while (file >> key) {
        std::int64_t value = 0;
        if (key == "VmHWM:" && file >> value) return value;
        file.ignore(4096, '\n');
    }
    return 0;
}

}  // namespace ngv::transport

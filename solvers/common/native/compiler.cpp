#include "solvers/common/native/compiler.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <map>
#include <mutex>
#include <sstream>
#include <thread>

#include "ngv/error.hpp"

extern char** environ;

namespace ngv::native {

namespace {

std::vector<std::string> words(const std::string& text) {
    std::istringstream in(text);
    return {std::istream_iterator<std::string>(in), {}};
}

/// Starts a program with its output in `log`; the process id, or -errno.
pid_t start(const std::vector<std::string>& command, const std::string& log) {
    std::vector<char*> argv;
    for (const auto& word : command) argv.push_back(const_cast<char*>(word.c_str()));
    argv.push_back(nullptr);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&actions, 1, log.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0644);
    posix_spawn_file_actions_adddup2(&actions, 1, 2);
    pid_t child = 0;
    const int error = posix_spawnp(&child, argv[0], &actions, nullptr, argv.data(), environ);
    posix_spawn_file_actions_destroy(&actions);
    return error == 0 ? child : -error;
}

int wait_for(pid_t child) {
    int status = 0;
    while (waitpid(child, &status, 0) < 0)
        if (errno != EINTR) return -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/// Version of the compiler, or an empty text if it cannot be started.
std::string version_of(const std::vector<std::string>& command) {
    auto with_version = command;
    with_version.push_back("--version");
    auto name = (std::filesystem::temp_directory_path() / "ngv-compiler-XXXXXX").string();
    const int file = mkstemp(name.data());
    if (file < 0) return {};
    close(file);
    const pid_t child = start(with_version, name);
    const bool ok = child > 0 && wait_for(child) == 0;
    std::ifstream in(name);
    std::string line;
    std::getline(in, line);
    std::filesystem::remove(name);
    return ok ? line : std::string{};
}

/// Model and features of this machine's processor: what -march=native depends on.
std::string processor() {
    std::ifstream in("/proc/cpuinfo");
    std::string line, text;
    while (std::getline(in, line) && !line.empty())
        for (const char* key : {"vendor_id", "cpu family", "model\t", "flags"})
            if (line.starts_with(key)) text += line + "\n";
    return text;
}

Compiler find(const char* own) {
    Compiler found{words(own ? own : NGV_NATIVE_CXX), {}};
    const auto version = found.command.empty() ? std::string{} : version_of(found.command);
    if (version.empty())
        throw UserError({own ? "environment variable NGV_CXX" : "the C++ compiler",
                         fmt::format("'{}' cannot be started; models are compiled when they are first used",
                                     own ? own : NGV_NATIVE_CXX),
                         "install g++ (Debian: apt-get install g++), or set NGV_CXX to a C++20 compiler"});
    found.identity = version + "\n" + processor();
    return found;
}

}  // namespace

Compiler compiler() {
    static std::mutex mutex;
    static std::map<std::string, Compiler> known;  // asking a compiler for its version takes milliseconds
    const char* own = std::getenv("NGV_CXX");
    if (own && !*own) own = nullptr;
    const std::lock_guard lock(mutex);
    const auto it = known.find(own ? own : "");
    return it != known.end() ? it->second : known.emplace(own ? own : "", find(own)).first->second;
}

void run(std::vector<Task>& tasks, int jobs) {
    if (jobs <= 0) jobs = static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
    const auto program = compiler().command;
    std::vector<std::pair<pid_t, Task*>> running;
    const auto finish_first = [&] {
        running.front().second->exit_status = wait_for(running.front().first);
        running.erase(running.begin());
    };
    for (auto& task : tasks) {
        if (static_cast<int>(running.size()) == jobs) finish_first();
        auto command = program;
        command.insert(command.end(), task.arguments.begin(), task.arguments.end());
        const pid_t child = start(command, task.log);
        if (child > 0)
            running.emplace_back(child, &task);
        else
            std::ofstream(task.log) << std::strerror(-child) << '\n';
    }
    while (!running.empty()) finish_first();
}

}  // namespace ngv::native

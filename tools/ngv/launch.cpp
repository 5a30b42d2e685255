#include "tools/ngv/launch.hpp"

#include <fmt/format.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <sstream>

namespace ngv {

namespace {

namespace fs = std::filesystem;

fs::path find_program(const std::string& name, const Config& where, const fs::path& own_folder,
                      std::vector<Problem>& problems) {
    auto is_program = [](const fs::path& file) { return fs::is_regular_file(file) && access(file.c_str(), X_OK) == 0; };
    std::vector<fs::path> places;
    if (name.find('/') != std::string::npos) {
        places.push_back(fs::path(name).is_absolute() ? fs::path(name) : where.file().parent_path() / name);
    } else {
        places.push_back(own_folder / name);
        std::istringstream path(std::getenv("PATH") ? std::getenv("PATH") : "");
        for (std::string folder; std::getline(path, folder, ':');) places.push_back(fs::path(folder) / name);
    }
    for (const auto& place : places)
        if (is_program(place)) return fs::absolute(place).lexically_normal();
    problems.push_back({where.where("executable"),
                        fmt::format("the program '{}' is not there or cannot be executed", name),
                        name.find('/') != std::string::npos ? "looked at " + places.front().string()
                                                            : "looked in " + own_folder.string() + " and in PATH"});
    return {};
}

pid_t child = 0;

void forward(int signal) {
    if (child > 0) kill(child, signal);
}

}  // namespace

std::map<std::string, int> parse_ranks(const std::string& text) {
    std::map<std::string, int> ranks;
    std::istringstream items(text);
    for (std::string item; std::getline(items, item, ',');) {
        const auto equal = item.find('=');
        char* end = nullptr;
        const long n = equal == std::string::npos ? 0 : std::strtol(item.c_str() + equal + 1, &end, 10);
        if (n < 1 || *end != '\0')
            throw UserError({"--ranks " + text,
                             fmt::format("'{}' is not participant=number with a number of at least 1", item),
                             "for example --ranks neuron=2,rd=1"});
        ranks[item.substr(0, equal)] = static_cast<int>(n);
    }
    return ranks;
}

std::vector<std::string> launch_line(const Config& scenario, const LaunchOptions& options, const fs::path& own_folder) {
    std::vector<std::string> line{"mpirun", "--oversubscribe", "--bind-to",           "none", "--mca", "pml",
                                  "ob1",    "--mca",           "mpi_yield_when_idle", "1"};
    const auto participants = scenario["participants"];
    const auto file = scenario.file().string();
    auto names = participants.keys();
    std::erase(names, "coupler");

    std::vector<Problem> problems;
    for (const auto& [name, n] : options.ranks)
        if (name != "coupler" && std::find(names.begin(), names.end(), name) == names.end())
            problems.push_back(
                {"--ranks", "the scenario has no participant '" + name + "'", did_you_mean(name, names)});
    auto ranks_of = [&](const std::string& name) {
        const auto it = options.ranks.find(name);
        return it != options.ranks.end() ? it->second : static_cast<int>(participants[name].integer("ranks"));
    };

    std::vector<std::string> segments;
    if (!options.spawn)
        for (const auto& name : names) {
            const auto section = participants[name];
            const auto program = find_program(section.text("executable"), section, own_folder, problems);
            if (!segments.empty()) segments.push_back(":");
            segments.insert(segments.end(), {"-n", std::to_string(ranks_of(name)), program.string()});
            // A program that serves several names, such as the dummy, is told which one it is.
            if (section.text("executable") != name + "-solver") segments.insert(segments.end(), {"--name", name});
            segments.push_back(file);
        }
    const auto coupler = find_program("coupler", scenario, own_folder, problems);
    if (!segments.empty()) segments.push_back(":");
    segments.insert(segments.end(), {"-n", std::to_string(ranks_of("coupler")), coupler.string()});
    if (options.spawn) segments.push_back("--spawn");
    if (options.resume) segments.push_back("--resume");
    segments.push_back(file);
    if (!problems.empty()) throw UserError(std::move(problems));
    line.insert(line.end(), segments.begin(), segments.end());
    return line;
}

std::string shell_text(const std::vector<std::string>& line) {
    std::string text;
    for (const auto& word : line) {
        const bool plain = word.find_first_of(" '\"$&;|<>()*?") == std::string::npos;
        text += (text.empty() ? "" : " ") + (plain ? word : "'" + word + "'");
    }
    return text;
}

int run_command(const std::vector<std::string>& line) {
    child = fork();
    if (child < 0) throw std::runtime_error("cannot start a process: fork failed");
    if (child == 0) {
        if (geteuid() == 0) {
            setenv("OMPI_ALLOW_RUN_AS_ROOT", "1", 1);
            setenv("OMPI_ALLOW_RUN_AS_ROOT_CONFIRM", "1", 1);
        }
        setenv("OMP_NUM_THREADS", "1", 0);
        std::vector<char*> arguments;
        for (const auto& word : line) arguments.push_back(const_cast<char*>(word.c_str()));
        arguments.push_back(nullptr);
        execvp(arguments[0], arguments.data());
        std::fprintf(stderr, "cannot start %s: it is not installed (Debian: openmpi-bin)\n", arguments[0]);
        _exit(127);
    }
    struct sigaction action {};
    action.sa_handler = forward;
    sigaction(SIGINT, &action, nullptr);
    sigaction(SIGTERM, &action, nullptr);
    int status = 0;
    while (waitpid(child, &status, 0) < 0) {
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace ngv

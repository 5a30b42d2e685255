#include "coupler/hub/spawn.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <sstream>

namespace ngv::hub {

namespace {

namespace fs = std::filesystem;

bool is_program(const fs::path& path) {
    return fs::is_regular_file(path) && access(path.c_str(), X_OK) == 0;
}

fs::path find_program(const std::string& name, const fs::path& scenario_folder) {
    if (name.find('/') != std::string::npos) {
        const fs::path path = fs::absolute(scenario_folder / name);
        return is_program(path) ? path : fs::path();
    }
    std::error_code error;
    const fs::path own = fs::read_symlink("/proc/self/exe", error).parent_path();
    if (!error && is_program(own / name)) return own / name;
    const char* path = std::getenv("PATH");
    std::istringstream folders(path ? path : "");
    for (std::string folder; std::getline(folders, folder, ':');) {
        if (is_program(fs::path(folder) / name)) return fs::path(folder) / name;
    }
    return {};
}

}  // namespace

std::vector<Program> programs(const Config& scenario) {
    std::vector<Program> result;
    std::vector<Problem> problems;
    const auto participants = scenario["participants"];
    for (const auto& name : participants.keys()) {
        if (name == coupler_name) continue;
        const auto participant = participants[name];
        const auto executable = participant.text("executable");
        const auto path = find_program(executable, scenario.file().parent_path());
        if (path.empty()) {
            problems.push_back(
                {participant.where("executable"),
                 fmt::format("the program '{}' of participant '{}' is not there, or cannot be executed", executable,
                             name),
                 "it is looked for beside the coupler and in PATH; a name with a slash is relative to the scenario"});
            continue;
        }
        Program program{path.string(), {}, static_cast<int>(participant.integer("ranks"))};
        // A program that serves several names, such as the dummy, is told which one it is.
        if (executable != name + "-solver") program.arguments = {"--name", name};
        program.arguments.push_back(fs::absolute(scenario.file()).string());
        result.push_back(std::move(program));
    }
    if (!problems.empty()) throw UserError(std::move(problems));
    return result;
}

}  // namespace ngv::hub

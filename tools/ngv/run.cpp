#include <fmt/format.h>

#include <filesystem>

#include "tools/ngv/commands.hpp"
#include "tools/ngv/launch.hpp"

namespace ngv {

std::filesystem::path own_folder() {
    return std::filesystem::read_symlink("/proc/self/exe").parent_path();
}

void add_run_command(CLI::App& app, int& code) {
    struct Arguments {
        std::string scenario;
        std::string ranks;
        bool print = false, spawn = false, resume = false;
    };
    auto arguments = std::make_shared<Arguments>();
    auto* command = app.add_subcommand("run", "Build and start the MPMD job of a scenario");
    command->add_option("SCENARIO", arguments->scenario, "Scenario file (YAML)")->required();
    command->add_option("--ranks", arguments->ranks, "MPI processes by participant, for example neuron=2,rd=1");
    command->add_flag("--print", arguments->print, "Print the command line instead of running it");
    command->add_flag("--spawn", arguments->spawn, "Start the coupler alone, and let it spawn the solvers");
    command->add_flag("--resume", arguments->resume,
                      "Go on from the last state that the scenario's key 'checkpoint' kept");
    command->callback([arguments, &code] {
        const auto scenario = Config::load(arguments->scenario, "scenario");
        if (auto problems = check_links(scenario); !problems.empty()) throw UserError(std::move(problems));
        const LaunchOptions options{
            .ranks = parse_ranks(arguments->ranks), .spawn = arguments->spawn, .resume = arguments->resume};
        const auto line = launch_line(scenario, options, own_folder());
        if (arguments->print) {
            fmt::print("{}\n", shell_text(line));
            return;
        }
        code = run_command(line);
    });
}

}  // namespace ngv

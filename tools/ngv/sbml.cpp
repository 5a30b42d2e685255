#include <filesystem>

#include "ngv/error.hpp"
#include "tools/ngv/commands.hpp"
#include "tools/ngv/launch.hpp"

namespace ngv {

void add_sbml_command(CLI::App& app, int& code) {
    auto* sbml = app.add_subcommand("sbml", "Models of the Systems Biology Markup Language");
    sbml->require_subcommand(1);
    const auto hand_over = [&](const char* name, const char* what, const char* program_name) {
        auto* command = sbml->add_subcommand(name, what);
        command->prefix_command();
        command->set_help_flag();
        command->callback([command, program_name, &code] {
            const auto program = own_folder() / program_name;
            if (!std::filesystem::exists(program))
                throw UserError(
                    {program.string(), "the program is not there", "build the whole project: tools/build.sh"});
            std::vector<std::string> line{program.string()};
            for (const auto& argument : command->remaining()) line.push_back(argument);
            code = run_command(line);
        });
    };
    hand_over("run", "Simulate a model; CSV on standard output", "sbml-run");
    hand_over("suite", "Run a folder of the SBML semantic test suite; counts by tag", "sbml-suite");
}

}  // namespace ngv

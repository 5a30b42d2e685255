#include <filesystem>

#include "ngv/error.hpp"
#include "tools/ngv/commands.hpp"
#include "tools/ngv/launch.hpp"

namespace ngv {

void add_sbml_command(CLI::App& app, int& code) {
    auto* sbml = app.add_subcommand("sbml", "Models of the Systems Biology Markup Language");
    sbml->require_subcommand(1);
    auto* run = sbml->add_subcommand("run", "Simulate a model; CSV on standard output");
    run->prefix_command();
    run->set_help_flag();
    run->callback([run, &code] {
        const auto program = own_folder() / "sbml-run";
        if (!std::filesystem::exists(program))
            throw UserError({program.string(), "the program is not there", "build the whole project: tools/build.sh"});
        std::vector<std::string> line{program.string()};
        for (const auto& argument : run->remaining()) line.push_back(argument);
        code = run_command(line);
    });
}

}  // namespace ngv

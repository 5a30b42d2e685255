#include <fmt/format.h>

#include <cstdio>

#include "coupler/config/schema.hpp"
#include "tools/ngv/commands.hpp"
#include "tools/ngv/inputs.hpp"

namespace ngv {

void add_check_command(CLI::App& app, int& code) {
    struct Arguments {
        std::string scenario;
        bool schema = false;
    };
    auto arguments = std::make_shared<Arguments>();
    auto* command = app.add_subcommand("check", "Name every problem of a scenario at once, without starting a solver");
    auto* scenario = command->add_option("SCENARIO", arguments->scenario, "Scenario file (YAML)");
    command
        ->add_flag("--schema", arguments->schema,
                   "Print every key that a scenario may have, with type, unit, default and meaning")
        ->excludes(scenario);
    command->callback([arguments, &code] {
        if (arguments->schema) {
            fmt::print("{}", schema_yaml());
            return;
        }
        if (arguments->scenario.empty())
            throw UserError({"ngv check", "a scenario file is missing", "ngv check SCENARIO, or ngv check --schema"});
        const auto problems = check_scenario(arguments->scenario);
        for (const auto& problem : problems) fmt::print(stderr, "{}\n", problem.text());
        if (problems.empty()) {
            fmt::print("{}: no problems found\n", arguments->scenario);
            return;
        }
        fmt::print(stderr, "{} problem{} found\n", problems.size(), problems.size() == 1 ? "" : "s");
        code = static_cast<int>(ExitCode::user_error);
    });
}

}  // namespace ngv

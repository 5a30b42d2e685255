#include <algorithm>

#include "ngv/error.hpp"
#include "tools/ngv/commands.hpp"
#include "tools/ngv/launch.hpp"

namespace ngv {

void add_bench_command(CLI::App& app, int& code) {
    auto solver = std::make_shared<std::string>();
    auto* command = app.add_subcommand("bench", "Time one solver alone, or the exchange");
    command->add_option("SOLVER", *solver, "neuron, rd, flow, metabolism, exchange or mapping")->required();
    command->callback([solver, &code] {
        const std::vector<std::string> known{"neuron", "rd", "flow", "metabolism", "exchange", "mapping"};
        if (std::find(known.begin(), known.end(), *solver) == known.end())
            throw UserError({"ngv bench " + *solver, "there is no such benchmark", did_you_mean(*solver, known)});
        const auto program =
            own_folder() / (*solver == "exchange" || *solver == "mapping" ? "bench-" + *solver : *solver + "-bench");
        if (!std::filesystem::exists(program))
            throw UserError(
                {program.string(), "the benchmark program is not there", "build the whole project: tools/build.sh"});
        code = run_command({program.string()});
    });
}

}  // namespace ngv

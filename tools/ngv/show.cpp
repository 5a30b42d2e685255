#include "tools/show/show.hpp"

#include "tools/ngv/commands.hpp"

namespace ngv {

void add_show_command(CLI::App& app, int& code) {
    struct Arguments {
        std::string results;
        bool csv = false;
    };
    auto arguments = std::make_shared<Arguments>();
    auto* command = app.add_subcommand("show", "Draw the results of a run: RESULTS/index.html");
    command->add_option("RESULTS", arguments->results, "Results folder of a run")->required();
    command->add_flag("--csv", arguments->csv, "Write the numbers behind the pictures as CSV files too");
    command->callback([arguments, &code] { code = show(arguments->results, arguments->csv); });
}

}  // namespace ngv

// A complete participant without physics: what a newcomer copies, and what the tests of the coupling use.
//
//     mpirun -n 2 dummy-solver --name left S.yaml : -n 1 dummy-solver --name right S.yaml : -n 1 coupler S.yaml
//
// It offers every field that the scenario's links expect of it, on element sets of N elements without geometry, and
// tells in summary.json what arrived.
#include <CLI/CLI.hpp>
#include <ngv/participant.hpp>

#include "coupler/config/config.hpp"
#include "solvers/dummy/dummy.hpp"

int main(int argc, char** argv) {
    CLI::App app{"A participant without physics", "dummy-solver"};
    std::string scenario, name = "dummy";
    ngv::dummy::Options options;
    app.add_option("scenario", scenario, "Scenario file (YAML)")->required();
    app.add_option("--name", name, "Which participant of the scenario this is");
    app.add_option("--elements", options.elements, "Elements of each set");
    app.add_option("--unit", options.unit, "Unit of all fields");
    app.add_option("--work", options.work_ms, "Milliseconds of work in every window");
    app.add_option("--carry", options.carry, "Part of every amount that is carried over to the next window");
    app.add_option("--digest", options.digest, "Pretend to have read another scenario");
    app.add_option("--rename", options.rename, "OLD=NEW: declare the field OLD under another name");
    app.add_flag("!--forgetful", options.keeps_state, "Pretend that the state cannot be kept");
    app.add_option("--at", options.fault_window, "Window of the fault");
    app.add_option("--fault", options.fault, "throw, exit, hang or nan: what goes wrong then, on the last rank");
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? 0 : 2;
    }
    try {
        const auto config = ngv::Config::load(scenario, "scenario");
        if (options.digest.empty()) options.digest = config.digest();
        return ngv::run_participant(argc, argv, name, options.digest,
                                    [&](ngv::Participant& self) { ngv::dummy::run(self, config, options); });
    } catch (const std::exception& error) {
        std::fprintf(stderr, "[%s] %s\n", name.c_str(), error.what());
        return static_cast<int>(ngv::exit_code(error));
    }
}

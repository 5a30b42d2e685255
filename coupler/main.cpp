// The coupler of a run:
//
//     mpirun -n 2 neuron-solver S.yaml : -n 1 rd-solver S.yaml : -n 1 coupler S.yaml
//     mpirun -n 1 coupler --spawn S.yaml
#include <CLI/CLI.hpp>

#include "coupler/hub/hub.hpp"
#include "ngv/error.hpp"

int main(int argc, char** argv) {
    CLI::App app{"Couples the participants of a run: owns the clock, the mappings and the exchange.", "coupler"};
    ngv::hub::Options options;
    app.add_option("scenario", options.scenario, "Scenario file (YAML)")->required();
    app.add_flag("--spawn", options.spawn, "Start the other participants from here, instead of all in one mpirun line");
    app.add_flag("--resume", options.resume, "Go on from the last state that the scenario's key 'checkpoint' kept");
    try {
        app.parse(argc, argv);
    } catch (const CLI::CallForHelp& help) {
        return app.exit(help);
    } catch (const CLI::ParseError& error) {
        app.exit(error);
        return static_cast<int>(ngv::ExitCode::user_error);
    }
    return ngv::hub::run_coupler(argc, argv, options);
}

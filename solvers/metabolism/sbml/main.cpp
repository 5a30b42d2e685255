// sbml-run: one simulation of an SBML model, as CSV on standard output (`ngv sbml run` starts it).
//
//     ngv sbml run MODEL.xml --start 0 --duration 10 --steps 50 --variables S1,S2 --amounts S1 --concentrations S2
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <set>
#include <sstream>

#include "ngv/error.hpp"
#include "solvers/metabolism/sbml/columns.hpp"
#include "solvers/metabolism/sbml/run.hpp"

namespace {

using namespace ngv::metabolism;

struct Options {
    std::string model;
    double start = 0, duration = 0;
    int steps = 0;
    SbmlColumns columns;
    double rtol = 1e-7;
    std::uint64_t seed = 1;
    std::string method = "rodas5p";
};

void run(const Options& options) {
    const auto model = SbmlModel::load(options.model);
    auto columns = options.columns;
    if (columns.variables.empty())
        for (const auto& [id, _] : model.species) columns.variables.push_back(id);
    const auto shown = columns.of(model);
    const double interval = options.steps > 0 ? options.duration / options.steps : options.duration;
    SbmlRun simulation(model, {.rtol = options.rtol,
                               .method = options.method,
                               .begin = options.start,
                               .longest_step = look_interval(model, options.duration, interval),
                               .seed = options.seed});
    fmt::print("time,{}\n", fmt::join(columns.variables, ","));
    std::set<std::string> said;
    for (int k = 0; k <= options.steps; ++k) {
        const double time = options.start + options.duration * k / std::max(options.steps, 1);
        simulation.advance(time);
        fmt::print("{}", time);
        for (const double x : simulation.evaluate(shown)) fmt::print(",{}", x);
        fmt::print("\n");
        for (const auto& name : simulation.broken_constraints())
            if (said.insert(name).second)
                fmt::print(stderr, "{}: {} does not hold at time {}\n", model.file, name, time);
    }
}

}  // namespace

int main(int argc, char** argv) {
    CLI::App app{"One simulation of an SBML model (Level 2 or 3 core); CSV on standard output"};
    Options options;
    app.add_option("MODEL", options.model, "SBML file")->required();
    app.add_option("--start", options.start, "time of the first row")->capture_default_str();
    app.add_option("--duration", options.duration, "length of the simulation, in the model's time unit")->required();
    app.add_option("--steps", options.steps, "number of intervals: rows less one")
        ->required()
        ->check(CLI::NonNegativeNumber);
    app.add_option("--variables", options.columns.variables, "columns, separated by commas; by default all species")
        ->delimiter(',');
    app.add_option("--amounts", options.columns.amounts, "species that are shown as amounts")->delimiter(',');
    app.add_option("--concentrations", options.columns.concentrations, "species that are shown as concentrations")
        ->delimiter(',');
    app.add_option("--rtol", options.rtol, "relative error of a step")
        ->capture_default_str()
        ->check(CLI::PositiveNumber);
    app.add_option("--seed", options.seed, "of the order of simultaneous events with equal priority")
        ->capture_default_str();
    app.add_option("--method", options.method, "ros23, rodas3, rodas4, rodas5p or cvode")->capture_default_str();
    try {
        app.parse(argc, argv);
        run(options);
        return 0;
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? 0 : static_cast<int>(ngv::ExitCode::user_error);
    } catch (const std::exception& error) {
        fmt::print(stderr, "{}\n", error.what());
        return static_cast<int>(ngv::exit_code(error));
    }
}

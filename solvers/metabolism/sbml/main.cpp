// sbml-run: one simulation of an SBML model, as CSV on standard output (`ngv sbml run` starts it).
//
//     ngv sbml run MODEL.xml --start 0 --duration 10 --steps 50 --variables S1,S2 --amounts S1 --concentrations S2
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <set>
#include <sstream>

#include "ngv/error.hpp"
#include "solvers/metabolism/sbml/run.hpp"

namespace {

using namespace ngv::metabolism;

struct Options {
    std::string model;
    double start = 0, duration = 0;
    int steps = 0;
    std::vector<std::string> variables, amounts, concentrations;
    double rtol = 1e-7;
    std::string method = "rodas5p";
};

/// Species as amounts or concentrations where the options say so, else as formulas see them.
std::vector<ngv::model::Expr> chosen(const SbmlModel& model, const Options& options,
                                     const std::vector<std::string>& names) {
    std::vector<std::string> species;
    for (const auto& [id, _] : model.species) species.push_back(id);
    for (const auto* list : {&options.amounts, &options.concentrations})
        for (const auto& id : *list)
            if (!model.species.contains(id))
                throw ngv::UserError({model.file, fmt::format("no species '{}'", id), ngv::did_you_mean(id, species)});
    const auto has = [](const auto& list, const auto& id) {
        return std::find(list.begin(), list.end(), id) != list.end();
    };
    std::vector<ngv::model::Expr> result;
    for (const auto& id : names)
        result.push_back(has(options.amounts, id)          ? model.species.at(id).amount
                         : has(options.concentrations, id) ? model.species.at(id).concentration
                                                           : model.value(id));
    return result;
}

void run(const Options& options) {
    const auto model = SbmlModel::load(options.model);
    auto names = options.variables;
    if (names.empty())
        for (const auto& [id, _] : model.species) names.push_back(id);
    const auto shown = chosen(model, options, names);
    const double interval = options.steps > 0 ? options.duration / options.steps : options.duration;
    SbmlRun simulation(
        model,
        {.rtol = options.rtol,
         .method = options.method,
         .begin = options.start,
         .longest_step = model.events.empty() ? 1e300 : std::min(interval, std::max(options.duration, 1e-300) / 500)});
    fmt::print("time,{}\n", fmt::join(names, ","));
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
    app.add_option("--variables", options.variables, "columns, separated by commas; by default all species")
        ->delimiter(',');
    app.add_option("--amounts", options.amounts, "species that are shown as amounts")->delimiter(',');
    app.add_option("--concentrations", options.concentrations, "species that are shown as concentrations")
        ->delimiter(',');
    app.add_option("--rtol", options.rtol, "relative error of a step")
        ->capture_default_str()
        ->check(CLI::PositiveNumber);
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

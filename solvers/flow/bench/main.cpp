// Time of one step of the flow solver: set the radii of a third of the vessels, solve, update perfusion.
//
//     flow-bench --vessels 100000 --segments 9 --steps 5 --method auto
//
// Prints JSON: seconds a step (median, of all ranks the slowest), per vessel, memory, balance of the flows.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <vector>

#include "solvers/common/resources.hpp"
#include "solvers/flow/bench/cortex.hpp"
#include "solvers/flow/model/flow_model.hpp"
#include "solvers/flow/parallel/mpi_job.hpp"

int main(int argc, char** argv) {
    using namespace ngv::flow;
    CLI::App app{"Time of one radius update and solve"};
    CortexOptions cortex;
    int steps = 5;
    std::string method = "auto";
    app.add_option("--vessels", cortex.vessels)->capture_default_str();
    app.add_option("--segments", cortex.segments, "Vessels between two branchings.")->capture_default_str();
    app.add_option("--seed", cortex.seed)->capture_default_str();
    app.add_option("--steps", steps)->capture_default_str();
    app.add_option("--method", method, "auto, direct or multigrid")->capture_default_str();
    CLI11_PARSE(app, argc, argv);

    const MpiJob job;
    const int rank = job.rank(), size = job.size();
    FlowOptions options;
    options.boundary.by_type["arterial"] = {Condition::pressure, 60 * pascal_per_mmHg};
    options.boundary.by_type["venous"] = {Condition::pressure, 10 * pascal_per_mmHg};
    options.pressure.method = linear_method(method);

    const auto base = ngv::peak_memory_bytes();
    auto vessels = make_cortex(cortex, rank, size);
    const ngv::Timer timer;
    FlowModel model(job.comm(), std::move(vessels), options);
    const double setup_s = timer.seconds();
    ngv::Timer first;
    model.solve(0.0);
    const double first_s = first.seconds();

    const auto& rest = model.graph().vessels().radius;
    std::vector<double> seconds, radius(rest.size());
    std::vector<std::uint8_t> covered(rest.size());
    SolveInfo info, worst;
    for (int step = 0; step < steps; ++step) {
        for (std::size_t i = 0; i < rest.size(); ++i) {
            const auto id = model.graph().vessels().id[i];
            covered[i] = id % 3 == 0;
            radius[i] = rest[i] * (1.0 + 0.1 * std::sin(0.1 * static_cast<double>(id) + step));
        }
        MPI_Barrier(job.comm());
        const ngv::Timer one;
        model.set_endfoot_radius(radius, covered);
        info = model.solve(100.0 * step);
        double s = one.seconds();
        MPI_Allreduce(MPI_IN_PLACE, &s, 1, MPI_DOUBLE, MPI_MAX, job.comm());
        seconds.push_back(s);
        worst.imbalance = std::max(worst.imbalance, info.imbalance);
        worst.iterations = std::max(worst.iterations, info.iterations);
        worst.refinements = std::max(worst.refinements, info.refinements);
    }
    std::sort(seconds.begin(), seconds.end());
    if (rank != 0) return 0;
    const auto vessels_count = static_cast<double>(model.summary().vessels);
    fmt::print(
        R"({{"vessels": {}, "junctions": {}, "loops": {}, "ranks": {}, "method": "{}", "unknowns": {},
 "setup_s": {:.3f}, "first_solve_s": {:.3f}, "step_s": {:.4f}, "step_ns_per_vessel": {:.0f},
 "linear_solves": {}, "iterations": {}, "imbalance": {:.1e}, "bytes_per_vessel": {:.0f},
 "perfusion_per_s": {:.4g}}}
)",
        model.summary().vessels, model.summary().junctions, model.summary().loops, size,
        model.pressures().method() == LinearMethod::direct ? "direct" : "multigrid", model.pressures().num_unknowns(),
        setup_s, first_s, seconds[seconds.size() / 2], 1e9 * seconds[seconds.size() / 2] / vessels_count,
        worst.refinements, worst.iterations, worst.imbalance,
        static_cast<double>(ngv::peak_memory_bytes() - base) * size / vessels_count,
        model.territories().mean_perfusion());
    return 0;
}

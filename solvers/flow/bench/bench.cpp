// Cost of one step of the flow solver: set the radii of a third of the vessels, solve, update perfusion.
//
//     flow-bench --vessels 100000 --segments 9 --steps 5 --law astrovascpy
//     flow-bench --vessels 100000 --segments 9 --phase-separation pries_secomb_2005
//
// Prints JSON: seconds a step (median; CPU: of the rank that worked most), per vessel, memory, balance of flows and cells.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <ctime>
#include <vector>

#include "ngv/participant.hpp"
#include "solvers/common/resources.hpp"
#include "solvers/flow/bench/cortex.hpp"
#include "solvers/flow/model/flow_model.hpp"

namespace {

double cpu_seconds() {
    return static_cast<double>(std::clock()) / CLOCKS_PER_SEC;
}

double largest_of(double value, MPI_Comm comm) {
    MPI_Allreduce(MPI_IN_PLACE, &value, 1, MPI_DOUBLE, MPI_MAX, comm);
    return value;
}

double median(std::vector<double> values) {
    std::sort(values.begin(), values.end());
    return values[values.size() / 2];
}

}  // namespace

int main(int argc, char** argv) {
    using namespace ngv::flow;
    CLI::App app{"Cost of one radius update and solve"};
    CortexOptions cortex;
    int steps = 5;
    std::string method = "auto", law = "pries_in_vivo_1994", separation = "none";
    app.add_option("--vessels", cortex.vessels)->capture_default_str();
    app.add_option("--segments", cortex.segments, "Vessels between two branchings.")->capture_default_str();
    app.add_option("--seed", cortex.seed)->capture_default_str();
    app.add_option("--steps", steps)->capture_default_str();
    app.add_option("--method", method, "auto, direct or multigrid")->capture_default_str();
    app.add_option("--law", law, "Law of viscosity.")->capture_default_str();
    app.add_option("--phase-separation", separation, "none, pries_secomb_2005, pries_1989 or kinetic")
        ->capture_default_str();
    CLI11_PARSE(app, argc, argv);

    return ngv::run_alone(argc, argv, "flow-bench", [&](MPI_Comm comm) {
        int rank = 0, size = 1;
        MPI_Comm_rank(comm, &rank);
        MPI_Comm_size(comm, &size);
        FlowOptions options;
        options.boundary.by_type["arterial"] = {Condition::pressure, 60 * pascal_per_mmHg};
        options.boundary.by_type["venous"] = {Condition::pressure, 10 * pascal_per_mmHg};
        options.pressure.method = linear_method(method);
        options.blood.law = viscosity_law(law);
        options.hematocrit.law = phase_separation(separation);

        const auto base = ngv::peak_memory_bytes();
        auto vessels = make_cortex(cortex, rank, size);
        const ngv::Timer timer;
        FlowModel model(comm, std::move(vessels), options);
        const double setup_s = timer.seconds();
        double cpu = cpu_seconds();
        model.solve(0.0);
        const double first_s = largest_of(cpu_seconds() - cpu, comm);

        const auto& rest = model.graph().vessels().radius;
        std::vector<double> wall_s, cpu_s, radius(rest.size());
        std::vector<std::uint8_t> covered(rest.size());
        SolveInfo worst;
        HematocritInfo cells;
        for (int step = 0; step < steps; ++step) {
            for (std::size_t i = 0; i < rest.size(); ++i) {
                const auto id = model.graph().vessels().id[i];
                covered[i] = id % 3 == 0;
                radius[i] = rest[i] * (1.0 + 0.1 * std::sin(0.1 * static_cast<double>(id) + step));
            }
            MPI_Barrier(comm);
            cpu = cpu_seconds();
            const ngv::Timer one;
            model.set_endfoot_radius(radius, covered);
            const auto info = model.solve(100.0 * step);
            wall_s.push_back(largest_of(one.seconds(), comm));
            cpu_s.push_back(largest_of(cpu_seconds() - cpu, comm));
            worst.imbalance = std::max(worst.imbalance, info.imbalance);
            worst.iterations = std::max(worst.iterations, info.iterations);
            worst.refinements = std::max(worst.refinements, info.refinements);
            if (model.hematocrit_info().sweeps >= cells.sweeps) cells = model.hematocrit_info();
        }
        if (rank != 0) return;
        const auto count = static_cast<double>(model.summary().vessels);
        fmt::print(R"({{"vessels": {}, "junctions": {}, "loops": {}, "ranks": {}, "method": "{}", "unknowns": {},
 "setup_s": {:.3f}, "first_solve_cpu_s": {:.3f}, "step_cpu_s": {:.4f}, "step_cpu_least_s": {:.4f}, "step_s": {:.4f},
 "step_cpu_ns_per_vessel": {:.0f}, "linear_solves": {}, "iterations": {}, "imbalance": {:.1e},
 "hematocrit_sweeps": {}, "hematocrit_change": {:.1e}, "cell_imbalance": {:.1e}, "bytes_per_vessel": {:.0f},
 "perfusion_per_s": {:.4g}}}
)",
                   model.summary().vessels, model.summary().junctions, model.summary().loops, size,
                   model.pressures().method() == LinearMethod::direct ? "direct" : "multigrid",
                   model.pressures().num_unknowns(), setup_s, first_s, median(cpu_s),
                   *std::min_element(cpu_s.begin(), cpu_s.end()), median(wall_s), 1e9 * median(cpu_s) / count,
                   worst.refinements, worst.iterations, worst.imbalance, cells.sweeps, cells.change, cells.imbalance,
                   static_cast<double>(ngv::peak_memory_bytes() - base) * size / count,
                   model.territories().mean_perfusion());
    });
}

// Compartment-steps per second of the engine, with the project's compiled mechanisms.
//
//     neuron-bench                                               the three models at the sizes that others are measured at
//     neuron-bench run ring|hh|allen CELLS DEPTH MS [INPUTS]     one model; mpirun -n 2 for two ranks
//     neuron-bench scaling                                       100, 1000, 10000 cells for 100 ms, and the slope of the cost
//
// JSON lines. A compartment-step is one compartment with membrane advanced by one dt (forks are not counted), the definition used for
// NEURON and Arbor. bench/against_neuron.py runs the same models in NEURON beside it.
#include <sys/resource.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "ngv/participant.hpp"
#include "solvers/common/resources.hpp"
#include "solvers/neuron/bench/ring_model.hpp"
#include "solvers/neuron/engine/simulation.hpp"
#include "solvers/neuron/nmodl/catalogue.hpp"

namespace {

using namespace ngv;
using namespace ngv::neuron;

double cpu_seconds() {
    rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return static_cast<double>(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
           1e-6 * static_cast<double>(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
}

struct Result {
    double build_s, run_s, compartment_steps;
};

Result run(MPI_Comm comm, const RingModel& model, double ms) {
    int rank = 0, size = 1;
    MPI_Comm_rank(comm, &rank);
    MPI_Comm_size(comm, &size);
    const auto base = nmodl::own_catalogue("base"), allen = nmodl::own_catalogue("allen");
    const double t0 = cpu_seconds();
    EngineBuilder builder(ring_options(model));
    if (model.membrane == "allen") builder.add_catalogue(allen.get());
    builder.add_catalogue(base.get());
    add_ring_model(builder, model, rank, size);
    auto simulation = builder.build(comm);
    simulation->forget_shapes();
    simulation->initialise();
    const double t1 = cpu_seconds();
    const auto steps = static_cast<std::int64_t>(std::llround(ms / simulation->options().dt));
    MPI_Barrier(comm);
    const double begin = cpu_seconds();
    Timer timer;
    simulation->advance(steps);
    MPI_Barrier(comm);
    double wall = timer.seconds(), cpu = cpu_seconds() - begin;
    const SimulationSize s = simulation->size();
    double sums[6] = {cpu,
                      static_cast<double>(s.compartments),
                      s.bytes - s.connection_bytes - s.source_bytes,
                      static_cast<double>(simulation->take_spikes().size()),
                      static_cast<double>(s.connections),
                      s.connection_bytes};
    MPI_Allreduce(MPI_IN_PLACE, sums, 6, MPI_DOUBLE, MPI_SUM, comm);
    const double work = sums[1] * static_cast<double>(steps);
    if (rank == 0) {
        std::printf(
            "{\"simulator\": \"ngv\", \"model\": \"%s\", \"cells\": %d, \"depth\": %d, \"ranks\": %d, "
            "\"compartments\": %.0f, "
            "\"ms\": %g, \"build_s\": %.3f, \"wall_s\": %.3f, \"cpu_s\": %.3f, \"Mcs_per_cpu_s\": %.2f, "
            "\"bytes_per_compartment\": %.1f, \"bytes_per_connection\": %.1f, \"spikes\": %.0f, \"peak_GB\": %.2f}\n",
            model.membrane.c_str(), model.cells, model.depth, size, sums[1], ms, t1 - t0, wall, sums[0],
            1e-6 * work / sums[0], sums[2] / sums[1], sums[5] / std::max(1.0, sums[4]), sums[3],
            1e-9 * static_cast<double>(peak_memory_bytes()));
        std::fflush(stdout);
    }
    return {t1 - t0, sums[0], work};
}

void scaling(MPI_Comm comm) {
    std::vector<double> x, y;
    for (int cells : {100, 1000, 10000}) {
        const Result r = run(comm, {.membrane = "ring", .cells = cells, .depth = 6}, 100);
        x.push_back(std::log(cells));
        y.push_back(std::log(r.build_s + r.run_s));
    }
    double mx = 0, my = 0, xy = 0, xx = 0;
    for (std::size_t i = 0; i < x.size(); ++i) mx += x[i] / 3, my += y[i] / 3;
    for (std::size_t i = 0; i < x.size(); ++i) {
        xy += (x[i] - mx) * (y[i] - my);
        xx += (x[i] - mx) * (x[i] - mx);
    }
    int rank = 0;
    MPI_Comm_rank(comm, &rank);
    if (rank == 0) std::printf("{\"cost_grows_as_cells_to_the\": %.3f}\n", xy / xx);
}

}  // namespace

int main(int argc, char** argv) {
    const bool scale = argc == 2 && std::strcmp(argv[1], "scaling") == 0;
    const bool all = argc == 1;
    if (!scale && !all && (argc < 6 || std::strcmp(argv[1], "run") != 0)) {
        std::fputs("neuron-bench [run ring|hh|allen CELLS DEPTH MS [INPUTS] | scaling]\n", stderr);
        return static_cast<int>(ExitCode::user_error);
    }
    return run_alone(argc, argv, "neuron-bench", [&](MPI_Comm comm) {
        if (scale) return scaling(comm);
        if (all) {
            run(comm, {.membrane = "ring", .cells = 256, .depth = 6}, 25);
            run(comm, {.membrane = "hh", .cells = 256, .depth = 6}, 10);
            run(comm, {.membrane = "allen", .cells = 128, .depth = 4}, 5);
            return;
        }
        run(comm,
            {.membrane = argv[2],
             .cells = std::atoi(argv[3]),
             .depth = std::atoi(argv[4]),
             .extra_inputs = argc > 6 ? std::atoi(argv[6]) : 0},
            std::atof(argv[5]));
    });
}

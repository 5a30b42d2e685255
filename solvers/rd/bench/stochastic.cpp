// Times the stochastic engine on the simple model (Hepburn et al. 2016; Chen & De Schutter 2017): a box of 10 x 10 x 100 um,
// 10 species, 8 reactions, 55,000 molecules; or on the background calcium of a dendrite of about 1e5 tetrahedra (--calcium 1: 0.3 ms in steps of 0.005 ms).
//
//     rd-stochastic-bench [--factor 1] [--duration 500] [--step 0.5] [--size 1.58] [--leap 0] [--calcium 0]     (ms, um)
//
// STEPS 5.0.4 (DistTetOpSplit) on a quiet machine of the kind this was written on, 13,009 tetrahedra, one core: 11.9 s for
// 0.5 s, 32 thousand reactions and 18.8 million jumps, 72 MB; 43.7 s for 0.1 s of a hundred times the molecules.
#include <fmt/format.h>
#include <malloc.h>
#include <sys/resource.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <ngv/participant.hpp>
#include <set>
#include <string>

#include "solvers/common/resources.hpp"
#include "solvers/rd/bench/models.hpp"
#include "solvers/rd/bench/shapes.hpp"
#include "solvers/rd/stochastic/engine.hpp"

namespace {

using namespace ngv::rd;

double allocated_bytes() {
    const auto info = mallinfo2();
    return static_cast<double>(info.uordblks + info.hblkhd);
}

double cpu_seconds() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    return static_cast<double>(usage.ru_utime.tv_sec) + 1e-6 * static_cast<double>(usage.ru_utime.tv_usec);
}

void run(MPI_Comm comm, const std::map<std::string, double>& options) {
    const bool calcium = options.at("--calcium") != 0;
    const auto head = fmt::format("leap_error: {}\n", options.at("--leap"));
    const Model model = calcium ? calcium_model(options.at("--factor"), options.at("--step"), head)
                                : simple_model(options.at("--factor"), options.at("--step"), head);
    int rank = 0, size = 1;
    MPI_Comm_rank(comm, &rank);
    MPI_Comm_size(comm, &size);
    const LocalMesh mesh = distribute(comm, [&] {
        return calcium ? gmsh_dendrite(options.at("--size")) : gmsh_box(10, 10, 100, options.at("--size"));
    });
    const auto before = allocated_bytes();
    StochasticEngine engine(comm, mesh, model, regions_of(mesh, model, comm));
    const double cpu = cpu_seconds();
    ngv::Timer timer;
    engine.advance(0, static_cast<ngv::Tick>(options.at("--duration") * 1e6));
    const double wall = timer.seconds();
    double busiest = cpu_seconds() - cpu;
    MPI_Allreduce(MPI_IN_PLACE, &busiest, 1, MPI_DOUBLE, MPI_MAX, comm);
    const auto s = engine.statistics();
    std::int64_t events[3] = {s.jumps, s.reactions, s.visits};
    MPI_Allreduce(MPI_IN_PLACE, events, 3, MPI_INT64_T, MPI_SUM, comm);
    std::string counts;
    for (int k = 0; k < std::min(10, model.num_species()); ++k)
        counts += fmt::format("{}{}", k ? ", " : "", engine.total(k));
    if (rank == 0)
        fmt::print(
            "{{\"tetrahedra\": {}, \"ranks\": {}, \"steps\": {}, \"sub_steps\": {}, \"wall_s\": {:.3f}, \"cpu_s\": "
            "{:.3f}, "
            "\"jumps\": {}, \"reactions\": {}, \"visits\": {}, \"leaps\": {}, \"jumps_per_s\": {:.3g}, "
            "\"reactions_per_s\": {:.3g}, \"ns_per_jump\": {:.1f}, \"grown_MB\": {:.1f}, \"counts\": [{}]}}\n",
            mesh.num_global, size, s.steps, s.sub_steps, wall, busiest, events[0], events[1], events[2], s.leaps,
            static_cast<double>(events[0]) / wall, static_cast<double>(events[1]) / wall,
            1e9 * busiest / static_cast<double>(events[0]), 1e-6 * (allocated_bytes() - before), counts);
}

}  // namespace

int main(int argc, char** argv) {
    std::map<std::string, double> options{{"--factor", 1},  {"--duration", 500}, {"--step", 0.5},
                                          {"--size", 1.58}, {"--leap", 0},       {"--calcium", 0}};
    std::set<std::string> given;
    for (int i = 1; i + 1 < argc; i += 2) {
        if (!options.count(argv[i])) {
            fmt::print(stderr, "unknown option {}\n", argv[i]);
            return 2;
        }
        options[argv[i]] = std::atof(argv[i + 1]);
        given.insert(argv[i]);
    }
    if (options["--calcium"] != 0)  // a dendrite of about 1e5 tetrahedra
        for (const auto& [name, value] : {std::pair{"--duration", 0.3}, {"--step", 0.005}, {"--size", 0.174}})
            if (!given.count(name)) options[name] = value;
    return ngv::run_alone(argc, argv, "rd-stochastic-bench", [&](MPI_Comm comm) { run(comm, options); });
}

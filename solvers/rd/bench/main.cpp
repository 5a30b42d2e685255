// Times diffusion alone on boxes of tetrahedra: one JSON line a size.
//
//     rd-bench [--species 5] [--steps 40] [cells along an edge ...]        (15 -> 20,250 tetrahedra, 32 -> 196,608)
//
// Every 1 ms (two steps) every tenth tetrahedron receives a pulse of each species, as it would from neurons.
#include <fmt/format.h>

#include <cstdlib>
#include <ngv/participant.hpp>
#include <string>
#include <vector>

#include "solvers/common/resources.hpp"
#include "solvers/rd/simulation.hpp"

namespace {

using namespace ngv::rd;

void run(MPI_Comm comm, int cells, int num_species, int steps, double spacing_um) {
    Model model;
    const double diffusion[] = {1.96, 1.33, 0.79, 0.76, 0.86}, initial[] = {3.0, 140.0, 1.2, 0.0, 0.0};
    for (int s = 0; s < num_species; ++s) {
        Species species{.name = fmt::format("S{}", s), .diffusion = diffusion[s % 5], .initial = initial[s % 5]};
        if (s % 5 == 0) species.rest = 3.0, species.clearance_rate = 0.002;
        if (s % 5 > 2) species.uptake_max = 0.006, species.uptake_half = 0.02;
        model.species.push_back(species);
    }
    ngv::Timer setup;
    const double edge = spacing_um * cells;
    Simulation tissue(comm, distribute(comm, [&] { return box_mesh(edge, edge, edge, cells, cells, cells, 0.2); }),
                      model);
    const double setup_s = setup.seconds();

    std::vector<double> pulse(tissue.num_owned(), 0.0);
    for (std::size_t i = 0; i < pulse.size(); ++i)
        if (tissue.mesh().ids[i] % 10 == 3) pulse[i] = 0.01 * mol_per_mM_um3 * tissue.extracellular_volume(i);
    ngv::Timer timer;
    for (int k = 0; k < steps / 2; ++k) {
        for (int s = 0; s < num_species; ++s) tissue.add(s, pulse, k, [](std::size_t, double) {});
        tissue.advance(k * ngv::Tick(1'000'000), (k + 1) * ngv::Tick(1'000'000));
    }
    const double seconds = timer.seconds();

    int rank = 0, size = 1;
    MPI_Comm_rank(comm, &rank);
    MPI_Comm_size(comm, &size);
    const double units =
        static_cast<double>(tissue.mesh().num_global) * static_cast<double>(tissue.steps()) * num_species;
    double defect = 0.0;
    for (int s = 0; s < num_species; ++s) defect = std::max(defect, tissue.budget(s).defect());
    const auto& statistics = tissue.statistics();
    if (rank == 0)
        fmt::print(
            "{{\"tetrahedra\": {}, \"species\": {}, \"ranks\": {}, \"steps\": {}, \"setup_s\": {:.3f}, "
            "\"steps_per_s\": {:.1f}, \"us_per_tet_step_species\": {:.4f}, "
            "\"cg_iterations_per_solve\": {:.2f}, \"limited_steps\": {}, \"mass_defect\": {:.1e}, \"peak_MB\": "
            "{:.0f}}}\n",
            tissue.mesh().num_global, num_species, size, tissue.steps(), setup_s,
            static_cast<double>(tissue.steps()) / seconds, 1e6 * seconds / units,
            static_cast<double>(statistics.iterations) / static_cast<double>(statistics.solves),
            statistics.limited_steps, defect, static_cast<double>(ngv::peak_memory_bytes()) / 1e6);
}

}  // namespace

int main(int argc, char** argv) {
    std::vector<int> sizes;
    int species = 5, steps = 40;
    double spacing = 8.0;
    for (int i = 1; i < argc; ++i) {
        const std::string option = argv[i];
        if (option == "--species" && i + 1 < argc)
            species = std::atoi(argv[++i]);
        else if (option == "--steps" && i + 1 < argc)
            steps = std::atoi(argv[++i]);
        else if (option == "--spacing" && i + 1 < argc)
            spacing = std::atof(argv[++i]);
        else
            sizes.push_back(std::atoi(option.c_str()));
    }
    if (sizes.empty()) sizes = {15, 32};
    return ngv::run_alone(argc, argv, "rd-bench", [&](MPI_Comm comm) {
        for (const int cells : sizes) run(comm, cells, species, steps, spacing);
    });
}

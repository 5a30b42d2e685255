// Times diffusion alone on boxes of tetrahedra: one JSON line a size, and the slopes over the sizes.
//
//     rd-bench [--species 5] [--steps 40] [cells along an edge ...]        (15 -> 20,250 tetrahedra, 32 -> 196,608)
//     mpirun -n 2 rd-bench --species 4 --steps 10 12 26 55                 (1e4, 1e5, 1e6 tetrahedra; windows of 1 ms)
//     mpirun -n 2 rd-bench --segments 20000 15 32                          (intersection with segments of 20 um)
//     mpirun -n 4 rd-bench --mesh tissue.msh                               (loading a file, or a mesh in parts, alone)
//
// Every 1 ms (two steps) every tenth tetrahedron receives a pulse of each species, as it would from neurons. cpu_s is
// the processor time of the slowest rank, which other programs on the machine disturb less than the clock; memory is
// the peak of all ranks together; memory_after_setup_MB is what each rank holds once its part of the mesh is there and
// the reading rank has let go of the whole. The first window is told apart: it makes matrices and buffers. Slopes are of
// the time of the others and of the memory beyond that of an idle process.
#include <fmt/format.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cmath>
#include <cstdlib>
#include <fstream>
#include <ngv/participant.hpp>
#include <random>
#include <string>
#include <vector>

#include "solvers/common/resources.hpp"
#include "solvers/rd/mesh/intersect.hpp"
#include "solvers/rd/simulation.hpp"

namespace {

using namespace ngv::rd;

struct Result {
    double tetrahedra, cpu_s, grown_MB;
};

double processor_seconds() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    return static_cast<double>(usage.ru_utime.tv_sec) + 1e-6 * static_cast<double>(usage.ru_utime.tv_usec);
}

double over_ranks(MPI_Comm comm, double x, MPI_Op op) {
    MPI_Allreduce(MPI_IN_PLACE, &x, 1, MPI_DOUBLE, op, comm);
    return x;
}

/// Resident memory of this process now, in MB.
double memory_now_MB() {
    std::ifstream in("/proc/self/statm");
    std::int64_t all = 0, resident = 0;
    in >> all >> resident;
    return 1e-6 * static_cast<double>(resident) * static_cast<double>(sysconf(_SC_PAGESIZE));
}

std::string of_each_rank(MPI_Comm comm, double x) {
    int size = 1;
    MPI_Comm_size(comm, &size);
    std::vector<double> all(static_cast<std::size_t>(size));
    MPI_Gather(&x, 1, MPI_DOUBLE, all.data(), 1, MPI_DOUBLE, 0, comm);
    return fmt::format("[{:.0f}]", fmt::join(all, ", "));
}

void run_segments(MPI_Comm comm, int cells, int segments, double spacing_um) {
    const double edge = spacing_um * cells, length = std::min(20.0, 0.4 * edge);
    const LocalMesh mesh = distribute(comm, [&] { return box_mesh(edge, edge, edge, cells, cells, cells, 0.2); });
    int rank = 0, size = 1;
    MPI_Comm_rank(comm, &rank);
    MPI_Comm_size(comm, &size);
    std::vector<std::int64_t> ids, offsets{0};
    std::vector<double> ends;
    for (int k = rank; k < segments; k += size) {
        std::mt19937 random(static_cast<unsigned>(k));
        std::uniform_real_distribution<double> place(length, edge - length);
        std::normal_distribution<double> normal;
        const Point from{place(random), place(random), place(random)};
        Point way{normal(random), normal(random), normal(random)};
        way = (length / norm(way)) * way;
        const Point to = from + way;
        ids.push_back(k);
        ends.insert(ends.end(), from.begin(), from.end());
        ends.insert(ends.end(), to.begin(), to.end());
        offsets.push_back(static_cast<std::int64_t>(ids.size()));
    }
    const double before = processor_seconds();
    const auto found = intersect(comm, mesh, ids, ends, offsets);
    const double cpu_s = over_ranks(comm, processor_seconds() - before, MPI_SUM);
    const double pieces = over_ranks(comm, static_cast<double>(found.entries.size()), MPI_SUM);
    const double lost = std::abs(1.0 - found.length_covered_um / found.length_total_um);
    if (rank == 0)
        fmt::print(
            "{{\"tetrahedra\": {}, \"ranks\": {}, \"segments\": {}, \"pieces\": {}, \"cpu_us_per_piece\": {:.3f}, "
            "\"lost\": {:.1e}}}\n",
            mesh.num_global, size, segments, pieces, 1e6 * cpu_s / pieces, lost);
}

void run_loading(MPI_Comm comm, const std::string& file) {
    const double before = memory_now_MB();
    ngv::Timer timer;
    const LocalMesh mesh = load_mesh(comm, file, 1.0);
    const double seconds = over_ranks(comm, timer.seconds(), MPI_MAX);
    const std::string peak = of_each_rank(comm, static_cast<double>(ngv::peak_memory_bytes()) / 1e6 - before);
    const std::string after = of_each_rank(comm, memory_now_MB() - before);
    const std::string owned = of_each_rank(comm, mesh.num_owned), ghosts = of_each_rank(comm, mesh.num_ghosts());
    int rank = 0;
    MPI_Comm_rank(comm, &rank);
    if (rank == 0)
        fmt::print(
            "{{\"mesh\": \"{}\", \"tetrahedra\": {}, \"load_s\": {:.2f}, \"owned\": {}, \"ghosts\": {}, "
            "\"peak_MB\": {}, \"after_MB\": {}}}\n",
            file, mesh.num_global, seconds, owned, ghosts, peak, after);
}

Result run(MPI_Comm comm, int cells, int num_species, int steps, double spacing_um, double idle_MB) {
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
    const std::string after_setup = of_each_rank(comm, memory_now_MB());

    std::vector<double> pulse(tissue.num_owned(), 0.0);
    for (std::size_t i = 0; i < pulse.size(); ++i)
        if (tissue.mesh().ids[i] % 10 == 3) pulse[i] = 0.01 * mol_per_mM_um3 * tissue.extracellular_volume(i);
    const auto window = [&](int k) {
        for (int s = 0; s < num_species; ++s) tissue.add(s, pulse, k, [](std::size_t, double) {});
        tissue.advance(k * ngv::Tick(1'000'000), (k + 1) * ngv::Tick(1'000'000));
    };
    ngv::Timer first_timer;
    window(0);
    const double first_window_s = first_timer.seconds();
    const auto first_steps = tissue.steps();
    ngv::Timer timer;
    const double before = processor_seconds();
    for (int k = 1; k <= steps / 2; ++k) window(k);
    const double seconds = timer.seconds();
    const double cpu_s = over_ranks(comm, processor_seconds() - before, MPI_MAX);
    const auto steps_done = static_cast<double>(tissue.steps() - first_steps);
    const double memory_MB = over_ranks(comm, static_cast<double>(ngv::peak_memory_bytes()) / 1e6, MPI_SUM);

    int rank = 0, size = 1;
    MPI_Comm_rank(comm, &rank);
    MPI_Comm_size(comm, &size);
    const double units = static_cast<double>(tissue.mesh().num_global) * steps_done * num_species;
    double defect = 0.0;
    for (int s = 0; s < num_species; ++s) defect = std::max(defect, tissue.budget(s).defect());
    const auto& statistics = tissue.statistics();
    if (rank == 0)
        fmt::print(
            "{{\"tetrahedra\": {}, \"species\": {}, \"ranks\": {}, \"steps\": {}, \"setup_s\": {:.3f}, "
            "\"first_window_s\": {:.3f}, \"window_s\": {:.3f}, "
            "\"cpu_s\": {:.3f}, \"cpu_us_per_tet_step_species\": {:.4f}, "
            "\"cg_iterations_per_solve\": {:.2f}, \"limited_steps\": {}, \"mass_defect\": {:.1e}, \"memory_MB\": "
            "{:.0f}, \"memory_after_setup_MB\": {}}}\n",
            tissue.mesh().num_global, num_species, size, steps_done, setup_s, first_window_s,
            2.0 * seconds / steps_done, cpu_s, 1e6 * cpu_s * size / units,
            static_cast<double>(statistics.iterations) / static_cast<double>(statistics.solves),
            statistics.limited_steps, defect, memory_MB, after_setup);
    return {static_cast<double>(tissue.mesh().num_global), cpu_s, memory_MB - idle_MB};
}

}  // namespace

int main(int argc, char** argv) {
    std::vector<int> sizes;
    std::string file;
    int species = 5, steps = 40, segments = 0;
    double spacing = 8.0;
    for (int i = 1; i < argc; ++i) {
        const std::string option = argv[i];
        if (option == "--species" && i + 1 < argc)
            species = std::atoi(argv[++i]);
        else if (option == "--steps" && i + 1 < argc)
            steps = std::atoi(argv[++i]);
        else if (option == "--mesh" && i + 1 < argc)
            file = argv[++i];
        else if (option == "--segments" && i + 1 < argc)
            segments = std::atoi(argv[++i]);
        else if (option == "--spacing" && i + 1 < argc)
            spacing = std::atof(argv[++i]);
        else
            sizes.push_back(std::atoi(option.c_str()));
    }
    if (sizes.empty()) sizes = {15, 32};
    return ngv::run_alone(argc, argv, "rd-bench", [&](MPI_Comm comm) {
        if (!file.empty()) return run_loading(comm, file);
        if (segments > 0) {
            for (const int cells : sizes) run_segments(comm, cells, segments, spacing);
            return;
        }
        const double idle_MB = over_ranks(comm, memory_now_MB(), MPI_SUM);
        std::vector<Result> results;
        for (const int cells : sizes) results.push_back(run(comm, cells, species, steps, spacing, idle_MB));
        int rank = 0;
        MPI_Comm_rank(comm, &rank);
        for (std::size_t k = 1; rank == 0 && k < results.size(); ++k) {
            const Result &a = results[k - 1], &b = results[k];
            const double more = std::log(b.tetrahedra / a.tetrahedra);
            fmt::print("{{\"from\": {}, \"to\": {}, \"slope_time\": {:.2f}, \"slope_memory\": {:.2f}}}\n", a.tetrahedra,
                       b.tetrahedra, std::log(b.cpu_s / a.cpu_s) / more, std::log(b.grown_MB / a.grown_MB) / more);
        }
    });
}

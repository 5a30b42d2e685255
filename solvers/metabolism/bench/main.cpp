// What the equations cost, all figures from one run: compilation, parts of a step, windows of 100 ms for perturbed cells
// whose use of ATP changes from window to window, CVODE with KLU on the same cells, two ranks, memory.
//
//     metabolism-bench [--model shichkova2025] [--variant young] [--cells 1000] [--windows 20]
//     mpirun -n 2 metabolism-bench            # adds what two ranks gain over one
//
// Times are processor time of one core, the least of several runs.
#include <mpi.h>
#include <sys/resource.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <fstream>

#include "ngv/participant.hpp"
#include "solvers/common/rng.hpp"
#include "solvers/metabolism/cells/cells.hpp"
#include "solvers/metabolism/coupled/census.hpp"

namespace {

using namespace ngv::metabolism;

struct Options {
    std::string model = "shichkova2025", variant = "young";
    std::size_t cells = 1000;
    int windows = 20, repeats = 3;
    bool kick = false;
};

double cpu_seconds() {
    timespec t{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return static_cast<double>(t.tv_sec) + 1e-9 * static_cast<double>(t.tv_nsec);
}

std::string input_for(const OdeSystem& system, const std::string& field) {
    for (const auto& q : system.inputs())
        if (q.name == field) return q.name;
    return {};
}

std::vector<std::int64_t> first_ids(std::size_t count) {
    std::vector<std::int64_t> ids(count);
    for (std::size_t i = 0; i < count; ++i) ids[i] = static_cast<std::int64_t>(i);
    return ids;
}

/// Start values that differ by up to 5 % (0.4 % where a pool's total is near), mitochondria by 30 %, flow by 20 %.
Cells perturbed(const OdeSystem& system, std::vector<std::int64_t> ids, CellOptions options) {
    Cells cells(system, std::move(ids), std::move(options));
    const auto deviate = [&](std::size_t i, std::int64_t k) {
        return ngv::Random(1, ngv::purpose("bench"), cells.ids()[i], k).uniform(-1, 1);
    };
    for (std::size_t i = 0; i < cells.size(); ++i) {
        for (std::size_t q = 0; q < system.num_states(); ++q) {
            const auto& name = system.integrated()[q].name;
            const bool near_total =
                name.find("atp") == 0 || name.find("ATP") == 0 || name.find("nadh") == 0 || name.find("NADH") == 0;
            cells.value(q, i) *= 1 + (near_total ? 0.004 : 0.05) * deviate(i, static_cast<std::int64_t>(q));
        }
        if (!input_for(system, "mito_scale").empty())
            cells.input(system.input("mito_scale"), i) = 0.75 + 0.25 * deviate(i, 1000);
        for (const char* flow : {"Fin", "BF"})
            if (!input_for(system, flow).empty()) cells.input(system.input(flow), i) *= 1 + 0.2 * deviate(i, 1001);
    }
    return cells;
}

/// A new use of ATP for each cell: as a flux over the window, or all at once at its start.
void set_use(Cells& cells, int window, bool kick) {
    const auto& system = cells.system();
    const bool jolivet = !input_for(system, "BF").empty();
    const double rest = jolivet ? 0.18 : 0.0258;
    for (std::size_t i = 0; i < cells.size(); ++i) {
        const double use = rest + 0.1 * ngv::Random(1, ngv::purpose("use"), cells.ids()[i], window).uniform();
        cells.input(system.input("ATP_linked"), i) = 1;
        cells.input(system.input("ATP_use"), i) = kick ? 0 : use;
        if (kick) cells.value(system.state(jolivet ? "ATP_n" : "atp_c_n"), i) -= 0.1 * use;
    }
}

struct Cost {
    double us, steps;
    std::vector<double> end;
};

/// A cell and window.
Cost cost_of(const OdeSystem& system, const Options& options, const CellOptions& cell_options,
             const std::vector<std::int64_t>& ids) {
    Cost cost{1e300, 0, {}};
    for (int repeat = 0; repeat < options.repeats; ++repeat) {
        Cells cells = perturbed(system, ids, cell_options);
        set_use(cells, 0, false);
        cells.advance(-1, 1);  // what follows a perturbation of every state is not what a run is made of
        const auto before = cells.steps();
        double time = 0;
        for (int w = 0; w < options.windows; ++w) {
            set_use(cells, w, options.kick);
            const double begin = cpu_seconds();
            cells.advance(0.1 * w, 0.1);
            time += cpu_seconds() - begin;
        }
        const double per = static_cast<double>(ids.size()) * options.windows;
        cost.us = std::min(cost.us, 1e6 * time / per);
        cost.steps = static_cast<double>(cells.steps() - before) / per;
        cost.end = cells.save();
    }
    return cost;
}

template <class Body>
double ns_a_cell(Body&& body) {
    double best = 1e300;
    for (int repeat = 0; repeat < 20; ++repeat) {
        const double begin = cpu_seconds();
        for (int i = 0; i < 50; ++i) body();
        best = std::min(best, 1e9 * (cpu_seconds() - begin) / 50 / ngv::model::lane_width);
    }
    return best;
}

void print_parts(const OdeSystem& system) {
    using ngv::model::Lanes;
    const std::size_t n = system.size();
    std::vector<Lanes> y, inputs, f(n), by_time(system.time_rows().size() + 1), matrix(system.lu().size()),
        b(n, Lanes::all(1));
    for (const auto& q : system.integrated()) y.push_back(Lanes::all(q.start));
    for (const auto& q : system.inputs()) inputs.push_back(Lanes::all(q.start));
    const Lanes time = Lanes::all(0), per_gh = Lanes::all(1e3);
    std::printf("parts of a step (ns a cell; %zu operations in the rates, %zu with the Jacobian, %zu factors)\n",
                system.rates().size(), system.derivatives().size(), system.lu().size());
    const auto print = [&](const char* name, Equations& e) {
        std::printf("  %-12s rates %6.1f   rates and Jacobian %6.1f   factors %6.1f   solution %6.1f\n", name,
                    ns_a_cell([&] { e.rates(&y[0][0], &inputs[0][0], &time[0], &f[0][0]); }), ns_a_cell([&] {
                        e.assemble(&y[0][0], &inputs[0][0], &time[0], &per_gh[0], &f[0][0], &by_time[0][0],
                                   &matrix[0][0]);
                    }),
                    ns_a_cell([&] { e.factor(&matrix[0][0]); }), ns_a_cell([&] { e.solve(&matrix[0][0], &b[0][0]); }));
    };
    print("interpreted", *interpreted(system));
    print("compiled", *system.equations());
}

/// Seconds to compile the equations into an empty cache, and then to take them from it.
void print_compilation(const Options& options) {
    const auto folder = std::filesystem::temp_directory_path() / ("ngv-bench-" + std::to_string(getpid()));
    const char* own = std::getenv("NGV_CACHE");
    const std::string kept = own ? own : "";
    setenv("NGV_CACHE", folder.c_str(), 1);
    const auto model = ModelFile::shipped_or_file(options.model);
    const auto seconds = [&] {
        timespec begin{}, end{};
        clock_gettime(CLOCK_MONOTONIC, &begin);
        OdeSystem system(model, {.variant = options.variant});
        system.compile();
        clock_gettime(CLOCK_MONOTONIC, &end);
        return static_cast<double>(end.tv_sec - begin.tv_sec) + 1e-9 * static_cast<double>(end.tv_nsec - begin.tv_nsec);
    };
    rusage before{}, after{};
    getrusage(RUSAGE_CHILDREN, &before);
    const double first = seconds();
    getrusage(RUSAGE_CHILDREN, &after);
    const double again = seconds();
    const auto compilers = static_cast<double>(after.ru_utime.tv_sec - before.ru_utime.tv_sec) +
                           1e-6 * static_cast<double>(after.ru_utime.tv_usec - before.ru_utime.tv_usec);
    own ? setenv("NGV_CACHE", kept.c_str(), 1) : unsetenv("NGV_CACHE");
    std::filesystem::remove_all(folder);
    std::printf("equations made and compiled in %.1f s (%.1f s of processor time), taken from the cache in %.3f s\n",
                first, compilers, again);
}

std::int64_t resident_bytes() {
    std::ifstream in("/proc/self/statm");
    std::int64_t size = 0, resident = 0;
    in >> size >> resident;
    return resident * sysconf(_SC_PAGESIZE);
}

void print_memory(const OdeSystem& system) {
    const std::size_t count = 20000;
    const auto before = resident_bytes();
    Cells cells(system, first_ids(count), {.rtol = 1e-4});
    set_use(cells, 0, false);
    cells.advance(0, 0.1);
    std::printf("memory: %.2f kB a cell (resident, after a window of %zu cells)\n",
                static_cast<double>(resident_bytes() - before) / 1e3 / static_cast<double>(count), count);
}

void print_windows(const OdeSystem& system, const OdeSystem& for_one, const Options& options) {
    const auto ids = first_ids(options.cells), few = first_ids(std::min<std::size_t>(options.cells, 24));
    std::printf("%zu perturbed cells, %d windows of 100 ms, ATP used as %s (us of one core a cell and window)\n",
                options.cells, options.windows, options.kick ? "a kick at the start" : "a flux");
    for (const double rtol : {1e-4, 1e-5, 1e-6, 1e-8}) {
        const Cost theirs = cost_of(for_one, options, {.rtol = rtol, .method = "cvode"}, few);
        std::printf("  rtol %.0e   cvode+klu %8.1f us, %5.1f steps\n", rtol, theirs.us, theirs.steps);
        for (const char* method : {"ros23", "rodas3", "rodas4", "rodas5p"}) {
            const Cost ours = cost_of(system, options, {.rtol = rtol, .method = method}, ids);
            std::printf("               %-9s %8.2f us, %5.2f steps   %6.1f times faster than CVODE\n", method, ours.us,
                        ours.steps, theirs.us / ours.us);
        }
    }
}

/// One rank with all cells, then all ranks with their shares, unevenly expensive cells first on the first rank.
void print_ranks(MPI_Comm comm, const OdeSystem& system, const Options& options) {
    int rank = 0, size = 1;
    MPI_Comm_rank(comm, &rank);
    MPI_Comm_size(comm, &size);
    if (size == 1) return;
    const auto all = first_ids(options.cells);
    double alone = 0;
    if (rank == 0) alone = cost_of(system, options, {.rtol = 1e-5}, all).us * static_cast<double>(all.size());
    MPI_Barrier(comm);
    const auto mine = block_of(all, rank, size);
    double shared = cost_of(system, options, {.rtol = 1e-5, .comm = comm}, mine).us * static_cast<double>(mine.size());
    MPI_Allreduce(MPI_IN_PLACE, &shared, 1, MPI_DOUBLE, MPI_MAX, comm);
    if (rank == 0)
        std::printf("%d ranks: %.2f times faster than one (processor time of the busiest)\n", size, alone / shared);
}

void run(MPI_Comm comm, const Options& options) {
    int rank = 0;
    MPI_Comm_rank(comm, &rank);
    const auto model = ModelFile::shipped_or_file(options.model);
    OdeSystem system(model, {.variant = options.variant}), for_one(model, {.variant = options.variant});
    if (rank == 0) {
        std::printf("%s, %s: %zu states and %zu running totals\n", options.model.c_str(), options.variant.c_str(),
                    system.num_states(), system.size() - system.num_states());
        print_compilation(options);
    }
    system.compile();
    if (rank == 0) {
        for_one.compile(true);
        print_parts(system);
        print_windows(system, for_one, options);
        print_memory(system);
    }
    print_ranks(comm, system, options);
}

}  // namespace

int main(int argc, char** argv) {
    CLI::App app{"Cost of metabolism a cell and window"};
    Options options;
    app.add_option("--model", options.model, "model that comes with the program")->capture_default_str();
    app.add_option("--variant", options.variant, "its variant")->capture_default_str();
    app.add_option("--cells", options.cells, "cells")->capture_default_str();
    app.add_option("--windows", options.windows, "windows of 100 ms")->capture_default_str();
    app.add_option("--repeats", options.repeats, "runs of which the least time counts")->capture_default_str();
    app.add_flag("--kick", options.kick, "ATP is taken at the start of a window, not over it");
    CLI11_PARSE(app, argc, argv);
    return ngv::run_alone(argc, argv, "metabolism-bench", [&](MPI_Comm comm) { run(comm, options); });
}

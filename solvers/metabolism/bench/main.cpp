// Cost of the equations: microseconds of one core a cell and window of 100 ms, for perturbed cells whose use of ATP
// changes from window to window; and of the parts of a step.
//
//     metabolism-bench [--cells 1000] [--windows 20]
#include <CLI/CLI.hpp>
#include <chrono>
#include <cmath>
#include <cstdio>

#include "solvers/common/rng.hpp"
#include "solvers/metabolism/cells/cells.hpp"
#ifdef NGV_HAS_CVODE
#include "solvers/metabolism/bench/cvode.hpp"
#endif

namespace {

using namespace ngv::metabolism;

double seconds() {
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

/// Cells whose start values and uses of ATP differ by up to 20 %.
Cells perturbed(const OdeSystem& system, std::size_t count, double rtol) {
    std::vector<std::int64_t> ids(count);
    for (std::size_t i = 0; i < count; ++i) ids[i] = static_cast<std::int64_t>(i);
    Cells cells(system, ids, {.rtol = rtol});
    for (std::size_t i = 0; i < count; ++i)
        for (std::size_t q = 0; q < system.num_states(); ++q) {
            const double largest = system.integrated()[q].name.starts_with("ATP") ? 0.004 : 0.1;
            cells.value(q, i) *=
                1 +
                largest * ngv::Random(1, ngv::purpose("bench"), ids[i], static_cast<std::int64_t>(q)).uniform(-1, 1);
        }
    return cells;
}

void set_use(Cells& cells, int window) {
    for (std::size_t i = 0; i < cells.size(); ++i) {
        cells.input(cells.system().input("ATP_linked"), i) = 1;
        cells.input(cells.system().input("ATP_use"), i) =
            0.18 + 0.1 * ngv::Random(1, ngv::purpose("use"), cells.ids()[i], window).uniform();
    }
}

/// Microseconds a cell and window.
double time_windows(const OdeSystem& system, std::size_t count, int windows, double rtol) {
    Cells cells = perturbed(system, count, rtol);
    set_use(cells, 0);
    cells.advance(-1, 1);  // what follows a perturbation of every state is not what a run is made of
    const auto steps = cells.steps();
    double time = 0;
    for (int w = 0; w < windows; ++w) {
        set_use(cells, w);
        const double begin = seconds();
        cells.advance(0.1 * w, 0.1);
        time += seconds() - begin;
    }
    const double per = static_cast<double>(count) * windows;
    std::printf("  rtol %.0e   rodas4 %7.2f us, %5.2f steps", rtol, 1e6 * time / per,
                static_cast<double>(cells.steps() - steps) / per);
    return 1e6 * time / per;
}

/// The same with CVODE, on a few of the cells.
void compare_with_cvode([[maybe_unused]] const OdeSystem& system, [[maybe_unused]] int windows,
                        [[maybe_unused]] double rtol, [[maybe_unused]] double ours) {
#ifdef NGV_HAS_CVODE
    const std::size_t count = 20, n = system.size(), m = system.inputs().size();
    Cells cells = perturbed(system, count, rtol);
    set_use(cells, 0);
    cells.advance(-1, 1);
    Cvode cvode(system, rtol);
    double time = 0;
    for (int w = 0; w < windows; ++w) {
        set_use(cells, w);
        const double begin = seconds();
        for (std::size_t i = 0; i < count; ++i)
            cvode.advance({&cells.value(0, i), n}, {&cells.input(0, i), m}, 0.1 * w, 0.1);
        time += seconds() - begin;
    }
    const double per = static_cast<double>(count) * windows, theirs = 1e6 * time / per;
    std::printf("   CVODE %8.2f us, %5.1f steps   ratio %.1f", theirs, static_cast<double>(cvode.steps()) / per,
                theirs / ours);
#endif
    std::printf("\n");
}

template <class Body>
double time_of(Body&& body) {
    const int repeat = 2000;
    const double begin = seconds();
    for (int i = 0; i < repeat; ++i) body();
    return 1e9 * (seconds() - begin) / repeat / ngv::model::lane_width;
}

void time_parts(const OdeSystem& system) {
    using ngv::model::Lanes;
    auto x = system.rates().registers(), y = system.derivatives().registers();
    for (auto* r : {&x, &y}) {
        for (std::size_t i = 0; i < system.size(); ++i) (*r)[i] = Lanes::all(system.integrated()[i].start);
        for (std::size_t i = 0; i < system.inputs().size(); ++i)
            (*r)[system.size() + i] = Lanes::all(system.inputs()[i].start);
    }
    std::vector<Lanes> matrix(system.lu().size()), b(system.size(), Lanes::all(1));
    const auto fill = [&] {
        std::fill(matrix.begin(), matrix.end(), Lanes::all(0));
        for (std::size_t i = 0; i < system.size(); ++i) matrix[system.lu().at(i, i)] = Lanes::all(1e3);
    };
    std::printf("  rates      %6.1f ns a cell   %4zu operations\n", time_of([&] { system.rates().run(x.data()); }),
                system.rates().size());
    std::printf("  + Jacobian %6.1f ns a cell   %4zu operations, %zu entries\n",
                time_of([&] { system.derivatives().run(y.data()); }), system.derivatives().size(),
                system.pattern().size());
    std::printf("  factors    %6.1f ns a cell   %4zu entries\n", time_of([&] {
                    fill();
                    system.lu().factor(matrix.data());
                }),
                system.lu().size());
    std::printf("  solution   %6.1f ns a cell\n", time_of([&] { system.lu().solve(matrix.data(), b.data()); }));
}

}  // namespace

int main(int argc, char** argv) {
    CLI::App app{"Cost of metabolism a cell and window"};
    std::size_t cells = 1000;
    int windows = 20;
    app.add_option("--cells", cells, "cells")->capture_default_str();
    app.add_option("--windows", windows, "windows of 100 ms")->capture_default_str();
    CLI11_PARSE(app, argc, argv);

    const auto model = ModelFile::shipped_or_file("jolivet2015");
    double begin = seconds();
    const OdeSystem system(model, {.variant = "coupled"});
    std::printf("jolivet2015, coupled: %zu states and %zu running totals, equations prepared in %.1f ms\n",
                system.num_states(), system.size() - system.num_states(), 1e3 * (seconds() - begin));
    time_parts(system);
    std::printf("%zu perturbed cells, windows of 100 ms, one core\n", cells);
    std::printf(
        "(a cell and window; CVODE starts anew in each window, as its order-1 start must after a change of inputs)\n");
    for (const double rtol : {1e-4, 1e-5, 1e-6, 1e-8})
        compare_with_cvode(system, windows, rtol, time_windows(system, cells, windows, rtol));
    return 0;
}

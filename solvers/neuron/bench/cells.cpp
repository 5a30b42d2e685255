// How long it takes to make cells: morphology text to sections, compartments, mechanisms, and into the engine.
//
//     neuron-cells-bench [cells = 1000] [morphologies = 1000]        prints JSON; CPU seconds
//
// Each cell is a tree of 63 sections with about 300 compartments and six mechanisms. With fewer morphologies than cells, cells that
// are alike share their blueprint, as in a circuit.
#include <sys/resource.h>

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <string>

#include <mpi.h>

#include "ngv/participant.hpp"
#include "solvers/neuron/cells/cell_description.hpp"
#include "solvers/neuron/engine/simulation.hpp"
#include "solvers/neuron/nmodl/catalogue.hpp"

namespace {

constexpr const char* description = R"(
cell:
  axon: {rule: stubs}
  mechanisms: {all: [pas], somatic: [NaTg, SKv3_1, Ih], basal: [Ih, Ca_HVA2, NaTg], axonal: [NaTg, K_Pst]}
  values: {all: {Ra: 100, cm: 1, g_pas: 3e-5, e_pas: -75}, somatic: {ena: 50, ek: -90}, basal: {ena: 50}, axonal: {ena: 50, ek: -90}}
  distributions:
    - {sections: basal, variable: gIhbar_Ih, value: "(-0.8696 + 2.087*exp(distance*0.0031))*2e-05"}
)";

double cpu_seconds() {
    rusage u{};
    getrusage(RUSAGE_SELF, &u);
    return static_cast<double>(u.ru_utime.tv_sec + u.ru_stime.tv_sec) +
           1e-6 * static_cast<double>(u.ru_utime.tv_usec + u.ru_stime.tv_usec);
}

/// Dendrites that fork five times, and an axon; every branch of 90 um in ten points.
std::string tree(int number) {
    std::string text = "1 1 0 0 0 8 -1\n";
    int next = 2;
    const auto line = [&](int type, double x, double y, double z, double r, int parent) {
        char row[160];
        std::snprintf(row, sizeof row, "%d %d %.3f %.3f %.3f %.3f %d\n", next, type, x, y, z, r, parent);
        text += row;
        return next++;
    };
    const auto branch = [&](auto&& self, int type, int parent, double x, double y, double angle, int depth) -> void {
        for (int i = 0; i < 10; ++i) {
            x += 9 * std::cos(angle);
            y += 9 * std::sin(angle);
            parent = line(type, x, y, 0.1 * i + number, 1.5 / (depth + 1), parent);
        }
        if (depth == 5) return;
        self(self, type, parent, x, y, angle + 0.4, depth + 1);
        self(self, type, parent, x, y, angle - 0.4, depth + 1);
    };
    branch(branch, 3, 1, 8, 0, 0, 0);
    branch(branch, 2, 1, -8, 0, 3.14, 5);
    return text;
}

}  // namespace

int main(int argc, char** argv) {
    using namespace ngv;
    using namespace ngv::neuron;
    return run_alone(argc, argv, "neuron-cells-bench", [&](MPI_Comm comm) {
        const int cells = argc > 1 ? std::atoi(argv[1]) : 1000, shapes = argc > 2 ? std::atoi(argv[2]) : 1000;
        const auto d = cell_description(Json::parse(description, "bench")["cell"], "cell");
        std::vector<std::string> texts;
        for (int i = 0; i < shapes; ++i) texts.push_back(tree(i));
        EngineBuilder builder({.dt = 0.025, .celsius = 34, .v_init = -75});
        const auto base = nmodl::own_catalogue("base"), bbp = nmodl::own_catalogue("bbp");
        builder.add_catalogue(base.get());
        builder.add_catalogue(bbp.get());

        const double begin = cpu_seconds();
        std::vector<std::shared_ptr<const Blueprint>> blueprints;
        for (int i = 0; i < shapes; ++i)
            blueprints.push_back(std::make_shared<const Blueprint>(
                build_cell(d, parse_swc(texts[static_cast<std::size_t>(i)], "bench.swc"))));
        const double described = cpu_seconds();
        for (int i = 0; i < cells; ++i) builder.add_cell(i, blueprints[static_cast<std::size_t>(i % shapes)]);
        const auto simulation = builder.build(comm);
        const double built = cpu_seconds();
        std::printf(
            "{\"cells\": %d, \"morphologies\": %d, \"compartments_a_cell\": %d, \"blueprints_s\": %.3f, \"engine_s\": "
            "%.3f, \"total_s\": %.3f}\n",
            cells, shapes, blueprints[0]->num_compartments(), described - begin, built - described, built - begin);
    });
}

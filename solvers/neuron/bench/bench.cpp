// Compartment-steps per second of the engine with all mechanisms (HH, calcium, pumps, leaks, ions) in every
// compartment.
//
//     neuron-bench [cells] [ms]        default: 64 cells of some 360 compartments, 50 ms
//
// Prints one JSON line. A compartment-step is one compartment with membrane advanced by one dt (forks are not counted),
// the definition used for NEURON and Arbor.
#include <cstdio>
#include <cstdlib>

#include "solvers/common/resources.hpp"
#include "solvers/common/rng.hpp"
#include "solvers/neuron/model/model.hpp"

namespace {

using namespace ngv;
using namespace ngv::neuron;

MorphologyPoint point(double x, double y, double d) {
    return {x, y, 0, d};
}

/// A soma and a random binary tree of 150 um branches, 1.2 um thick.
Morphology tree(int id, int depth) {
    Morphology m;
    m.sections.push_back({1, -1, {point(0, 0, 15), point(15, 0, 15)}});
    std::vector<int> level{0};
    const Random random(1, purpose("bench tree"), id);
    unsigned draw = 0;
    for (int d = 0; d < depth; ++d) {
        std::vector<int> next;
        for (int parent : level) {
            for (int child = 0; child < 2; ++child) {
                if (d > 0 && random.uniform(draw++) < 0.25) continue;
                const auto from = m.sections[parent].points.back();
                const double y = from.y + 150 * (child ? 1 : -1);
                m.sections.push_back({3, parent, {point(from.x, from.y, 1.2), point(from.x, y, 1.2)}});
                next.push_back(static_cast<int>(m.sections.size()) - 1);
            }
        }
        level = next;
    }
    return m;
}

}  // namespace

int main(int argc, char** argv) {
    const int num_cells = argc > 1 ? std::atoi(argv[1]) : 64;
    const double ms = argc > 2 ? std::atof(argv[2]) : 50;
    Parameters p = default_parameters();
    p.neuron.compartment_length = 20;
    std::vector<ModelCell> cells;
    long compartments = 0;
    for (int i = 0; i < num_cells; ++i) {
        auto cable = std::make_shared<const CableCell>(build_cable(tree(i, 5), cable_options(p, false)));
        compartments += cable->num_compartments();
        CellSource source;
        source.id = static_cast<std::int64_t>(i) << 20;
        cells.push_back({source, cable, {}, 0});
    }
    auto engine = build_engine(p, cells, num_cells);
    engine->initialise();
    for (const auto& c : engine->cells()) engine->electrode[c.soma] = 0.5;
    const long steps = static_cast<long>(ms / p.dt);
    double best = 1e300;
    for (int repeat = 0; repeat < 3; ++repeat) {
        const Timer timer;
        for (long s = 0; s < steps; ++s) engine->step();
        best = std::min(best, timer.seconds());
    }
    engine->check_ranges();
    std::printf(
        "{\"cells\": %d, \"compartments\": %ld, \"nodes\": %zu, \"steps\": %ld, \"seconds\": %.4f, "
        "\"compartment_steps_per_s\": %.4g, \"ns_per_compartment_step\": %.2f, \"peak_memory_MB\": %.1f}\n",
        num_cells, compartments, engine->nodes.size(), steps, best, compartments * steps / best,
        1e9 * best / (compartments * steps), 1e-6 * static_cast<double>(peak_memory_bytes()));
    return 0;
}

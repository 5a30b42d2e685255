// A morphology from a file, cut into compartments and run, against NEURON's own run of it (folder NGV_REFERENCE/neuron; skipped without).
#include <algorithm>

#include "solvers/neuron/cable/section_tree.hpp"
#include "tests/unit/neuron/hand_mechanisms.hpp"
#include "tests/unit/neuron/reference_table.hpp"
#include "tests/unit/neuron/traces.hpp"

namespace ngv::neuron {

namespace {

SectionTree branched() {
    std::ifstream in(ngv::test::reference_folder() / "neuron/generators/branch_test.swc");
    std::stringstream text;
    text << in.rdbuf();
    SectionTree tree = sections_of(parse_swc(text.str(), "branch_test.swc"));
    for (auto& s : tree.sections) s.Ra = 100;
    set_nseg(tree, NsegRule::by_lambda(0.1));
    return tree;
}

}  // namespace

TEST(MorphologyTraces, PointsOfTheSectionsAreNeurons) {
    NEED_REFERENCE_TABLE(rows, "c04_pt3d.csv");
    const SectionTree tree = branched();

    std::size_t points = 0;
    for (const auto& s : tree.sections) points += s.points.size();
    EXPECT_EQ(points, rows.size());
    for (std::size_t r = 0; r < rows.size(); ++r) {
        const auto& p = tree.sections.at(static_cast<std::size_t>(rows.number("sec", r)))
                            .points.at(static_cast<std::size_t>(rows.number("ipt", r)));
        EXPECT_EQ(static_cast<float>(p.x), rows.number("x", r)) << r;
        EXPECT_EQ(static_cast<float>(p.y), rows.number("y", r)) << r;
        EXPECT_EQ(static_cast<float>(p.z), rows.number("z", r)) << r;
        EXPECT_EQ(static_cast<float>(p.diameter), rows.number("d", r)) << r;  // what NEURON keeps
    }
}

TEST(MorphologyTraces, ABranchedMorphologyOfSquidMembraneIsNeurons) {
    LOAD_OR_SKIP(trace, "c04_swc_hh");
    const SectionTree tree = branched();
    CellLayout layout = lay_out(tree);
    auto nodes = layout.blueprint.node;
    std::sort(nodes.begin(), nodes.end());
    layout.blueprint.densities.push_back({"hh", nodes, {}});
    const auto at = [&](int section, double x) { return layout.node(tree, section, x); };
    constexpr int soma = 0, last_axon = 3, first_dendrite = 4, last_apical = 11;
    for (const bool exact : {true, false}) {
        EngineBuilder b({.neuron_arithmetic = exact});
        b.add_catalogue(test::hand_mechanisms());
        b.add_cell(0, std::make_shared<const Blueprint>(layout.blueprint));
        b.add_current_clamp(0, at(soma, .5), Waveform::box(1, 5, .6));
        const Point synapse = b.add_point(0, at(last_apical, .9), "Exp2Syn", {{"tau1", .3}, {"tau2", 3}, {"e", 0}});
        b.add_spikes(1, {20, 25, 30});
        b.add_connection(1, synapse, .5, {.02});
        const int r = b.add_recorder({.columns = {{.gid = 0, .node = at(soma, .5)},
                                                  {.gid = 0, .node = at(soma, .05)},
                                                  {.gid = 0, .node = at(last_apical, .9)},
                                                  {.gid = 0, .node = at(first_dendrite, .5)},
                                                  {.gid = 0, .node = at(last_axon, 1)}}});
        auto s = b.build(MPI_COMM_SELF);
        for (auto [name, worst] : test::differences(*s, r, {"vsoma", "vsoma0", "vapic", "vdend", "vaxon"}, *trace))
            EXPECT_LE(worst, exact ? 1e-9 : 1e-7) << name;
    }
}

}  // namespace ngv::neuron

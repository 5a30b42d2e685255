// NEURON's traces of mechanisms that move ions, with the same .mod files compiled here: accumulation with a pump, the same with
// concentrations set from outside, kinetic calcium, HH with its TABLE. Skipped without NGV_REFERENCE.
#include "solvers/neuron/nmodl/catalogue.hpp"
#include "tests/unit/neuron/traces.hpp"
#include "tests/unit/neuron/tree_cells.hpp"

namespace ngv::neuron {

namespace {

using test::differences;
using test::TreeCell;

EngineBuilder builder(SimulationOptions o, const std::vector<std::string>& names, bool table = false) {
    o.neuron_arithmetic = true;
    std::vector<std::filesystem::path> files{std::filesystem::path(NGV_SOURCE_DIR) /
                                             "solvers/neuron/mechanisms/mod/general/hh.mod"};
    for (const auto& name : names)
        files.push_back(ngv::test::reference_folder() / "neuron/generators/mods" / (name + ".mod"));
    nmodl::CatalogueOptions options;
    options.translation.arithmetic = nmodl::Arithmetic::neuron;
    EngineBuilder b(o);
    b.add_catalogue(nmodl::build_catalogue(files, options).get());
    b.set_global("hh", "usetable_hh", table);
    return b;
}

TreeCell pumping_cell() {
    TreeCell cell({{20, 20, 1, 100}, {150, 1.5, 3, 100, 0}});
    const auto all = cell.all_nodes();
    cell.insert("hh", all);
    cell.insert("nakacc", all, {{"volratio", {.25}}});
    cell.insert("napump", all, {{"imax", {.02}}});
    cell.blueprint.ions = {{"na", all, {{"in", {10}}, {"out", {140}}}},
                           {"k", all, {{"in", {120}}, {"out", {3}}}},
                           {"atp", all, {{"in", {1}}}}};
    return cell;
}

}  // namespace

TEST(IonTraces, AccumulationWithAPumpIsNeurons) {
    LOAD_OR_SKIP(trace, "c05_ions");
    const TreeCell cell = pumping_cell();
    auto b = builder({.v_init = -70}, {"nakacc", "napump"});
    b.add_cell(0, cell.share());
    b.add_current_clamp(0, cell.at(0, .5), Waveform::box(5, 80, .25));
    RecorderSpec spec;
    std::vector<std::string> names;
    for (auto [prefix, node] : {std::pair{"s_", cell.at(0, .5)}, {"d1_", cell.at(1, .1)}, {"d3_", cell.at(1, .9)}})
        for (const char* variable : {"v", "nai", "ki", "ko", "ena", "ek", "ina", "ik"}) {
            spec.columns.push_back({.gid = 0, .node = node, .variable = variable});
            names.push_back(std::string(prefix) + variable);
        }
    const int r = b.add_recorder(spec);
    auto s = b.build(MPI_COMM_SELF);
    for (auto [name, worst] : differences(*s, r, names, *trace)) EXPECT_LE(worst, 1e-8) << name;
}

TEST(IonTraces, ConcentrationsSetFromOutsideMoveReversalPotentialsAsInNeuron) {
    LOAD_OR_SKIP(trace, "c05b_coupled");
    const TreeCell cell = pumping_cell();
    auto b = builder({.v_init = -70}, {"nakacc", "napump"});
    b.add_cell(0, cell.share());
    b.own_concentrations("k");
    b.own_concentrations("atp");
    b.add_current_clamp(0, cell.at(0, .5), Waveform::box(5, 80, .25));
    const int r = b.add_recorder({.columns = {{.gid = 0, .node = cell.at(0, .5)},
                                              {.gid = 0, .node = cell.at(0, .5), .variable = "ko"},
                                              {.gid = 0, .node = cell.at(1, .9), .variable = "ek"}}});
    auto s = b.build(MPI_COMM_SELF);
    s->initialise();
    std::vector<double> got;
    for (int k = 0; k < 60; ++k) {
        s->advance(40);
        const auto frames = s->take_frames(r);
        got.insert(got.end(), frames.values.begin(), frames.values.end());
        for (double* ko : s->addresses(0, "ko")) *ko = 3 + 2 * std::sin(2 * pi * (k + 1) / 20.0);
        for (double* atp : s->addresses(0, "atpi")) *atp = 1.5 - 0.5 * (k + 1) / 60.0;
    }
    ASSERT_EQ(got.size(), 3 * trace->rows.size());
    for (std::size_t i = 0; i < trace->rows.size(); ++i) {
        ASSERT_NEAR(got[3 * i], trace->value(i, "s_v"), 1e-8) << i;
        ASSERT_NEAR(got[3 * i + 1], trace->value(i, "s_ko"), 1e-8) << i;
        ASSERT_NEAR(got[3 * i + 2], trace->value(i, "d3_ek"), 1e-8) << i;
    }
}

TEST(IonTraces, WhetherAReversalPotentialFollowsIsNeuronsIonStyle) {
    LOAD_OR_SKIP(table, "c05c_ion_style");
    for (const bool follow : {false, true}) {  // NEURON's default style, and ion_style("k_ion", 3, 2, 1, 1, 1)
        TreeCell cell({{20, 20, 1, 35.4}});
        cell.insert("hh", cell.nodes(0));
        cell.blueprint.ions = {{"k", cell.all_nodes(), {{"in", {120}}, {"out", {3}}}}};
        auto b = builder({}, {});
        b.add_cell(0, cell.share());
        b.own_concentrations("k", follow);
        auto s = b.build(MPI_COMM_SELF);
        const Probe ek{.gid = 0, .node = cell.at(0, .5), .variable = "ek"};
        const auto& row = table->rows[follow];  // the style's name has commas: values are the last three
        const std::vector<double> expected(row.end() - 3, row.end());

        s->initialise();
        EXPECT_NEAR(*s->address(ek), expected[0], 1e-12);
        for (double* ko : s->addresses(0, "ko")) *ko = 8;
        EXPECT_NEAR(*s->address(ek), expected[1], 1e-12);
        s->advance(1);
        EXPECT_NEAR(*s->address(ek), expected[2], 1e-12);
    }
}

TEST(IonTraces, KineticCalciumIsNeurons) {
    for (int order : {0, 2}) {
        LOAD_OR_SKIP(trace, "c07_ca_kinetic_so" + std::to_string(order));
        TreeCell cell({{20, 20, 1, 35.4}});
        for (const char* m : {"hh", "cabuf", "caghk"}) cell.insert(m, cell.nodes(0));
        auto b = builder({.second_order = order}, {"cabuf", "caghk"});
        const int n = cell.at(0, .5);
        b.add_cell(0, cell.share());
        b.add_current_clamp(0, n, Waveform::box(2, 30, .15));
        RecorderSpec spec;
        for (const char* variable : {"v", "cai", "ica", "cabuf.b", "cabuf.cab", "caghk.m"})
            spec.columns.push_back({.gid = 0, .node = n, .variable = variable});
        const int r = b.add_recorder(spec);
        auto s = b.build(MPI_COMM_SELF);
        for (auto [name, worst] : differences(*s, r, {"v", "cai", "ica", "b", "cab", "m"}, *trace))
            EXPECT_LE(worst, 1e-8) << name << " order " << order;
    }
}

TEST(IonTraces, SquidSomaWithItsTableIsNeurons) {
    for (auto [name, celsius, table] : {std::tuple{"c02_hh_soma_table", 6.3, true},
                                        {"c02_hh_soma_c20_table", 20.0, true},
                                        {"c02_hh_soma_c20_notable", 20.0, false}}) {
        LOAD_OR_SKIP(trace, name);
        TreeCell cell({{20, 20, 1, 35.4}});
        cell.insert("hh", cell.nodes(0));
        auto b = builder({.celsius = celsius}, {}, table);
        const int n = cell.at(0, .5);
        b.add_cell(0, cell.share());
        b.add_current_clamp(0, n, Waveform::box(5, 40, .1));
        const int r = b.add_recorder({.columns = {{.gid = 0, .node = n}, {.gid = 0, .node = n, .variable = "hh.m"}}});
        auto s = b.build(MPI_COMM_SELF);
        for (auto [column, worst] : differences(*s, r, {"v", "m"}, *trace))
            EXPECT_LE(worst, 1e-12) << column << " of " << name;
    }
}

}  // namespace ngv::neuron

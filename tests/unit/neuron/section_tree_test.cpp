// The geometry of cells against NEURON's own numbers, to the last bit.
#include "solvers/neuron/cable/section_tree.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "solvers/common/hdf5.hpp"
#include "tests/unit/neuron/reference_table.hpp"

namespace ngv::neuron {
namespace {

/// Every row of a geometry table: area, resistance to the parent, diameter, and where the section hangs.
void expect_equal(const SectionTree& tree, const ReferenceTable& rows) {
    const CellLayout layout = lay_out(tree);
    const Blueprint& b = layout.blueprint;
    std::size_t n = 0;
    for (std::size_t r = 0; r < rows.size(); ++r) {
        const auto s = static_cast<std::size_t>(rows.number("sec", r));
        ASSERT_LT(s, tree.sections.size());
        EXPECT_EQ(tree.sections[s].parent, static_cast<int>(rows.number("parent", r)));
        EXPECT_EQ(tree.sections[s].nseg, static_cast<int>(rows.number("nseg", r)));
        EXPECT_EQ(tree.sections[s].length, rows.number("L_um", r));
        const auto node = static_cast<std::size_t>(layout.first_node[s] + static_cast<int>(rows.number("iseg", r)));
        EXPECT_EQ(b.area[node], rows.number("area_um2", r));
        EXPECT_EQ(1 / b.rinv[node], 1 / (1 / rows.number("ri_MOhm", r)));
        EXPECT_NEAR(b.diam[node] / rows.number("diam_um", r), 1, 1e-14);       // a mean; round-off of its sum
        EXPECT_NEAR(b.volume[node] / rows.number("volume_um3", r), 1, 1e-12);  // NEURON sums in another order
        ++n;
    }
    EXPECT_EQ(n, b.node.size());
}

SectionTree branched(const NsegRule& rule) {
    std::ifstream in(ngv::test::reference_folder() / "neuron/generators/branch_test.swc");
    std::stringstream text;
    text << in.rdbuf();
    SectionTree tree = sections_of(parse_swc(text.str(), "branch_test.swc"));
    for (auto& s : tree.sections) s.Ra = 100;
    set_nseg(tree, rule);
    return tree;
}

TEST(SectionTree, AStraightCableEqualsNeuron) {
    NEED_REFERENCE_TABLE(rows, "c01_geometry.csv");
    SectionTree tree{{{.id = 0, .type = 3, .length = 1000, .diameters = {2}, .nseg = 101, .Ra = 100}}, 1};

    expect_equal(tree, rows);
}

TEST(SectionTree, ABallAndStickEqualsNeuron) {
    NEED_REFERENCE_TABLE(rows, "c03_geometry.csv");
    SectionTree tree{{{.id = 0, .type = 1, .length = 12.6157, .diameters = {12.6157}, .Ra = 100},
                      {.id = 1, .type = 3, .parent = 0, .length = 200, .diameters = {1}, .nseg = 11, .Ra = 100}},
                     2};

    expect_equal(tree, rows);
}

TEST(SectionTree, ABallAndStickOfPumpsEqualsNeuron) {
    NEED_REFERENCE_TABLE(rows, "c05_geometry.csv");
    SectionTree tree{{{.id = 0, .type = 1, .length = 20, .diameters = {20}, .Ra = 100},
                      {.id = 1, .type = 3, .parent = 0, .length = 150, .diameters = {1.5}, .nseg = 3, .Ra = 100}},
                     2};

    expect_equal(tree, rows);
}

TEST(SectionTree, ABranchedMorphologyEqualsNeuronBySectionLength) {
    NEED_REFERENCE_TABLE(rows, "c04_geometry_40um.csv");

    expect_equal(branched(NsegRule::by_length(40)), rows);
}

TEST(SectionTree, ABranchedMorphologyEqualsNeuronByLengthConstant) {
    NEED_REFERENCE_TABLE(rows, "c04_geometry_dlambda.csv");

    expect_equal(branched(NsegRule::by_lambda(0.1)), rows);
}

TEST(SectionTree, RulesGiveAnOddNumberOfCompartments) {
    const auto nseg = [](const NsegRule& rule, double length) {
        return nseg_of({.length = length, .diameters = {2}, .Ra = 100, .cm = 1}, rule);
    };
    for (const auto& [length, expected] : {std::pair(39.9, 1), {40.0, 3}, {79.9, 3}, {200.0, 11}})
        EXPECT_EQ(nseg(NsegRule::by_length(40), length), expected) << length;
    for (const auto& [length, expected] : {std::pair(39.9, 1), {40.0, 3}, {199.9, 9}})  // Allen's dL of 20 um
        EXPECT_EQ(nseg(NsegRule::by_length(2 * 20), length), expected) << length;
    // lambda at 100 Hz is 1e5 sqrt(2 / (4 pi 100 100 1)) = 398.9 um
    for (const auto& [length, expected] : {std::pair(43.8, 1), {44.0, 3}, {200.0, 5}, {1000.0, 25}})
        EXPECT_EQ(nseg(NsegRule::by_lambda(0.1), length), expected) << length;
    EXPECT_EQ(nseg(NsegRule::fixed(7), 1), 7);
}

TEST(SectionTree, ACellIsTheSameFromAnyFormatOfFile) {
    const auto folder = std::filesystem::temp_directory_path() / ("ngv_formats_" + std::to_string(getpid()));
    std::filesystem::create_directories(folder);
    {
        std::ofstream(folder / "m.swc") << "1 1 0 0 0 5 -1\n2 2 0 -5 0 0.5 1\n3 2 0 -60 0 0.5 2\n"
                                           "4 3 5 0 0 1 1\n5 3 55 0 0 1 4\n6 3 90 20 0 0.5 5\n7 3 90 -20 0 0.75 5\n";
        // points: x y z diameter; structure: first point, type, parent
        const std::vector<double> points{0, 0, 0,  10, 0, -5, 0,  1,  0, -60, 0,  1, 5, 0, 0,  2,   55, 0,
                                         0, 2, 55, 0,  0, 2,  90, 20, 0, 1,   55, 0, 0, 2, 90, -20, 0,  1.5};
        const std::vector<int> structure{0, 1, -1, 1, 2, 0, 3, 3, 0, 5, 3, 2, 7, 3, 2};
        auto file = h5::File::create(folder / "m.h5"), container = h5::File::create(folder / "all.h5");
        file.write("points", points, {9, 4});
        file.write("structure", structure, {5, 3});
        for (const std::string name : {"m", "other"}) {
            container.create_group(name);
            container.write(name + "/points", points, {9, 4});
            container.write(name + "/structure", structure, {5, 3});
        }
        file.close();
        container.close();
    }
    std::vector<Blueprint> cells;
    for (const char* name : {"m.swc", "m.h5", "all.h5/m"}) {
        SectionTree tree = sections_of(read_morphology(folder / name));
        set_nseg(tree, NsegRule::by_length(40));
        cells.push_back(lay_out(tree).blueprint);
    }
    std::filesystem::remove_all(folder);

    EXPECT_EQ(cells[0].num_compartments(), 1 + 3 + 3 + 3 + 3);
    EXPECT_EQ(cells[1].area, cells[2].area);
    EXPECT_EQ(cells[1].rinv, cells[2].rinv);
    EXPECT_EQ(cells[0].section_type, cells[1].section_type);
    for (std::size_t c = 0; c < cells[0].node.size(); ++c)
        EXPECT_NEAR(cells[0].area[static_cast<std::size_t>(cells[0].node[c])],
                    cells[1].area[static_cast<std::size_t>(cells[1].node[c])], 1e-4)
            << c;
}

TEST(SectionTree, NodesStandInNeuronsOrder) {
    // NEURON 8.2.2: connect b to a(1), d to a(0.5), e to a(1), f to a(0), g to d(1), all with nseg 3; node_index() less the
    // number of other cells' nodes before them.
    const CableSection three{.length = 30, .diameters = {1}, .nseg = 3};
    SectionTree tree{{three, three, three, three, three, three}, 6};
    const int parents[] = {-1, 0, 0, 0, 0, 2};
    const double x[] = {1, 1, 0.5, 1, 0, 1};
    for (int s = 0; s < 6; ++s) {
        tree.sections[static_cast<std::size_t>(s)].id = s;
        tree.sections[static_cast<std::size_t>(s)].parent = parents[s];
        tree.sections[static_cast<std::size_t>(s)].parent_x = x[s];
    }

    const CellLayout layout = lay_out(tree);

    EXPECT_EQ(layout.first_node, (std::vector<int>{1, 17, 9, 13, 5, 21}));
    EXPECT_EQ(layout.end_node, (std::vector<int>{4, 20, 12, 16, 8, 24}));
    EXPECT_EQ(layout.start_node, (std::vector<int>{0, 4, 2, 4, 0, 12}));
    EXPECT_EQ(layout.blueprint.parent[9], 2);
    EXPECT_EQ(layout.blueprint.parent[5], 0);
}

TEST(SectionTree, PathDistancesRunAlongTheTree) {
    SectionTree tree{{{.id = 0, .type = 1, .length = 10, .diameters = {10}},
                      {.id = 1, .type = 3, .parent = 0, .parent_x = 0.5, .length = 100, .diameters = {1}, .nseg = 2},
                      {.id = 2, .type = 3, .parent = 1, .length = 40, .diameters = {1}},
                      {.id = 3, .type = 2, .parent = 0, .parent_x = 1, .length = 30, .diameters = {1}}},
                     4};

    EXPECT_EQ(path_distances(tree, 1, 0, 0.5), (std::vector<double>{25, 75}));
    EXPECT_EQ(path_distances(tree, 2, 0, 0), (std::vector<double>{125}));
    EXPECT_EQ(path_distances(tree, 3, 0, 0.5), (std::vector<double>{20}));
    EXPECT_EQ(path_distances(tree, 0, 0, 0), (std::vector<double>{5}));
    EXPECT_EQ(path_distances(tree, 3, 2, 0.5), (std::vector<double>{20 + 100 + 5 + 15}));
}

}  // namespace
}  // namespace ngv::neuron

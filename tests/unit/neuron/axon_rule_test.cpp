#include "solvers/neuron/cells/axon_rule.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "ngv/error.hpp"

namespace ngv::neuron {
namespace {

/// A soma with an axon of cylinders of the given lengths and diameters in a row, and one dendrite.
SectionTree cell(const std::vector<std::pair<double, double>>& axon) {
    SectionTree tree;
    tree.sections.push_back({.id = 0, .type = 1, .length = 20, .diameters = {20}});
    int id = 0;
    for (const auto& [length, diameter] : axon) {
        CableSection s{.id = ++id,
                       .type = 2,
                       .parent = id - 1,
                       .parent_x = id == 1 ? 0.5 : 1.0,
                       .length = length,
                       .diameters = {diameter}};
        tree.sections.push_back(s);
    }
    tree.sections.push_back({.id = id + 1, .type = 3, .parent = 0, .parent_x = 0.5, .length = 100, .diameters = {2}});
    tree.num_ids = id + 2;
    set_nseg(tree, NsegRule::by_length(40));
    return tree;
}

std::string problem(SectionTree tree, const AxonRule& rule) {
    try {
        apply_axon_rule(tree, rule, 1, "cell");
    } catch (const UserError& e) {
        return e.what();
    }
    return "";
}

TEST(AxonRule, StubsTakeTheDiametersOfTheFirstSectionAndOfTheOneFarAway) {
    // Middles of the sections are 10 + 10, 10 + 35 and 10 + 65 um from soma(0).
    SectionTree tree = cell({{20, 1.5}, {30, 1.2}, {30, 0.8}});

    apply_axon_rule(tree, {.kind = AxonRule::Kind::stubs}, 1, "cell");

    ASSERT_EQ(tree.sections.size(), 4u);
    EXPECT_EQ(tree.sections[1].type, 3);
    EXPECT_EQ(tree.sections[2].id, 1);
    EXPECT_EQ(tree.sections[2].parent, 0);
    EXPECT_EQ(tree.sections[2].parent_x, 1);
    EXPECT_EQ(tree.sections[2].diameters, std::vector<double>{1.5});
    EXPECT_EQ(tree.sections[3].id, 2);
    EXPECT_EQ(tree.sections[3].parent, 2);
    EXPECT_EQ(tree.sections[3].diameters, std::vector<double>{0.8});
    EXPECT_EQ(tree.sections[3].length, 30);
    EXPECT_EQ(tree.sections[3].nseg, 1);
}

TEST(AxonRule, SegmentsTakeTenDiametersInTheOrderOfSections) {
    // Cut every 6 um with an odd number: 1 + 2 int(20 / 12) = 3 and 1 + 2 int(60 / 12) = 11 compartments.
    SectionTree tree = cell({{20, 1.5}, {60, 1}, {5, 7}});

    apply_axon_rule(tree, {.kind = AxonRule::Kind::segments, .myelin = true}, 1, "cell");

    ASSERT_EQ(tree.sections.size(), 5u);
    EXPECT_EQ(tree.sections[2].diameters, (std::vector<double>{1.5, 1.5, 1.5, 1, 1}));
    EXPECT_EQ(tree.sections[2].nseg, 5);
    EXPECT_EQ(tree.sections[3].diameters, (std::vector<double>{1, 1, 1, 1, 1}));
    EXPECT_EQ(tree.sections[4].type, myelin_type);
    EXPECT_EQ(tree.sections[4].id, 3);
    EXPECT_EQ(tree.sections[4].length, 1000);
    EXPECT_EQ(tree.sections[4].diameters, std::vector<double>{1});
}

TEST(AxonRule, TheTaperIsScaledByTheCell) {
    SectionTree tree = cell({{20, 1.5}, {60, 1}, {5, 7}});

    apply_axon_rule(tree, {.kind = AxonRule::Kind::taper, .strength = 2, .decay = 30, .terminal = 0.5, .myelin = true},
                    1.2, "cell");

    EXPECT_DOUBLE_EQ(tree.sections[2].diameters[0], 2 + 0.6);
    EXPECT_DOUBLE_EQ(tree.sections[3].diameters[0], 2 * std::exp(-1) + 0.6);
    EXPECT_EQ(tree.sections[4].diameters[0], tree.sections[3].diameters[4]);
}

TEST(AxonRule, AllensStubsComeLastAndSectionsAreNumberedAnew) {
    SectionTree tree = cell({{20, 1.5}, {60, 1}});

    apply_axon_rule(tree, {.kind = AxonRule::Kind::fixed, .diameter = 1, .attach_x = 0.5, .renumber = true}, 1, "cell");

    ASSERT_EQ(tree.sections.size(), 4u);
    EXPECT_EQ(tree.sections[1].id, 1);  // the dendrite
    EXPECT_EQ(tree.sections[2].id, 2);
    EXPECT_EQ(tree.sections[2].parent_x, 0.5);
    EXPECT_EQ(tree.sections[3].id, 3);
    EXPECT_EQ(tree.num_ids, 4);
}

TEST(AxonRule, IdsOfRemovedSectionsHaveNoCompartments) {
    SectionTree tree = cell({{20, 1.5}, {60, 1}, {5, 7}, {5, 7}});
    apply_axon_rule(tree, {.kind = AxonRule::Kind::stubs}, 1, "cell");

    const Blueprint b = lay_out(tree).blueprint;

    EXPECT_EQ(b.first_compartment, (std::vector<int>{0, 1, 2, 3, 3, 3, 8}));
    EXPECT_EQ(b.section, (std::vector<int>{0, 1, 2, 5, 5, 5, 5, 5}));
}

TEST(AxonRule, AnAxonThatIsTooShortIsAnError) {
    using ::testing::HasSubstr;
    EXPECT_THAT(problem(cell({{20, 1}}), {.kind = AxonRule::Kind::taper}),
                HasSubstr("the axon has 1 sections, the rule needs at least 2"));
    EXPECT_THAT(problem(cell({{5, 1}, {5, 1}}), {.kind = AxonRule::Kind::segments}), HasSubstr("gives 2 diameters"));
    SectionTree odd = cell({{20, 1}, {20, 1}});
    odd.sections.back().parent = 2;
    EXPECT_THAT(problem(odd, {.kind = AxonRule::Kind::stubs}), HasSubstr("section 3 of type 3 hangs on the axon"));
}

}  // namespace
}  // namespace ngv::neuron

#include "tools/circuit/grow.hpp"

#include <gtest/gtest.h>

namespace ngv::circuit {
namespace {

const Box open_box{{-1000, -1000, -1000}, {1000, 1000, 1000}};

Shape neuron(NeuronType type, std::int64_t id = 0) {
    return grow_neuron(type, 7, Place{}, Habitat{open_box}, Stream(1, purpose("test"), id));
}

TEST(Grow, SectionsAreInSonatasOrder) {
    for (const auto type : {NeuronType::pyramidal, NeuronType::interneuron}) {
        const Shape shape = neuron(type);

        int previous_type = 0;
        for (int s = 1; s <= static_cast<int>(shape.sections.size()); ++s) {
            EXPECT_GE(shape.section(s).type, previous_type);
            EXPECT_LT(shape.section(s).parent, s);
            previous_type = shape.section(s).type;
        }
    }
}

TEST(Grow, SectionsStartWhereTheirParentsEndAndForkInTwo) {
    const Shape shape = neuron(NeuronType::pyramidal);

    std::vector<int> children(shape.sections.size() + 1, 0);
    for (const auto& section : shape.sections) {
        ++children[static_cast<std::size_t>(section.parent)];
        if (section.parent == 0) {
            EXPECT_NEAR(norm(section.points.front().position()), shape.soma_radius, 2e-3);
        } else {
            EXPECT_LT(
                distance(section.points.front().position(), shape.section(section.parent).points.back().position()),
                1e-9);
            EXPECT_EQ(section.type, shape.section(section.parent).type);
        }
    }
    for (std::size_t s = 1; s < children.size(); ++s) EXPECT_TRUE(children[s] == 0 || children[s] == 2) << s;
}

TEST(Grow, DiametersTaperAndFollowRallsPowerAtForks) {
    const Shape shape = neuron(NeuronType::pyramidal);

    std::vector<double> powers(shape.sections.size() + 1, 0);
    int forks = 0;
    for (const auto& section : shape.sections) {
        for (std::size_t i = 1; i < section.points.size(); ++i)
            EXPECT_LE(section.points[i].diameter, section.points[i - 1].diameter);
        powers[static_cast<std::size_t>(section.parent)] += std::pow(section.points.front().diameter, 1.5);
    }
    for (int s = 1; s <= static_cast<int>(shape.sections.size()); ++s) {
        const double mother = std::pow(shape.section(s).points.back().diameter, 1.5),
                     daughters = powers[static_cast<std::size_t>(s)];
        if (daughters == 0 || mother < 3) continue;  // thin daughters have the least diameter of their kind
        EXPECT_NEAR(daughters / mother, 1, 0.01);
        ++forks;
    }
    EXPECT_GT(forks, 3);
}

TEST(Grow, LengthsAreThoseOfTheirTypes) {
    for (std::int64_t id = 0; id < 10; ++id) {  // what tips that wait still grow is drawn, hence the width
        const Shape pyramidal = neuron(NeuronType::pyramidal, id), interneuron = neuron(NeuronType::interneuron, id);

        EXPECT_NEAR(pyramidal.length(swc_axon), 2400, 600);
        EXPECT_NEAR(pyramidal.length(swc_basal), 1000, 350);
        EXPECT_NEAR(pyramidal.length(swc_apical), 800, 300);
        EXPECT_NEAR(interneuron.length(swc_axon), 2700, 600);
        EXPECT_EQ(interneuron.length(swc_apical), 0);
        EXPECT_GT(pyramidal.num_compartments(), 100);
        EXPECT_LT(pyramidal.num_compartments(), 250);
    }
}

TEST(Grow, StaysInANarrowBoxAndOutOfVessels) {
    const Box box{{0, 0, 0}, {120, 120, 120}};
    const Vasculature vessels = grow_vasculature(box, 33, 1);
    const VesselIndex index(vessels, box);
    const Box inside = box.shrunk(3);
    int inside_vessels = 0, points = 0;
    for (std::int64_t id = 0; id < 10; ++id) {
        const Place place{Stream(2, purpose("soma"), id).inside(box.shrunk(20)), 0.3 * static_cast<double>(id)};

        const Shape shape =
            grow_neuron(NeuronType::pyramidal, 7, place, Habitat{inside, &index}, Stream(1, purpose("test"), id));

        for (const auto& section : shape.sections)
            for (const auto& p : section.points) {
                ASSERT_TRUE(box.shrunk(2.99).contains(place(p)));
                inside_vessels += index.clearance(place(p), 1) < 0;
                ++points;
            }
    }
    EXPECT_LT(inside_vessels, points / 100);
}

TEST(Grow, EndfootProcessesEndOnTheirTargets) {
    const Place place{{50, 50, 50}, 0};
    const std::vector<EndfootTarget> targets{{0, 0.5, {80, 50, 40}}, {1, 0.5, {40, 20, 70}}};

    const Shape shape = grow_astrocyte(5, place, targets, Habitat{open_box}, Stream(1, purpose("test"), 0));

    for (int t = 0; t < 2; ++t) {
        EXPECT_EQ(shape.section(t + 1).type, swc_endfoot);
        EXPECT_LT(distance(place(shape.section(t + 1).points.back()), targets[static_cast<std::size_t>(t)].surface),
                  1e-3);
    }
    EXPECT_GT(shape.length(swc_process), 500);
}

TEST(Shape, SwcHoldsEveryPointOnce) {
    const Shape shape = neuron(NeuronType::interneuron);

    const std::string swc = to_swc(shape);

    std::size_t points = 1;
    for (const auto& section : shape.sections) points += section.points.size() - (section.parent == 0 ? 0 : 1);
    EXPECT_EQ(static_cast<std::size_t>(std::count(swc.begin(), swc.end(), '\n')), points + 1);  // and a comment
}

}  // namespace
}  // namespace ngv::circuit

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "tests/unit/circuit/built_circuit.hpp"

namespace ngv::circuit {
namespace {

NodePopulation nodes(const std::string& name) {
    return NodePopulation(CircuitConfig::load(default_circuit() / "circuit_config.json").node_population(name));
}

TEST(CircuitNodes, NeuronsHaveTheAttributesThatSolversRead) {
    const auto neurons = nodes("neurons");

    const auto classes = neurons.texts("synapse_class");
    ASSERT_EQ(neurons.size(), 20);
    EXPECT_EQ(std::count(classes.begin(), classes.end(), "INH"), 4);
    EXPECT_EQ(std::count(classes.begin(), classes.end(), "EXC"), 16);
    for (const char* name : {"orientation_w", "orientation_x", "orientation_y", "orientation_z"})
        EXPECT_TRUE(neurons.has(name)) << name;
    for (const char* name :
         {"morphology", "mtype", "etype", "model_type", "model_template", "layer", "region", "morph_class"})
        EXPECT_TRUE(neurons.is_text(name)) << name;
    EXPECT_EQ(neurons.texts("model_type").front(), "biophysical");
    EXPECT_EQ(nodes("inputs").numbers("dynamics_params/rate").front(), 10);
    EXPECT_EQ(nodes("astrocytes").size(), 6);
}

TEST(CircuitNodes, EveryPointOfEveryCellLiesInsideTheBox) {
    const Box box = Box{{}, {default_edge_um, default_edge_um, default_edge_um}}.shrunk(2);

    for (const char* population : {"neurons", "astrocytes"})
        for (const auto& cell : placed_cells(default_circuit(), population)) {
            const double r = cell.morphology.soma.diameter / 2;
            EXPECT_TRUE(box.contains(cell.soma + Vec3{r, r, r}) && box.contains(cell.soma - Vec3{r, r, r}));
            for (std::size_t s = 1; s < cell.morphology.sections.size(); ++s)
                for (const auto& p : cell.morphology.sections[s].points)
                    ASSERT_TRUE(box.contains(cell.at({p.x, p.y, p.z})))
                        << population << ' ' << cell.morphology.name << " section " << s;
        }
}

TEST(CircuitNodes, SomataDoNotOverlap) {
    std::vector<PlacedCell> cells = placed_cells(default_circuit(), "neurons");
    for (auto& astrocyte : placed_cells(default_circuit(), "astrocytes")) cells.push_back(std::move(astrocyte));

    for (std::size_t i = 0; i < cells.size(); ++i)
        for (std::size_t j = 0; j < i; ++j)
            EXPECT_GT(distance(cells[i].soma, cells[j].soma),
                      (cells[i].morphology.soma.diameter + cells[j].morphology.soma.diameter) / 2);
}

TEST(CircuitNodes, PyramidalCellsHaveAxonBasalAndApicalDendrites) {
    const auto classes = nodes("neurons").texts("synapse_class");
    const auto cells = placed_cells(default_circuit(), "neurons");

    for (std::size_t i = 0; i < cells.size(); ++i) {
        double lengths[5] = {};
        for (const auto& section : cells[i].morphology.sections) lengths[section.type] += section.length();
        EXPECT_GT(lengths[2], 1500) << i;
        EXPECT_GT(lengths[3], 700) << i;
        EXPECT_EQ(lengths[4] > 500, classes[i] == "EXC") << i;
    }
}

TEST(CircuitNodes, SwcRowsNameParentsAboveThem) {
    for (const auto& entry : std::filesystem::directory_iterator(default_circuit() / "morphologies")) {
        std::ifstream file(entry.path());
        std::string line;
        int previous = 0;
        while (std::getline(file, line)) {
            if (line.empty() || line[0] == '#') continue;
            std::istringstream row(line);
            int id = 0, type = 0, parent = 0;
            double x = 0, y = 0, z = 0, radius = 0;
            ASSERT_TRUE(row >> id >> type >> x >> y >> z >> radius >> parent) << entry.path() << ": " << line;
            ASSERT_EQ(id, previous + 1);
            ASSERT_LT(parent, id);
            ASSERT_EQ(parent == -1, id == 1);
            ASSERT_GT(radius, 0);
            previous = id;
        }
        EXPECT_GT(previous, 50) << entry.path();
    }
}

}  // namespace
}  // namespace ngv::circuit

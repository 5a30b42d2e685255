// Small cells in memory, and the reference traces of NEURON where they are at hand.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "solvers/neuron/model/model.hpp"

namespace ngv::neuron::test {

inline Section cylinder(int type, int parent, double x, double length, double diameter) {
    return {type, parent, {{x, 0, 0, diameter}, {x + length, 0, 0, diameter}}};
}

/// An engine with one bare cell: no mechanisms, reversal potentials held, at v mV.
inline std::unique_ptr<Engine> bare_engine(const CableCell& cable, double dt, double celsius, double v, double cm = 1) {
    Nodes nodes(cable.num_nodes());
    nodes.parent = cable.parent;
    nodes.g_parent = cable.g_parent;
    nodes.area = cable.area;
    nodes.volume = cable.volume;
    std::fill(nodes.cm.begin(), nodes.cm.end(), cm);
    std::fill(nodes.v.begin(), nodes.v.end(), v);
    nodes.follow = false;
    EngineOptions options;
    options.dt = dt;
    options.celsius = celsius;
    return std::make_unique<Engine>(options, std::move(nodes),
                                    std::vector<CellNodes>{{0, {0, cable.num_nodes()}, cable.soma_node()}});
}

/// An engine with all mechanisms around some cells, as a model builds it. The first `num_neurons` are neurons.
inline std::unique_ptr<Engine> full_engine(const Parameters& p, const std::vector<Morphology>& shapes, int num_neurons,
                                           std::vector<ModelCell>* keep = nullptr) {
    std::vector<ModelCell> cells;
    for (std::size_t i = 0; i < shapes.size(); ++i) {
        CellSource source;
        source.id = static_cast<std::int64_t>(i) << 20;
        source.node_id = static_cast<std::int64_t>(i);
        source.astrocyte = static_cast<int>(i) >= num_neurons;
        cells.push_back({source,
                         std::make_shared<const CableCell>(build_cable(shapes[i], cable_options(p, source.astrocyte))),
                         {},
                         0});
    }
    auto engine = build_engine(p, cells, num_neurons);
    if (keep) *keep = cells;
    return engine;
}

/// A soma with two dendrites.
inline Morphology small_neuron() {
    Morphology m;
    m.sections = {cylinder(1, -1, 0, 15, 15), cylinder(3, 0, 15, 100, 1.5), cylinder(3, 1, 115, 80, 1),
                  cylinder(3, 1, 115, 60, 0.8)};
    return m;
}

/// Columns of a CSV file of the reference folder; empty if it is not there. NGV_REFERENCE names the folder.
inline std::map<std::string, std::vector<double>> reference(const std::string& name) {
    const char* folder = std::getenv("NGV_REFERENCE");
    if (!folder) return {};
    std::ifstream file(std::filesystem::path(folder) / "neuron" / "traces" / name);
    std::map<std::string, std::vector<double>> result;
    std::string line, cell;
    if (!std::getline(file, line)) return result;
    std::vector<std::string> header;
    for (std::istringstream in(line); std::getline(in, cell, ',');) header.push_back(cell);
    while (std::getline(file, line)) {
        std::istringstream in(line);
        for (const auto& h : header) {
            std::getline(in, cell, ',');
            char* end = nullptr;
            result[h].push_back(std::strtod(cell.c_str(), &end));
        }
    }
    return result;
}

}  // namespace ngv::neuron::test

#define NEED_REFERENCE(table) \
    if ((table).empty()) GTEST_SKIP() << "no reference traces here (set NGV_REFERENCE to their folder)"

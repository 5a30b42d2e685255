// Cells of the tissue in memory, without a circuit.
#pragma once

#include "solvers/neuron/tissue/membrane.hpp"
#include "solvers/neuron/tissue/tissue_model.hpp"

namespace ngv::neuron::test {

inline Section cylinder(int type, int parent, double x, double length, double diameter) {
    return {type, parent, {{x, 0, 0, diameter}, {x + length, 0, 0, diameter}}};
}

/// A soma with two dendrites.
inline Morphology small_neuron() {
    Morphology m;
    m.sections = {cylinder(1, -1, 0, 15, 15), cylinder(3, 0, 15, 100, 1.5), cylinder(3, 1, 115, 80, 1),
                  cylinder(3, 1, 115, 60, 0.8)};
    return m;
}

/// Cells of this shape, the first `num_neurons` neurons, the others astrocytes, as gid 0, 1, ...; `more` may add to the builder.
inline tissue::TissueModel make_tissue(const tissue::Parameters& p, int cells, int num_neurons,
                                       const std::function<void(tissue::TissueModel&, EngineBuilder&)>& more = {}) {
    tissue::TissueModel model;
    model.parameters = p;
    model.population_names = {"cells"};
    model.num_neurons = num_neurons;
    EngineBuilder builder = tissue::make_builder(p);
    for (int c = 0; c < cells; ++c) {
        tissue::CellSource source;
        source.id = static_cast<std::int64_t>(c) << 20;
        source.node_id = c;
        source.astrocyte = c >= num_neurons;
        model.cells.push_back({source,
                               make_blueprint(build_cable(small_neuron(), tissue::cable_options(p, source.astrocyte)),
                                              p, source.astrocyte),
                               {}});
        builder.add_cell(source.id, model.cells.back().blueprint);
        if (source.astrocyte)
            for (int k = 0; k < model.cells.back().blueprint->num_nodes(); ++k)
                builder.set_value(source.id, k, "v", p.astrocyte.v_init);
    }
    if (more) more(model, builder);
    model.simulation = builder.build(MPI_COMM_SELF);
    model.initialise();
    return model;
}

/// A variable at all compartments of a cell.
inline std::vector<double> values(tissue::TissueModel& m, int cell, const std::string& variable) {
    std::vector<double> result;
    for (double* p : m.simulation->addresses(m.cells[cell].gid(), variable)) result.push_back(*p);
    return result;
}
inline void set(tissue::TissueModel& m, int cell, const std::string& variable, double value) {
    for (double* p : m.simulation->addresses(m.cells[cell].gid(), variable)) *p = value;
}
inline double efflux(tissue::TissueModel& m, int cell, const std::string& ion) {
    double mol = 0;
    for (double* p : m.simulation->efflux(m.cells[cell].gid(), ion)) mol += *p;
    return mol;
}
inline double soma(tissue::TissueModel& m, int cell, const std::string& variable) {
    return *m.simulation->address(
        {.gid = m.cells[cell].gid(), .node = m.cells[cell].blueprint->soma, .variable = variable});
}

}  // namespace ngv::neuron::test

// Cells and their mechanisms: the part of building a model that needs no circuit.
#include <algorithm>
#include <cmath>

#include "ngv/error.hpp"
#include "solvers/neuron/constants.hpp"
#include "solvers/neuron/mechanisms/calcium_hva.hpp"
#include "solvers/neuron/mechanisms/calcium_pump.hpp"
#include "solvers/neuron/mechanisms/hh_cortical.hpp"
#include "solvers/neuron/mechanisms/hh_squid.hpp"
#include "solvers/neuron/mechanisms/kir.hpp"
#include "solvers/neuron/mechanisms/leak.hpp"
#include "solvers/neuron/mechanisms/na_k_pump.hpp"
#include "solvers/neuron/model/model.hpp"

namespace ngv::neuron {

namespace {

/// Place of a section type in [soma, axon, dendrites].
int kind_of(int section_type) {
    return section_type == static_cast<int>(SectionType::soma)   ? 0
           : section_type == static_cast<int>(SectionType::axon) ? 1
                                                                 : 2;
}

/// Nodes of cells [begin, end).
Range range_of(const std::vector<ModelCell>& cells, int begin, int end) {
    if (begin == end) return {0, 0};
    return {cells[begin].first_node, cells[end - 1].first_node + cells[end - 1].cable->num_nodes()};
}

void fill(Array& a, Range r, double value) {
    std::fill(a.begin() + r.begin, a.begin() + r.end, value);
}

/// values[kind] on every compartment of the cells, 0 on forks.
void by_section(Array& out, const std::vector<ModelCell>& cells, int end, const std::array<double, 3>& values) {
    for (int c = 0; c < end; ++c)
        for (int i = 0; i < cells[c].cable->num_compartments(); ++i)
            out[cells[c].node(i) - cells[0].first_node] = values[kind_of(cells[c].cable->section_type[i])];
}

void add_pumps_and_leak(Engine& engine, Range r, const MembraneParameters& m) {
    if (m.pump > 0) {
        auto pump = std::make_unique<NaKPump>(r);
        std::fill(pump->imax.begin(), pump->imax.end(), m.pump);
        engine.add(std::move(pump));
    }
    auto calcium = std::make_unique<CalciumPump>(r);
    std::fill(calcium->imax.begin(), calcium->imax.end(), m.calcium_pump);
    engine.add(std::move(calcium));
    auto leak = std::make_unique<Leak>(r);
    std::fill(leak->gcl.begin(), leak->gcl.end(), m.gcl);
    engine.add(std::move(leak));
}

}  // namespace

std::unique_ptr<Engine> build_engine(const Parameters& p, std::vector<ModelCell>& cells, int num_neurons) {
    int total = 0;
    std::vector<CellNodes> places;
    for (auto& cell : cells) {
        cell.first_node = total;
        total += cell.cable->num_nodes();
        places.push_back({cell.source.id, {cell.first_node, total}, cell.first_node + cell.cable->soma_node()});
    }
    Nodes nodes(total);
    for (const auto& cell : cells) {
        for (int i = 0; i < cell.cable->num_nodes(); ++i) {
            const int k = cell.first_node + i;
            nodes.parent[k] = cell.cable->parent[i] < 0 ? -1 : cell.first_node + cell.cable->parent[i];
            nodes.g_parent[k] = cell.cable->g_parent[i];
            nodes.area[k] = cell.cable->area[i];
            nodes.volume[k] = cell.cable->volume[i];
            nodes.cm[k] = p.capacitance;
            const double per_mol = nodes.volume[k] > 0 ? mM_per_mol_um3 / nodes.volume[k] : 0.0;
            nodes.na.mM_per_mol_in[k] = nodes.k.mM_per_mol_in[k] = per_mol;
            nodes.ca.mM_per_mol_in[k] = per_mol * p.calcium_free;
        }
    }
    EngineOptions options;
    options.dt = p.dt;
    options.celsius = p.celsius;
    auto engine = std::make_unique<Engine>(options, std::move(nodes), std::move(places));
    engine->synapses.parameters = p.synapses;
    const double kt = thermal_voltage(p.celsius);
    engine->synapses.parameters.sodium_share =
        Synapses::sodium_share(0.0, kt * std::log(p.na_o / p.neuron.na_i), kt * std::log(p.k_o / p.neuron.k_i));
    const int n = static_cast<int>(cells.size());
    if (num_neurons > 0) {
        const Range r = range_of(cells, 0, num_neurons);
        if (p.squid_channels) {
            auto hh = std::make_unique<HhSquid>(r);
            by_section(hh->gna, cells, num_neurons, p.gna);
            by_section(hh->gk, cells, num_neurons, p.gk);
            std::fill(hh->gl.begin(), hh->gl.end(), 0.0);
            engine->add(std::move(hh));
        } else {
            auto hh = std::make_unique<HhCortical>(r);
            by_section(hh->gna, cells, num_neurons, p.gna);
            by_section(hh->gk, cells, num_neurons, p.gk);
            hh->vt = p.threshold_shift;
            engine->add(std::move(hh));
        }
        auto ca = std::make_unique<CalciumHva>(r);
        by_section(ca->g, cells, num_neurons, p.gca);
        engine->add(std::move(ca));
        add_pumps_and_leak(*engine, r, p.neuron);
    }
    if (num_neurons < n) {
        const Range r = range_of(cells, num_neurons, n);
        auto kir = std::make_unique<Kir>(r);
        std::fill(kir->g.begin(), kir->g.end(), p.kir);
        engine->add(std::move(kir));
        add_pumps_and_leak(*engine, r, p.astrocyte);
    }
    set_resting_state(*engine, p, num_neurons);
    return engine;
}

void set_resting_state(Engine& engine, const Parameters& p, int num_neurons) {
    Nodes& nodes = engine.nodes;
    for (std::size_t c = 0; c < engine.cells().size(); ++c) {
        const Range r = engine.cells()[c].nodes;
        const MembraneParameters& m = static_cast<int>(c) < num_neurons ? p.neuron : p.astrocyte;
        fill(nodes.v, r, m.v_init);
        fill(nodes.na.in, r, m.na_i);
        fill(nodes.k.in, r, m.k_i);
        fill(nodes.ca.in, r, p.ca_i);
        fill(nodes.na.out, r, p.na_o);
        fill(nodes.k.out, r, p.k_o);
        fill(nodes.ca.out, r, p.ca_o);
        fill(nodes.atp, r, p.atp);
        fill(nodes.adp, r, p.adp);
    }
}

void Model::set_resting_state() {
    neuron::set_resting_state(engine(), parameters, num_neurons);
}

}  // namespace ngv::neuron

#include "solvers/neuron/engine/simulation.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "ngv/error.hpp"
#include "solvers/common/ranks.hpp"
#include "solvers/neuron/engine/simulation_impl.hpp"

namespace ngv::neuron {

Simulation::Simulation(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

Simulation::~Simulation() {
    for (auto& g : impl_->groups) {
        const ngv_group nodes = impl_->view(*g);
        for (const MechanismSet& s : g->sets)
            if (s.mechanism->destruct) s.mechanism->destruct(&impl_->mechanisms[s.number].run, &nodes, &s.view);
    }
    if (impl_->exchange.pending()) impl_->exchange.finish();
}

const SimulationOptions& Simulation::options() const {
    return impl_->options;
}
std::int64_t Simulation::steps() const {
    return impl_->steps;
}
double Simulation::time() const {
    return impl_->now;
}
int Simulation::epoch_steps() const {
    return impl_->epoch;
}
double Simulation::min_delay() const {
    return impl_->min_delay;
}
double Simulation::imbalance() const {
    double busiest = impl_->busy, all = impl_->busy;
    MPI_Allreduce(MPI_IN_PLACE, &busiest, 1, MPI_DOUBLE, MPI_MAX, impl_->comm);
    MPI_Allreduce(MPI_IN_PLACE, &all, 1, MPI_DOUBLE, MPI_SUM, impl_->comm);
    return all > 0 ? busiest * size_of(impl_->comm) / all : 0;
}

std::vector<Spike> Simulation::take_spikes() {
    std::vector<Spike> spikes;
    spikes.swap(impl_->recorded);
    std::sort(spikes.begin(), spikes.end());
    return spikes;
}

Frames Simulation::take_frames(int recorder) {
    RecorderState& r = impl_->recorders.at(recorder);
    Frames frames{r.next, r.frames, r.spec.columns.size(), {}};
    frames.values.swap(r.values);
    r.next += r.frames;
    r.frames = 0;
    return frames;
}

double* Simulation::address(const Probe& probe) {
    return impl_->address(probe, "variable");
}

bool Simulation::has_own_value(const Probe& probe) const {
    return impl_->find(probe).own;
}

std::vector<double*> Simulation::addresses(std::int64_t gid, const std::string& variable) {
    const Blueprint& b = blueprint(gid);
    std::vector<double*> result;
    bool any = false;
    for (int node : b.node) {
        result.push_back(impl_->find({.gid = gid, .node = node, .variable = variable}).value);
        any = any || result.back();
    }
    if (!any) impl_->address({.gid = gid, .node = b.node.front(), .variable = variable}, "variable");
    return result;
}

std::vector<double*> Simulation::addresses(std::span<const Point> points, const std::string& variable) {
    std::vector<double*> result;
    for (Point p : points) result.push_back(impl_->address({.variable = variable, .point = p}, "variable"));
    return result;
}

std::vector<double*> Simulation::efflux(std::int64_t gid, const std::string& ion) {
    const CellPlace& cell = impl_->cells[impl_->cell_of_gid.at(gid)];
    IonArrays* arrays = impl_->ion(*impl_->groups[cell.group], ion);
    std::vector<double*> result;
    for (int node : cell.blueprint->node)
        result.push_back(arrays && !arrays->efflux.empty() ? &arrays->efflux[cell.node(node)] : nullptr);
    return result;
}

void Simulation::update_reversals() {
    for (auto& g : impl_->groups) impl_->reversals(*g);
}

void Simulation::evaluate_currents() {
    for (auto& g : impl_->groups) {
        if (g->rows == 0) continue;
        impl_->set_time(*g, impl_->now);
        impl_->start_group(*g);
        impl_->currents(*g, impl_->now);
    }
}

void Simulation::check_ranges() const {
    for (const CellPlace& cell : impl_->cells) {
        const Group& g = *impl_->groups[cell.group];
        for (int k = 0; k < cell.blueprint->num_nodes(); ++k) {
            const std::int32_t node = cell.node(k);
            auto fail = [&](const std::string& what, const std::string& field) {
                throw PhysicsError(
                    fmt::format("cell {}, cable node {}, at {:.3f} ms: {}", cell.gid, k, impl_->now, what), field,
                    cell.gid, impl_->now);
            };
            if (!(std::abs(g.v[node]) < 1000)) fail(fmt::format("voltage of {:.4g} mV", g.v[node]), "v");
            for (const IonArrays& ion : g.ions) {
                const double in = ion.in[node * ion.view.in_stride], out = ion.out[node * ion.view.out_stride];
                if (!(in >= 0)) fail(fmt::format("[{}]i of {:.4g} mM", ion.name, in), ion.name + "i");
                if (!(out >= 0)) fail(fmt::format("[{}]o of {:.4g} mM", ion.name, out), ion.name + "o");
            }
        }
    }
}

std::vector<std::int64_t> Simulation::gids() const {
    std::vector<std::int64_t> result;
    for (const CellPlace& c : impl_->cells) result.push_back(c.gid);
    return result;
}

const Blueprint& Simulation::blueprint(std::int64_t gid) const {
    return *impl_->cells[impl_->cell_of_gid.at(gid)].blueprint;
}

void Simulation::forget_shapes() {
    std::map<std::shared_ptr<const Blueprint>, std::shared_ptr<const Blueprint>> kept;
    for (CellPlace& c : impl_->cells) {
        auto& nodes = kept[c.blueprint];
        if (!nodes) {
            Blueprint b;
            b.parent = c.blueprint->parent;
            b.node = c.blueprint->node;
            nodes = std::make_shared<const Blueprint>(std::move(b));
        }
        c.blueprint = nodes;
    }
}

namespace {

double bytes_of(const Blueprint& b) {
    double bytes = 0;
    const auto add = [&](const auto& array) { bytes += static_cast<double>(array.capacity() * sizeof(array[0])); };
    for (const auto* a : {&b.parent, &b.node, &b.section, &b.section_type, &b.first_compartment}) add(*a);
    for (const auto* a : {&b.rinv, &b.area, &b.volume, &b.diam, &b.cm, &b.position, &b.length}) add(*a);
    add(b.pieces);
    for (const auto& p : b.pieces) add(p);
    const auto add_values = [&](const auto& list) {
        for (const auto& d : list) {
            add(d.nodes);
            for (const auto& [name, values] : d.values) add(values);
        }
    };
    add_values(b.densities);
    add_values(b.ions);
    return bytes;
}

}  // namespace

SimulationSize Simulation::size() const {
    SimulationSize size;
    std::set<const Blueprint*> shapes;
    size.cells = static_cast<std::int64_t>(impl_->cells.size());
    for (const CellPlace& c : impl_->cells) {
        size.compartments += c.blueprint->num_compartments();
        size.bytes += 4.0 * static_cast<double>(c.place.capacity());
        if (shapes.insert(c.blueprint.get()).second) size.bytes += bytes_of(*c.blueprint);
    }
    size.points = static_cast<std::int64_t>(impl_->points.size());
    size.connections = impl_->connections.size();
    size.connection_bytes = impl_->connections.bytes();
    size.source_bytes = impl_->connections.source_bytes();
    size.bytes += size.connection_bytes + size.source_bytes;
    size.bytes +=
        static_cast<double>(impl_->points.capacity() * sizeof(Impl::PointPlace) + impl_->point_gid.capacity() * 8);
    auto add = [&](const auto& array) { size.bytes += static_cast<double>(array.capacity() * sizeof(array[0])); };
    for (const auto& g : impl_->groups) {
        ++size.groups;
        size.rows += g->rows;
        for (const auto* a : {&g->v, &g->a, &g->b, &g->axial, &g->capacity, &g->area, &g->diam, &g->i_membrane})
            add(*a);
        add(g->parent);
        add(g->parent_row);
        for (const IonArrays& ion : g->ions) {
            for (const auto* a : {&ion.e, &ion.in, &ion.out, &ion.i, &ion.didv, &ion.efflux}) add(*a);
            add(ion.follows);
            add(ion.starts);
        }
        for (const MechanismSet& s : g->sets) {
            add(s.data);
            add(s.node);
            add(s.mask);
            add(s.point);
            add(s.random);
        }
        size.bytes += static_cast<double>(g->queue.bytes());
    }
    return size;
}

}  // namespace ngv::neuron

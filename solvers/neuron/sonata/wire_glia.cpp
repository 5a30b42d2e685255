// Astrocytes in the network: what their contacts receive, and the vessels under their endfeet.
#include <algorithm>
#include <cmath>
#include <map>

#include "ngv/error.hpp"
#include "solvers/neuron/sonata/contacts.hpp"
#include "solvers/neuron/sonata/edge_places.hpp"
#include "solvers/neuron/sonata/synapse_edges.hpp"

namespace ngv::neuron {

namespace {

bool has(const Blueprint& b, const std::string& mechanism, int node) {
    return std::any_of(b.densities.begin(), b.densities.end(), [&](const auto& d) {
        return d.mechanism == mechanism && std::binary_search(d.nodes.begin(), d.nodes.end(), node);
    });
}

/// Events of calcium at a contact, for the modulation of its synapse.
void add_gliotransmission(Network& network, const Contact& contact, int node) {
    EngineBuilder& b = network.builder();
    // cadifus counts calcium in mM, glia_calcium in uM
    const bool rings = has(network.blueprint(contact.astrocyte), "cadifus", node);
    const bool soma_rings = !rings && has(network.blueprint(contact.astrocyte), "mcd", node);
    const Point point =
        b.add_point(contact.astrocyte, node, "Gliotransmission", {{"per_uM", rings || soma_rings ? 1e-3 : 1}});
    b.set_pointer(point, "calcium",
                  {.gid = contact.astrocyte,
                   .node = node,
                   .variable = rings        ? "cadifus.cai"
                               : soma_rings ? "cai"
                                            : "glia_calcium.ca"});
    b.add_net_event_source(calcium_source(contact), point);
    network.cells().at(contact.astrocyte).points.push_back({point, "Gliotransmission", node, contact.edge});
}

/// Receivers on one astrocyte's compartments, each made when it is first asked for.
class Receivers {
  public:
    Receivers(Network& network, LocalCell& cell)
        : network_(network), cell_(cell), blueprint_(network.blueprint(cell.gid)) {}

    struct Receiver {
        Point point;
        std::vector<double> weights;  ///< of a connection to it
    };

    const Receiver& at(int node, const std::string& where) {
        const auto known = receivers_.find(node);
        if (known != receivers_.end()) return known->second;
        const bool counted = has(blueprint_, "cadifus", node) || has(blueprint_, "mcd", node);
        if (!counted && !has(blueprint_, "glia_calcium", node))
            throw UserError(Problem{where,
                                    "is on a compartment of an astrocyte without a mechanism that takes glutamate",
                                    "the cell model needs cadifus, mcd or glia_calcium in all sections"});
        return receivers_[node] = counted ? counter(node) : level(node);
    }

    /// cadifus and mcd need something to count wherever they are: without a contact a receiver that nobody reaches.
    void complete() {
        for (const auto& d : blueprint_.densities) {
            if (d.mechanism != "cadifus" && d.mechanism != "mcd") continue;
            for (int node : d.nodes) {
                const bool reached = receivers_.contains(node);
                if (!reached && nobody_.index < 0) nobody_ = counter_at(node);
                const Point counter = reached ? receivers_.at(node).point : nobody_;
                network_.builder().set_pointer(cell_.gid, node, d.mechanism, "glu2",
                                               {.variable = "glut", .point = counter});
            }
        }
    }

  private:
    Point counter_at(int node) { return network_.builder().add_point(cell_.gid, node, "GlutReceive"); }
    void place(Point point, const char* mechanism, int node) {
        cell_.points.push_back({point, mechanism, node, static_cast<std::int64_t>(receivers_.size())});
    }
    Receiver counter(int node) {
        const Point point = counter_at(node);
        place(point, "GlutReceive", node);
        return {point, {1}};
    }
    Receiver level(int node) {
        network_.builder().set_global("GliaContact", "plastic", 0);
        const Point point = network_.builder().add_point(cell_.gid, node, "GliaContact");
        network_.builder().set_pointer(point, "level",
                                       {.gid = cell_.gid, .node = node, .variable = "glia_calcium.contact"});
        place(point, "GliaContact", node);
        return {point, {1, 1}};  // the second: the share released; the synapse has decided that it releases
    }

    Network& network_;
    LocalCell& cell_;
    const Blueprint& blueprint_;
    std::map<int, Receiver> receivers_;
    Point nobody_ = {};
};

}  // namespace

void wire_contacts(Network& network) {
    std::map<std::int64_t, Receivers> receivers;
    for (auto& [gid, cell] : network.cells())
        if (cell.population->entry.type == "astrocyte") receivers.emplace(gid, Receivers(network, cell));
    if (receivers.empty()) return;
    const auto contacts = contacts_of_astrocytes(network);
    const double delay = contact_delay(network);
    for (std::size_t first = 0, last = 0; first < contacts.size(); first = last) {
        const auto& entry = network.circuit().edges()[contacts[first].population];
        std::vector<std::int64_t> rows;
        for (last = first; last < contacts.size() && contacts[last].population == contacts[first].population; ++last)
            rows.push_back(contacts[last].edge);
        const EdgePopulation edges(entry);
        const EdgePlaces places(network, edges, rows, "astrocyte");
        for (std::size_t i = first; i < last; ++i) {
            const Contact& c = contacts[i];
            const int node = places.node(network.cells().at(c.astrocyte), i - first);
            const auto& receiver = receivers.at(c.astrocyte).at(node, "a contact of population '" + entry.name + "'");
            network.builder().add_connection(release_source(c.synapses, c.synapse), receiver.point, delay,
                                             receiver.weights, order_of(c.population, c.edge));
            if (network.config().gliotransmission) add_gliotransmission(network, c, node);
        }
    }
    for (auto& [gid, r] : receivers) r.complete();
}

void wire_endfeet(Network& network) {
    for (auto& [gid, feet] : network.endfeet()) {
        LocalCell& cell = network.cells().at(gid);
        const Blueprint& b = network.blueprint(gid);
        for (const Endfoot& foot : feet) {
            if (!has(b, "glia_calcium", foot.node)) continue;
            const Point wall =
                network.builder().add_point(gid, foot.node, "VesselWall", {{"resting_radius", foot.vessel_radius}});
            network.builder().set_pointer(wall, "calcium",
                                          {.gid = gid, .node = foot.node, .variable = "glia_calcium.ca"});
            cell.points.push_back({wall, "VesselWall", foot.node, foot.edge});
        }
    }
}

}  // namespace ngv::neuron

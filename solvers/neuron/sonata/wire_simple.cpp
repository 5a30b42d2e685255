// Edges without a state of release: Exp2Syn on cells with a morphology, weights of point cells. Columns of BBP's extension
// (conductance, tau1, tau2, erev) and of Allen's files (syn_weight, nsyns, dynamics_params in a JSON file). On Exp2Syn both
// weights are uS: neurodamus hands `conductance` on as it is.
#include <fmt/format.h>

#include <filesystem>

#include "ngv/error.hpp"
#include "solvers/neuron/sonata/synapse_edges.hpp"

namespace ngv::neuron {

namespace {

/// Parameters of Allen's synapse models, by file name.
class SynapseModels {
  public:
    explicit SynapseModels(const CircuitConfig& circuit) : circuit_(circuit) {}
    const Json& at(const std::string& name, const std::string& where) {
        auto it = models_.find(name);
        if (it != models_.end()) return it->second;
        const auto folder = circuit_.components().find("synaptic_models_dir");
        if (folder == circuit_.components().end())
            throw UserError(Problem{
                where, "names the synapse model '" + name + "', but the circuit has no components.synaptic_models_dir",
                ""});
        return models_.emplace(name, Json::load(folder->second / name)).first->second;
    }

  private:
    const CircuitConfig& circuit_;
    std::map<std::string, Json> models_;
};

void make(Network& network, std::size_t place, const EdgePopulation& edges, const SimulatedPopulation& source,
          const std::vector<Replay>& replays, SynapseModels& models, const std::vector<LiveEdge>& live) {
    const EdgeColumns columns(edges, live);
    const bool allen = columns.has("syn_weight");
    const auto weight = columns.numbers(allen ? "syn_weight" : "conductance"), delay = columns.numbers("delay");
    const auto count = columns.has("nsyns") ? columns.numbers("nsyns", 1.0) : std::vector<double>(live.size(), 1.0);
    const auto optional = [&](const char* name) {
        return columns.has(name) ? columns.numbers(name, 0.0) : std::vector<double>(live.size(), 0.0);
    };
    const auto tau1 = optional("tau1"), tau2 = optional("tau2"), erev = optional("erev");
    const bool by_file = columns.has("dynamics_params");
    const auto model =
        by_file ? columns.texts("dynamics_params", std::string()) : std::vector<std::string>(live.size());
    for (std::size_t i = 0; i < live.size(); ++i) {
        const LiveEdge& e = live[i];
        const std::string where = fmt::format("edge {} of population '{}'", e.edge, edges.name());
        const bool from_file = by_file && !model[i].empty();
        // Allen's delays are not rounded to steps.
        double d = e.settings->delay ? *e.settings->delay
                   : allen           ? delay[i]
                                     : rounded_delay(delay[i], network.config().dt, e.edge, edges.name());
        const auto order = order_of(place, e.edge);
        if (!e.cell->type.description->point.empty()) {
            const double sign = from_file ? models.at(model[i], where).number("sign", 1) : 1;
            const double w = weight[i] * sign * count[i];
            connect(network, e, source, replays, e.cell->self, d, {w * e.settings->weight}, w, 0, order);
            continue;
        }
        Values values;
        for (const auto& [name, column] : {std::pair{"tau1", &tau1}, {"tau2", &tau2}, {"erev", &erev}}) {
            const double value = from_file ? models.at(model[i], where)[name].number() : (*column)[i];
            if (!from_file && !columns.has(name))
                throw UserError(Problem{where, fmt::format("has no column '{}' for its Exp2Syn", name), ""});
            values.emplace_back(std::string(name) == "erev" ? "e" : name, value);
        }
        const Point point = network.builder().add_point(e.cell->gid, e.node, "Exp2Syn", values);
        e.cell->points.push_back({point, "Exp2Syn", e.node, e.row});
        const double w = weight[i] * count[i];
        connect(network, e, source, replays, point, d, {w * e.settings->weight}, w, 0, order);
    }
}

}  // namespace

void wire_simple(Network& network, std::size_t place, const std::vector<Replay>& replays) {
    const auto& entry = network.circuit().edges()[place];
    const EdgePopulation edges(entry);
    if (!network.nodes().has(edges.source_population()) || !network.nodes().has(edges.target_population())) return;
    const auto& source = network.nodes().population(edges.source_population());
    const auto& target = network.nodes().population(edges.target_population());
    SynapseModels models(network.circuit());
    for_live_edges(network, edges, entry, source, target, replays,
                   [&](const auto& live) { make(network, place, edges, source, replays, models, live); });
}

}  // namespace ngv::neuron

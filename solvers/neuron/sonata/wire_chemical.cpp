// Chemical synapses of BBP's circuits: stochastic AMPA/NMDA and GABAA/GABAB synapses, their parameters, random streams and minis.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "ngv/error.hpp"
#include "solvers/neuron/inputs/neuron_random.hpp"
#include "solvers/neuron/sonata/synapse_edges.hpp"

namespace ngv::neuron {

namespace {

constexpr double mini_delay = 0.1;  // ms

/// Utilisation in the calcium of the bath, relative to 2 mM (Hill's function of fourth order; Chindemi et al. 2022).
double hill_factor(double k, double calcium) {
    const double k4 = std::pow(k, 4), c4 = std::pow(calcium, 4);
    return (k4 + 16) / 16 * c4 / (k4 + c4);
}

/// hoc's Random.lognormal(mean, variance): by a normal number.
double lognormal(NeuronRandom random, double mean, double variance) {
    const double m2 = mean * mean, sum = variance + m2;
    NormalPairs normal;
    return std::exp(std::log(m2 / std::sqrt(sum)) + std::sqrt(std::log(sum / m2)) * normal(random));
}

/// Arguments of NET_RECEIVE: the weight first, the kind of connection at `type_index`.
std::vector<double> weights(double weight, std::size_t type_index, double type) {
    std::vector<double> result(type_index + 1, 0.0);
    result[0] = weight;
    result[type_index] = type;
    return result;
}

/// Values of a synapse by name: a handful, found by looking through them.
struct Named {
    Values all;

    const double* find(std::string_view name) const {
        for (const auto& v : all)
            if (v.first == name) return &v.second;
        return nullptr;
    }
    double& operator[](std::string_view name) {
        for (auto& v : all)
            if (v.first == name) return v.second;
        return all.emplace_back(name, 0.0).second;
    }
};

/// The columns of edges with long-term plasticity (Chindemi et al. 2022), read only where an override asks for them.
class Plasticity {
  public:
    Plasticity(const EdgeColumns& columns, const std::vector<LiveEdge>& live) {
        if (std::none_of(live.begin(), live.end(),
                         [](const auto& e) { return e.settings->modoverride == "GluSynapse"; }))
            return;
        for (const char* name :
             {"volume_CR", "rho0_GB", "Use_d_TM", "Use_p_TM", "gmax_d_AMPA", "gmax_p_AMPA", "theta_d", "theta_p"})
            values_[name] = columns.numbers(name);
    }
    /// A synapse begins in the state that its efficacy rho0 belongs to; both utilisations depend on the calcium of the bath.
    void set(Named& out, std::size_t i, double scale) const {
        const auto at = [&](const char* name) { return values_.at(name)[i]; };
        const bool potentiated = at("rho0_GB") > 0.5;
        out["volume_CR"] = at("volume_CR");
        out["rho0_GB"] = at("rho0_GB");
        out["Use_d_TM"] = at("Use_d_TM") * scale;
        out["Use_p_TM"] = at("Use_p_TM") * scale;
        out["gmax_d_AMPA"] = at("gmax_d_AMPA");
        out["gmax_p_AMPA"] = at("gmax_p_AMPA");
        out["theta_d_GB"] = at("theta_d");
        out["theta_p_GB"] = at("theta_p");
        out["Use0_TM"] = at(potentiated ? "Use_p_TM" : "Use_d_TM") * scale;
        out["gmax0_AMPA"] = at(potentiated ? "gmax_p_AMPA" : "gmax_d_AMPA");
    }

  private:
    std::map<std::string, std::vector<double>> values_;
};

class ChemicalWiring {
  public:
    ChemicalWiring(Network& network, std::size_t place, const std::vector<Replay>& replays,
                   const ContactedSynapses& contacts, const ModulatedSynapses& modulated)
        : network_(network),
          place_(place),
          replays_(replays),
          contacts_(contacts),
          modulated_(modulated),
          entry_(network.circuit().edges()[place]),
          edges_(entry_),
          source_(network.nodes().population(edges_.source_population())),
          target_(network.nodes().population(edges_.target_population())),
          populations_(population_hash(source_.entry.name) * 65536u + population_hash(target_.entry.name)) {}

    void wire() {
        for_live_edges(network_, edges_, entry_, source_, target_, replays_, [&](const auto& live) { make(live); });
    }

  private:
    void make(const std::vector<LiveEdge>& live) {
        const EdgeColumns columns(edges_, live);
        const auto weight = columns.numbers("conductance"), decay = columns.numbers("decay_time"),
                   delay = columns.numbers("delay");
        const auto kind = columns.numbers("syn_type_id"), use = columns.numbers("u_syn"),
                   depression = columns.numbers("depression_time");
        const auto facilitation = columns.numbers("facilitation_time"), sites = columns.numbers("n_rrp_vesicles", 1.0);
        const auto ratio = columns.has("conductance_scale_factor") ? columns.numbers("conductance_scale_factor", -1.0)
                                                                   : std::vector<double>(live.size(), -1.0);
        const auto& calcium = network_.config().extracellular_calcium;
        const auto hill = calcium ? columns.numbers("u_hill_coefficient", 0.0) : std::vector<double>(live.size());
        const Plasticity plasticity(columns, live);
        for (std::size_t i = 0; i < live.size(); ++i) {
            const LiveEdge& e = live[i];
            const bool inhibitory = kind[i] < 100;
            const bool plastic = e.settings->modoverride == "GluSynapse";
            if ((!e.settings->modoverride.empty() && !plastic) || (plastic && inhibitory))
                throw UserError(Problem{where(e),
                                        fmt::format("modoverride '{}' on {} synapses is not supported",
                                                    e.settings->modoverride, inhibitory ? "inhibitory" : "excitatory"),
                                        "expected GluSynapse on excitatory synapses"});
            const double scale = calcium ? hill_factor(hill[i], *calcium) : 1;
            const char* mechanism = plastic ? "GluSynapse" : inhibitory ? "ProbGABAAB_EMS" : "ProbAMPANMDA_EMS";
            Named values{
                {{inhibitory ? "tau_d_GABAA" : "tau_d_AMPA", decay[i]}, {"synapseID", static_cast<double>(e.row)}}};
            if (plastic) {
                plasticity.set(values, i, scale);
                values["Dep_TM"] = std::abs(depression[i]);
                values["Fac_TM"] = std::abs(facilitation[i]);
                values["Nrrp_TM"] = sites[i];
            } else {
                values["Use"] = std::abs(use[i] * scale);
                values["Dep"] = std::abs(depression[i]);
                values["Fac"] = std::abs(facilitation[i]);
                values["Nrrp"] = sites[i];
                if (inhibitory && network_.config().randomize_gaba_rise_time)
                    values["tau_r_GABAA"] =
                        lognormal(stream(e, 250, 100, network_.config().synapse_seed + 450), 0.2, 0.1);
                if (ratio[i] >= 0) values[inhibitory ? "GABAB_ratio" : "NMDA_ratio"] = ratio[i];
            }
            configure(values, mechanism, e);
            const Point point = network_.builder().add_point(e.cell->gid, e.node, mechanism, values.all);
            const auto row = static_cast<std::uint32_t>(e.row);
            if (plastic)
                network_.builder().set_random(point, "rng_TM", id(e.target, 0), row + 100000,
                                              network_.config().synapse_seed + 200);
            else
                network_.builder().set_random(point, "rng", id(e.target, 250), row + 100,
                                              populations_ + network_.config().synapse_seed + 300);
            e.cell->points.push_back({point, mechanism, e.node, e.row});
            // GluSynapse has a utilisation of its own that changes: modulators act on a factor.
            const double* of_release = values.find("Use");
            const Utilisation utilisation =
                of_release ? Utilisation{"Use", *of_release, 1} : Utilisation{"use_factor", 1, 1e9};
            if (const auto m = modulated_.find({place_, e.edge}); m != modulated_.end())
                add_modulation(network_, m->second, replays_, point, e.node, utilisation);
            if (!inhibitory) add_contacts(e, point, utilisation);
            const std::size_t type_index = plastic ? 5 : 4;  // place of nc_type among the arguments of NET_RECEIVE
            const double w = weight[i] * e.settings->weight;
            const double d = e.settings->delay ? *e.settings->delay
                                               : rounded_delay(delay[i], network_.config().dt, e.edge, entry_.name);
            connect(network_, e, source_, replays_, point, d, weights(w, type_index, 0), weight[i], type_index,
                    order_of(place_, e.edge));
            add_minis(e, point, w, inhibitory, type_index);
        }
    }

    std::string where(const LiveEdge& e) const {
        return fmt::format("edge {} of population '{}'", e.edge, entry_.name);
    }
    std::uint32_t id(std::int64_t target, std::uint32_t offset) const {
        return static_cast<std::uint32_t>(target_.legacy_gid(target)) + offset;
    }
    NeuronRandom stream(const LiveEdge& e, std::uint32_t gid_offset, std::uint32_t row_offset,
                        std::uint32_t seed) const {
        return {id(e.target, gid_offset), static_cast<std::uint32_t>(e.row) + row_offset, populations_ + seed,
                network_.config().random_seed};
    }

    /// "%s.name = number" of synapse_configure, where the synapse has the variable.
    void configure(Named& values, const std::string& mechanism, const LiveEdge& e) const {
        const EdgeSettings& settings = *e.settings;
        if (settings.configure.empty()) return;
        const ngv_mechanism* m = network_.builder().mechanism(mechanism, where(e));
        for (const auto* o : settings.configure)
            for (const auto& a : o->configure) {
                const auto* end = m->variables + m->num_variables;
                const auto* variable = std::find_if(m->variables, end, [&](const auto& v) { return v.name == a.name; });
                if (variable == end) {
                    // The other kind of synapse may have it; a name that neither has is a mistake.
                    const std::string other = mechanism == "ProbGABAAB_EMS" ? "ProbAMPANMDA_EMS" : "ProbGABAAB_EMS";
                    const ngv_mechanism* n = network_.builder().mechanism(other, where(e));
                    if (std::any_of(n->variables, n->variables + n->num_variables,
                                    [&](const auto& v) { return v.name == a.name; }))
                        continue;
                    std::vector<std::string> known;
                    for (const auto* v = m->variables; v != end; ++v) known.emplace_back(v->name);
                    throw UserError(Problem{
                        o->where, "synapse_configure sets '" + a.name + "', which " + mechanism + " does not have",
                        did_you_mean(a.name, known)});
                }
                const double* given = values.find(a.name);
                values[a.name] = a.apply(given ? *given : variable->value);
            }
    }

    /// Astrocytes that touch the synapse hear of its releases, and act on it if they are meant to.
    void add_contacts(const LiveEdge& e, Point synapse, const Utilisation& use) {
        const auto [first, last] = contacts_.equal_range({place_, e.edge});
        if (first == last) return;
        EngineBuilder& b = network_.builder();
        b.add_net_event_source(release_source(place_, e.edge), synapse);
        if (!network_.config().gliotransmission) return;
        if (modulated_.contains({place_, e.edge}))
            throw UserError(Problem{where(e), "gliotransmission and neuromodulation cannot both act on one synapse",
                                    "set conditions.gliotransmission to false"});
        const Point modulation = b.add_point(e.cell->gid, e.node, "GlioModulation", {{"use0", use.at_rest}});
        b.set_pointer(modulation, "use", {.variable = use.variable, .point = synapse});
        e.cell->points.push_back({modulation, "GlioModulation", e.node, e.row});
        for (auto it = first; it != last; ++it)
            b.add_connection(calcium_source(it->second), modulation, contact_delay(network_), {1},
                             order_of(it->second.population, it->second.edge));
    }

    /// Of edges that are not overridden: what the nodes file says of the target.
    double mini_rate(const LiveEdge& e, bool inhibitory) {
        if (e.settings->spont_minis) return *e.settings->spont_minis;
        if (e.cell != cell_of_rates_) {  // edges come by target
            const auto rate = [&](const char* underscore, const char* dash) {
                const double r = network_.node_value(*e.cell, underscore, 0);
                return r > 0 ? r : network_.node_value(*e.cell, dash, 0);
            };
            rates_ = {rate("exc_mini_frequency", "exc-mini_frequency"),
                      rate("inh_mini_frequency", "inh-mini_frequency")};
            cell_of_rates_ = e.cell;
        }
        return inhibitory ? rates_.second : rates_.first;
    }

    void add_minis(const LiveEdge& e, Point synapse, double weight, bool inhibitory, std::size_t type_index) {
        const double rate = mini_rate(e, inhibitory);
        if (!(rate > 0)) return;
        // A Poisson process as InhPoissonStim draws it: the first interval of the stream is dropped.
        const std::uint32_t seed = populations_ + network_.config().minis_seed,
                            row = static_cast<std::uint32_t>(e.row) + 200;
        NeuronRandom intervals(row, id(e.target, 250), seed + 300, network_.config().random_seed);
        intervals.exponential();
        std::vector<double> times;
        for (double t = 1000 / rate * intervals.exponential(); t < network_.config().tstop;
             t += 1000 / rate * intervals.exponential())
            times.push_back(t);
        // Sources of a cell: its own id, then replays, then minis from the middle of its block of ids.
        const std::int64_t source = e.cell->gid | ((1LL << 19) + static_cast<std::int64_t>(e.cell->points.size()));
        EngineBuilder& b = network_.builder();
        b.add_spikes(source, times);
        b.add_connection(source, synapse, mini_delay, weights(weight, type_index, 1), order_of(place_, e.edge));
    }

    Network& network_;
    std::size_t place_;
    const std::vector<Replay>& replays_;
    const ContactedSynapses& contacts_;
    const ModulatedSynapses& modulated_;
    const EdgePopulationEntry& entry_;
    EdgePopulation edges_;
    const SimulatedPopulation &source_, &target_;
    std::uint32_t populations_;
    const LocalCell* cell_of_rates_ = nullptr;
    std::pair<double, double> rates_;  ///< of minis, 1/s: excitatory, inhibitory
};

}  // namespace

void wire_chemical(Network& network, std::size_t place, const std::vector<Replay>& replays,
                   const ContactedSynapses& contacts, const ModulatedSynapses& modulated) {
    ChemicalWiring(network, place, replays, contacts, modulated).wire();
}

}  // namespace ngv::neuron

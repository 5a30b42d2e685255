#include "solvers/neuron/sonata/simulation_config.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "ngv/error.hpp"
#include "solvers/common/log.hpp"

namespace ngv::neuron {

void check_keys(const Json& block, const std::vector<std::string>& known, const std::string& what) {
    for (const auto& key : block.keys())
        if (!key.starts_with("_") && std::find(known.begin(), known.end(), key) == known.end())
            throw block[key].error("unknown key '" + key + "' of " + what, did_you_mean(key, known));
}

namespace {

std::optional<double> optional_number(const Json& block, const std::string& key) {
    if (!block.has(key) || block[key].is_null()) return std::nullopt;
    return block[key].number();
}

double positive(const Json& block, const std::string& key) {
    const double value = block[key].number();
    if (!(value > 0)) throw block[key].error(fmt::format("{} is {}, expected a positive number", key, value));
    return value;
}

std::uint32_t seed(const Json& block, const std::string& key) {
    return static_cast<std::uint32_t>(block.integer(key, 0));
}

/// The number of a choice given by name or number.
int choice(const Json& value, const std::vector<std::string>& names) {
    const std::string text = value.text();
    for (std::size_t i = 0; i < names.size(); ++i)
        if (text == names[i] || text == std::to_string(i)) return static_cast<int>(i);
    throw value.error("unknown value '" + text + "'", did_you_mean(text, names));
}

void read_run(SimulationConfig& c, const Json& run) {
    check_keys(run,
               {"tstop", "dt", "random_seed", "spike_threshold", "integration_method", "stimulus_seed",
                "ionchannel_seed", "minis_seed", "synapse_seed", "electrodes_file", "tstart", "dL", "nsteps_block",
                "overwrite_output_dir", "duration"},
               "run");
    c.tstop = positive(run, run.has("tstop") || !run.has("duration") ? "tstop" : "duration");
    c.dt = positive(run, "dt");
    if (run.number("tstart", 0) != 0)
        throw run["tstart"].error("a start other than 0 is not supported", "shift the times of inputs");
    c.random_seed = seed(run, "random_seed");
    c.stimulus_seed = seed(run, "stimulus_seed");
    c.minis_seed = seed(run, "minis_seed");
    c.synapse_seed = seed(run, "synapse_seed");
    if (run.has("ionchannel_seed")) c.ionchannel_seed = seed(run, "ionchannel_seed");
    c.spike_threshold = run.number("spike_threshold", c.allen ? -15 : -30);
    if (run.has("integration_method"))
        c.second_order = choice(run["integration_method"], {"euler", "crank_nicolson", "crank_nicolson_ion"});
    c.dL = optional_number(run, "dL");
    if (run.has("electrodes_file")) c.electrodes_file = c.path(run["electrodes_file"]);
}

void read_output(SimulationConfig& c, const Json& output) {
    check_keys(output,
               {"output_dir", "log_file", "spikes_file", "spikes_file_csv", "spikes_sort_order", "overwrite_output_dir",
                "log_level", "log_to_console"},
               "output");
    if (output.has("spikes_file"))
        c.spikes_file = std::filesystem::path(output["spikes_file"].text()).filename().string();
    if (!output.has("spikes_sort_order")) return;
    std::string order = output["spikes_sort_order"].text();
    if (order == "time" || order == "id") order = "by_" + order;
    const std::vector<std::string> names{"none", "by_id", "by_time"};
    const auto it = std::find(names.begin(), names.end(), order);
    if (it == names.end())
        throw output["spikes_sort_order"].error("unknown order '" + order + "'", did_you_mean(order, names));
    c.spike_order = static_cast<SpikeOrder>(it - names.begin());
}

Modification read_modification(const Json& m) {
    check_keys(m, {"name", "type", "node_set", "compartment_set", "section_configure"}, "a modification");
    const std::vector<std::string> kinds{"ttx", "configure_all_sections", "section_list", "section", "compartment_set"};
    std::string type = m["type"].text();
    if (type == "TTX") type = "ttx";
    if (type == "ConfigureAllSections") type = "configure_all_sections";
    const auto it = std::find(kinds.begin(), kinds.end(), type);
    if (it == kinds.end()) throw m["type"].error("unknown modification '" + type + "'", did_you_mean(type, kinds));
    Modification result{static_cast<Modification::Kind>(it - kinds.begin()),
                        m.text("name", ""),
                        m.text("node_set", ""),
                        m.text("compartment_set", ""),
                        m.where(),
                        {}};
    const bool on_compartments = result.kind == Modification::Kind::compartment_set;
    if (on_compartments == result.compartment_set.empty() || on_compartments != result.node_set.empty())
        throw m.error(on_compartments ? "expected a compartment_set and no node_set"
                                      : "expected a node_set and no compartment_set");
    if (result.kind != Modification::Kind::ttx)
        result.assignments = parse_assignments(m["section_configure"].text(), m["section_configure"].where());
    return result;
}

void read_conditions(SimulationConfig& c, const Json& conditions) {
    check_keys(conditions,
               {"celsius", "v_init", "spike_location", "extracellular_calcium", "randomize_gaba_rise_time",
                "mechanisms", "modifications", "gliotransmission", "contact_delay"},
               "conditions");
    c.celsius = conditions.number("celsius", c.celsius);
    c.v_init = conditions.number("v_init", c.v_init);
    if (conditions.has("spike_location")) c.spikes_at_ais = choice(conditions["spike_location"], {"soma", "AIS"}) == 1;
    c.extracellular_calcium = optional_number(conditions, "extracellular_calcium");
    c.randomize_gaba_rise_time = conditions.flag("randomize_gaba_rise_time", false);
    c.gliotransmission = conditions.flag("gliotransmission", false);
    c.contact_delay = conditions.number("contact_delay", c.contact_delay);
    if (!(c.contact_delay > 0))
        throw UserError(Problem{"conditions.contact_delay", fmt::format("{} ms", c.contact_delay),
                                "expected a positive delay, such as neurodamus' 0.05"});
    if (conditions.has("mechanisms"))
        for (const auto& mechanism : conditions["mechanisms"].keys()) {
            const Json values = conditions["mechanisms"][mechanism];
            for (const auto& variable : values.keys()) {
                const Json v = values[variable];
                if (names_function_table(variable)) {
                    c.tables.push_back(read_function_table(v, mechanism, variable));
                    continue;
                }
                c.globals.push_back(
                    {mechanism, variable, v.where(), v.is_flag() ? (v.flag() ? 1.0 : 0.0) : v.number()});
            }
        }
    if (!conditions.has("modifications") || conditions["modifications"].is_null()) return;
    const Json m = conditions["modifications"];
    if (m.is_map()) {  // older files: by name
        for (const auto& name : m.keys()) c.modifications.push_back(read_modification(m[name]));
    } else {
        for (const auto& item : m.list()) c.modifications.push_back(read_modification(item));
    }
}

ConnectionOverride read_override(const Json& o, const std::string& name) {
    check_keys(o,
               {"name", "source", "target", "weight", "spont_minis", "synapse_configure", "modoverride",
                "synapse_delay_override", "delay", "neuromodulation_dtc", "neuromodulation_strength"},
               "a connection override");
    ConnectionOverride r{o.text("name", name), o["source"].text(), o["target"].text(), o.where()};
    r.weight = o.number("weight", 1);
    r.spont_minis = optional_number(o, "spont_minis");
    r.synapse_delay = optional_number(o, "synapse_delay_override");
    r.delay = o.number("delay", 0);
    r.modoverride = o.text("modoverride", "");
    if (o.has("synapse_configure")) {
        r.configure = parse_assignments(o["synapse_configure"].text(), o["synapse_configure"].where());
        for (const auto& a : r.configure)
            if (a.scope != "%s")
                throw o["synapse_configure"].error("'" + a.name + "' is assigned without '%s.' before it");
    }
    r.neuromodulation_dtc = optional_number(o, "neuromodulation_dtc");
    r.neuromodulation_strength = optional_number(o, "neuromodulation_strength");
    if (r.spont_minis && *r.spont_minis < 0) throw o["spont_minis"].error("a rate cannot be negative");
    return r;
}

std::vector<NamedBlock> blocks(const Json& config, const std::string& key) {
    std::vector<NamedBlock> result;
    if (!config.has(key) || config[key].is_null()) return result;
    for (const auto& name : config[key].keys()) result.push_back({name, config[key][name]});
    return result;
}

}  // namespace

SimulationConfig SimulationConfig::load(const std::filesystem::path& file) {
    const Json config = Json::load(file);
    if (config.has("simulation")) {  // Allen's config.json
        SimulationConfig result = load(Manifest(config).path(config["simulation"]));
        if (config.has("network")) result.circuit = Manifest(config).path(config["network"]);
        return result;
    }
    check_keys(config,
               {"version", "manifest", "network", "target_simulator", "node_sets_file", "node_set",
                "compartment_sets_file", "run", "output", "conditions", "inputs", "reports", "connection_overrides",
                "metadata", "beta_features", "components", "name"},
               "the simulation");
    SimulationConfig c;
    c.file = file;
    c.manifest_.emplace(config);
    const Json run = config["run"];
    c.allen = run.has("dL") || run.has("nsteps_block") || run.has("overwrite_output_dir") ||
              (config.has("output") && config["output"].has("overwrite_output_dir"));
    c.circuit = config.has("network") ? c.path(config["network"]) : file.parent_path() / "circuit_config.json";
    if (config.has("node_sets_file") && !config["node_sets_file"].is_null())
        c.node_sets_file = c.path(config["node_sets_file"]);
    if (config.has("compartment_sets_file")) c.compartment_sets_file = c.path(config["compartment_sets_file"]);
    c.node_set = config.text("node_set", "");
    read_run(c, run);
    if (config.has("output")) read_output(c, config["output"]);
    if (config.has("conditions")) read_conditions(c, config["conditions"]);
    c.inputs = blocks(config, "inputs");
    c.reports = blocks(config, "reports");
    if (config.has("connection_overrides") && !config["connection_overrides"].is_null()) {
        const Json overrides = config["connection_overrides"];
        if (overrides.is_map()) {
            for (const auto& name : overrides.keys()) c.overrides.push_back(read_override(overrides[name], name));
        } else {
            for (const auto& item : overrides.list()) c.overrides.push_back(read_override(item, ""));
        }
    }
    const std::string simulator = config.text("target_simulator", "NEURON");
    if (simulator != "NEURON" && simulator != "CORENEURON")
        log_warning("{}: target_simulator '{}' is not looked at", file.string(), simulator);
    return c;
}

}  // namespace ngv::neuron

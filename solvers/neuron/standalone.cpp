#include "solvers/neuron/standalone.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <fstream>

#include "ngv/error.hpp"
#include "solvers/common/circuit.hpp"
#include "solvers/common/ids.hpp"
#include "solvers/common/json.hpp"
#include "solvers/common/log.hpp"
#include "solvers/common/manifest.hpp"
#include "solvers/common/resources.hpp"
#include "solvers/common/spikes.hpp"
#include "solvers/neuron/model/model.hpp"
#include "solvers/neuron/output/recorder.hpp"

namespace ngv::neuron {

namespace {

/// Collects what the file asks for and we do not do.
class Unsupported {
  public:
    void keys(const Json& map, const std::vector<std::string>& known, const std::string& what) {
        for (const auto& key : map.keys())
            if (std::find(known.begin(), known.end(), key) == known.end())
                add(map[key], "key '" + key + "' of " + what, did_you_mean(key, known));
    }
    void add(const Json& at, const std::string& what, const std::string& fix) {
        problems_.push_back({at.where(), "neuron-solver does not support " + what, fix});
    }
    void check() const {
        if (!problems_.empty()) throw UserError(problems_);
    }

  private:
    std::vector<Problem> problems_;
};

std::string need_text(const Json& map, const std::string& key) {
    return map[key].text();
}

NodeSets load_node_sets(const CircuitConfig& circuit, const Json& config) {
    NodeSets sets;
    if (!circuit.node_sets_file().empty()) sets = NodeSets::load(circuit.node_sets_file());
    if (config.has("node_sets_file")) sets.extend(NodeSets::load(Manifest(config).path(config["node_sets_file"])));
    return sets;
}

void read_input(const Json& input, const std::string& name, const CircuitConfig& circuit, const Json& config,
                Inputs& inputs, Unsupported& unsupported) {
    const std::string module = need_text(input, "module"), what = "input '" + name + "'";
    const std::vector<std::string> common{"module",   "input_type", "delay",
                                          "duration", "node_set",   "represents_physical_electrode"};
    const auto known = [&](std::vector<std::string> extra) {
        extra.insert(extra.end(), common.begin(), common.end());
        return extra;
    };
    const double delay = input.number("delay", 0), duration = input.number("duration", 1e300);
    if (module == "linear" || module == "pulse") {
        unsupported.keys(input, known({"amp_start", "amp_end", "width", "frequency"}), what);
        CurrentClamp clamp;
        clamp.delay = delay;
        clamp.duration = duration;
        clamp.start = input["amp_start"].number();
        clamp.end = module == "linear" ? input.number("amp_end", clamp.start) : clamp.start;
        if (module == "pulse") {
            clamp.period = 1000 / input["frequency"].number();
            clamp.width = input["width"].number();
            if (clamp.width > clamp.period)
                throw input["width"].error(
                    fmt::format("{} ms is longer than the period {} ms", clamp.width, clamp.period), "");
        }
        inputs.clamps.push_back({need_text(input, "node_set"), clamp});
    } else if (module == "synapse_replay") {
        unsupported.keys(input, known({"spike_file", "source"}), what);
        const auto file = Manifest(config).path(input["spike_file"]);
        const std::string source = input.text("source", "");
        const NodeSets sets = load_node_sets(circuit, config);
        for (const auto& entry : circuit.nodes()) {
            if (entry.type != "virtual") continue;
            std::vector<std::int64_t> ids;  // of the source node set; unused without one
            if (!source.empty() && source != entry.name) {
                ids = sets.resolve(source, NodePopulation(entry));
                if (ids.empty()) continue;
            }
            std::vector<Spike> spikes;
            try {
                spikes = read_spikes(file, entry.name);
            } catch (const UserError&) {
                if (!source.empty()) throw;
                continue;  // the file has no spikes of this population
            }
            ReplayInput replay{entry.name, {}};
            for (const auto& s : spikes)
                if (s.time_ms >= delay && s.time_ms < delay + duration &&
                    (ids.empty() || std::binary_search(ids.begin(), ids.end(), s.node_id)))
                    replay.spikes.emplace_back(s.time_ms, s.node_id);
            inputs.replay.push_back(std::move(replay));
        }
        if (inputs.replay.empty())
            throw input["spike_file"].error(file.string() + " has no spikes of a virtual population of the circuit",
                                            "");
    } else if (module == "poisson") {
        unsupported.keys(input, known({"source", "rate"}), what);
        PoissonInput p{need_text(input, "source"), {}, delay, delay + duration};
        if (input.has("rate")) p.rate_hz = input["rate"].number();
        inputs.poisson.push_back(p);
    } else {
        unsupported.add(input["module"], "module '" + module + "' of " + what,
                        did_you_mean(module, {"linear", "pulse", "synapse_replay", "poisson"}));
    }
}

ReportRequest read_report(const Json& report, const std::string& name, double tstop, Unsupported& unsupported) {
    const std::string what = "report '" + name + "'";
    unsupported.keys(report,
                     {"cells", "sections", "type", "compartments", "variable_name", "unit", "dt", "start_time",
                      "end_time", "file_name", "enabled", "scaling"},
                     what);
    if (report.text("type", "compartment") != "compartment")
        unsupported.add(report["type"], "type '" + report["type"].text() + "' of " + what, "compartment");
    const std::string sections = report.text("sections", "soma");
    if (sections != "soma" && sections != "all")
        unsupported.add(report["sections"], "sections '" + sections + "' of " + what, "soma or all");
    if (sections == "all" && report.text("compartments", "all") != "all")
        unsupported.add(report["compartments"], "compartments '" + report["compartments"].text() + "' of " + what,
                        "all");
    std::string variable = report["variable_name"].text();
    const std::pair<const char*, const char*> neuron_names[] = {
        {"ina", "i_Na"}, {"ik", "i_K"}, {"ica", "i_Ca"}, {"nai", "Na_i"}, {"ki", "K_i"},  {"cai", "Ca_i"},
        {"nao", "Na_o"}, {"ko", "K_o"}, {"cao", "Ca_o"}, {"atpi", "ATP"}, {"adpi", "ADP"}};
    for (auto [theirs, ours] : neuron_names)
        if (variable == theirs) variable = ours;
    return {report.text("file_name", name),
            variable,
            report.text("cells", ""),
            sections == "all",
            report["dt"].number(),
            report.number("start_time", 0),
            std::min(tstop, report.number("end_time", tstop))};
}

}  // namespace

StandaloneResult run_standalone(MPI_Comm comm, const std::filesystem::path& file, const std::filesystem::path& out) {
    int rank = 0;
    MPI_Comm_rank(comm, &rank);
    set_log_name("neuron", rank);
    Timer timer;
    const Json config = Json::load(file);
    Unsupported unsupported;
    unsupported.keys(config,
                     {"version", "manifest", "network", "target_simulator", "node_sets_file", "node_set", "run",
                      "output", "conditions", "inputs", "reports", "metadata"},
                     "the simulation");
    const Json run = config["run"];
    unsupported.keys(run, {"tstop", "dt", "random_seed", "spike_threshold", "integration_method"}, "run");
    if (run.has("integration_method") && run["integration_method"].text() != "euler" &&
        run["integration_method"].text() != "0")
        unsupported.add(run["integration_method"], "integration_method '" + run["integration_method"].text() + "'",
                        "euler");

    Parameters p = default_parameters();
    const double tstop = run["tstop"].number();
    p.dt = run["dt"].number();
    if (!(p.dt > 0)) throw run["dt"].error("the time step must be positive", "");
    p.network.spike_threshold = run.number("spike_threshold", -30);
    if (config.has("conditions")) {
        const Json conditions = config["conditions"];
        unsupported.keys(conditions, {"celsius", "v_init", "spike_location"}, "conditions");
        if (conditions.text("spike_location", "soma") != "soma")
            unsupported.add(conditions["spike_location"],
                            "spike_location '" + conditions["spike_location"].text() + "'", "soma");
        p.celsius = conditions.number("celsius", 34);
        p.neuron.v_init = conditions.number("v_init", -70);
    }

    const auto circuit =
        CircuitConfig::load(config.has("network") ? Manifest(config).path(config["network"])
                                                  : config.file().parent_path() / "circuit_config.json");
    Inputs inputs;
    if (config.has("inputs"))
        for (const auto& name : config["inputs"].keys())
            read_input(config["inputs"][name], name, circuit, config, inputs, unsupported);
    RecorderOptions options;
    options.cell_means = options.fields = false;
    if (config.has("reports"))
        for (const auto& name : config["reports"].keys())
            if (config["reports"][name].flag("enabled", true))
                options.reports.push_back(read_report(config["reports"][name], name, tstop, unsupported));
    if (config.has("output")) {
        unsupported.keys(config["output"],
                         {"output_dir", "spikes_file", "spikes_sort_order", "log_file", "overwrite_output_dir"},
                         "output");
        options.spikes_file = config["output"].text("spikes_file", "out.h5");
    } else {
        options.spikes_file = "out.h5";
    }
    unsupported.check();

    if (config.has("node_sets_file")) inputs.node_sets_file = Manifest(config).path(config["node_sets_file"]);
    inputs.node_set = config.text("node_set", "");
    Model model = build_model(comm, circuit, p, inputs, static_cast<std::uint64_t>(run.integer("random_seed", 0)));
    model.network->initialise();
    Recorder recorder(comm, out, circuit, model, options);
    StandaloneResult result;
    result.build_seconds = timer.seconds();
    timer.reset();
    const auto steps = static_cast<std::int64_t>(std::llround(tstop / p.dt));
    const int chunk = std::max(1, static_cast<int>(1 / p.dt));
    while (model.engine().steps() < steps) {
        recorder.record();
        model.network->step();
        if (model.engine().steps() % chunk != 0) continue;
        model.engine().check_ranges();
        recorder.record_spikes();
    }
    model.engine().check_ranges();
    recorder.close();
    std::int64_t totals[2] = {recorder.local_spikes(), 0};
    for (const auto& cell : model.cells) totals[1] += cell.cable->num_compartments();
    MPI_Allreduce(MPI_IN_PLACE, totals, 2, MPI_INT64_T, MPI_SUM, comm);
    result.spikes = totals[0];
    result.compartments = totals[1];
    result.simulated_ms = tstop;
    result.run_seconds = timer.seconds();
    return result;
}

}  // namespace ngv::neuron

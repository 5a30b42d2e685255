#include "solvers/neuron/sonata/report_request.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <sstream>

#include "ngv/error.hpp"

namespace ngv::neuron {

namespace {

std::int64_t to_steps(double t, double dt, const Json& at, const std::string& what) {
    const double steps = t / dt;
    if (std::abs(steps - std::round(steps)) > 1e-6 * std::max(1.0, steps))
        throw at.error(fmt::format("{} of {} ms is not a whole number of steps of {} ms", what, t, dt));
    return static_cast<std::int64_t>(std::llround(steps));
}

}  // namespace

std::vector<std::string> ReportRequest::variables() const {
    std::string clean = variable;
    std::replace(clean.begin(), clean.end(), ',', ' ');
    std::istringstream in(clean);
    std::vector<std::string> result;
    for (std::string word; in >> word;) result.push_back(word);
    return result;
}

ReportRequest read_report_request(const SimulationConfig& config, const NamedBlock& named) {
    const auto& [name, block] = named;
    check_keys(block,
               {"cells", "sections", "type", "scaling", "compartments", "variable_name", "unit", "dt", "start_time",
                "end_time", "file_name", "enabled", "compartment_set", "module", "transform", "cell_types",
                "electrode_positions", "contributions_dir", "electrode_channels"},
               "report '" + name + "'");
    ReportRequest r{.name = name,
                    .file = block.text("file_name", name),
                    .variable = block.text("variable_name", "v"),
                    .type = block.text("type", "compartment"),
                    .to_the_end = !block.has("end_time"),
                    .block = block};
    if (block.has("module")) {
        const std::string module = block["module"].text();
        if (module != "membrane_report" && module != "multimeter_report")
            throw block["module"].error("report '" + name + "' has the module '" + module + "', which is not supported",
                                        "expected membrane_report");
        if (block.has("transform")) throw block["transform"].error("a transform of a report is not supported");
    }
    const std::vector<std::string> types{"compartment", "summation", "synapse", "lfp", "compartment_set"};
    if (std::find(types.begin(), types.end(), r.type) == types.end())
        throw block["type"].error("unknown type '" + r.type + "'", did_you_mean(r.type, types));
    if (r.file.ends_with(".h5")) r.file.resize(r.file.size() - 3);
    r.sections = block.text("sections", "soma");
    const std::vector<std::string> sections{"soma", "axon", "dend", "apic", "all"};
    if (std::find(sections.begin(), sections.end(), r.sections) == sections.end())
        throw block["sections"].error("unknown sections '" + r.sections + "'", did_you_mean(r.sections, sections));
    const std::string compartments = block.text("compartments", r.sections == "soma" ? "center" : "all");
    if (compartments != "center" && compartments != "all")
        throw block["compartments"].error("'" + compartments + "', expected center or all");
    r.center = compartments == "center";
    const std::string scaling = block.text("scaling", "area");
    if (scaling != "none" && scaling != "area")
        throw block["scaling"].error("'" + scaling + "', expected none or area");
    r.by_area = scaling == "area";
    r.dt = block.number("dt", config.dt);
    if (!(r.dt >= config.dt * (1 - 1e-9)))
        throw block["dt"].error(fmt::format("dt of {} ms is below the step of {} ms", r.dt, config.dt));
    r.start = block.number("start_time", 0);
    r.every_steps = to_steps(r.dt, config.dt, block, "dt");
    r.first_step = to_steps(r.start, config.dt, block, "start_time");
    r.end = std::min(block.number("end_time", config.tstop), config.tstop);
    r.cells = block.text("cells", config.node_set);
    r.compartment_set = block.text("compartment_set", "");
    if (r.type == "compartment_set" && r.compartment_set.empty())
        throw block.error("report '" + name + "' needs a compartment_set");
    return r;
}

}  // namespace ngv::neuron

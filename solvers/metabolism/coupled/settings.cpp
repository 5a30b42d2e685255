#include "solvers/metabolism/coupled/settings.hpp"

#include <algorithm>

#include "coupler/config/units.hpp"

namespace ngv::metabolism {

namespace {

template <class T>
const T& entry(const Named<T>& list, const std::string& name, const Config& config, const char* kind) {
    std::vector<std::string> names;
    for (const auto& [known, value] : list) {
        if (known == name) return value;
        names.push_back(known);
    }
    throw config.error(name, std::string("the model has no ") + kind + " of this name", did_you_mean(name, names));
}

}  // namespace

std::map<std::string, double> read_parameters(const Config& parameters, const ModelFile& model) {
    std::map<std::string, double> values;
    for (const auto& name : parameters.keys()) {
        const auto& parameter = entry(model.parameters, name, parameters, "parameter");
        try {
            values[name] = parse_quantity(parameters.text(name), parameter.unit);
        } catch (const UserError& error) {
            throw parameters.error(name, error.what());
        }
    }
    return values;
}

std::map<std::string, std::pair<double, double>> read_ranges(const Config& ranges, const ModelFile& model) {
    std::map<std::string, std::pair<double, double>> result;
    for (const auto& name : ranges.keys()) {
        const auto& state = entry(model.states, name, ranges, "state");
        const Config range = ranges[name];
        const auto bound = [&](const char* key, std::optional<double> of_model, double none) {
            return range.is_set(key) ? range.quantity(key, "1") : of_model.value_or(none);
        };
        result[name] = {bound("min", state.min, -1e300), bound("max", state.max, 1e300)};
    }
    return result;
}

Settings read_settings(const Config& config) {
    Settings s;
    s.model = ModelFile::shipped_or_file(config.text("model"), config.file().parent_path());
    s.options.variant = "coupled";
    s.model.variant(s.options.variant);
    s.options.parameters = read_parameters(config["parameters"], s.model);
    s.cells.rtol = config.quantity("rtol", "1");
    s.cells.ranges = read_ranges(config["ranges"], s.model);
    s.equilibrate_s = to_ms(config.ticks("equilibrate")) * 1e-3;
    if (config.has("ATP_use_rest")) s.ATP_use_rest = config.quantity("ATP_use_rest", "mM/s");
    s.cell_volume_um3 = config.quantity("cell_volume", "um3");
    s.reports = config.texts("reports");
    s.report_every = config.ticks("report_every");
    if (s.report_every <= 0) throw config.error("report_every", "must be longer than 0");
    return s;
}

}  // namespace ngv::metabolism

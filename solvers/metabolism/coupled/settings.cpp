#include "solvers/metabolism/coupled/settings.hpp"

#include <algorithm>
#include <sstream>

#include "coupler/config/units.hpp"
#include "solvers/common/log.hpp"
#include "solvers/metabolism/sbml/model.hpp"

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

namespace {

std::map<std::string, Range> read_ranges(const Config& ranges, const ModelFile& model) {
    std::map<std::string, Range> result;
    for (const auto& name : ranges.keys()) {
        const auto& state = entry(model.states, name, ranges, "state");
        const Config range = ranges[name];
        const auto bound = [&](const char* key, std::optional<double> of_model, double none) {
            return range.is_set(key) ? range.quantity(key, "1") : of_model.value_or(none);
        };
        result[name] = {bound("min", state.min, -1e300), bound("max", state.max, 1e300),
                        range.text("response") == "warn"};
    }
    return result;
}

/// "rodas4 1e-2": method and factor of rtol.
Attempt read_attempt(const Config& failures, const std::string& text) {
    std::istringstream words(text);
    Attempt attempt;
    std::string rest;
    words >> attempt.method;
    const auto known = integrator_names();
    if (std::find(known.begin(), known.end(), attempt.method) == known.end())
        throw failures.error("retry", "no method '" + attempt.method + "'", did_you_mean(attempt.method, known));
    if (!words.eof() && !(words >> attempt.rtol_factor))
        throw failures.error("retry", "'" + text + "' is not a method and a factor of rtol", "write: rodas4 1e-2");
    if (words >> rest || attempt.rtol_factor <= 0)
        throw failures.error("retry", "'" + text + "' is not a method and a positive factor", "write: rodas4 1e-2");
    return attempt;
}

}  // namespace

CellOptions read_cell_options(const Config& config, const ModelFile& model) {
    CellOptions options;
    options.method = config.text("method");
    options.rtol = config.quantity("rtol", "1");
    options.ranges = read_ranges(config["ranges"], model);
    const Config failures = config["failures"];
    options.retries.clear();
    for (const auto& text : failures.texts("retry")) options.retries.push_back(read_attempt(failures, text));
    options.set_aside_share = failures.text("then") == "stop" ? 0 : failures.quantity("largest_share", "1");
    options.balance_above = config.quantity("balance_above", "1");
    return options;
}

void compile_if_worth(OdeSystem& system, const std::string& choice, double cell_seconds) {
    if (choice == "never") return;
    // Interpreting costs about 0.1 us an operation of eight cells' equations; compiling, about 1 ms an operation, once.
    constexpr double cell_seconds_per_compilation = 1000;
    if (choice == "auto" && cell_seconds < cell_seconds_per_compilation && !system.is_in_cache()) return;
    const auto report = system.compile();
    if (report.compiled > 0)
        log_info("equations compiled in {:.1f} s, kept in {}", report.seconds, report.file.string());
}

Settings read_settings(const Config& config) {
    Settings s;
    if (is_sbml(config.text("model")))
        throw config.error("model", "is an SBML file, which does not say how exchanged fields meet its equations",
                           "give a model file with a section 'coupling'; alone, SBML runs in a study or by ngv sbml run");
    s.model = ModelFile::shipped_or_file(config.text("model"), config.file().parent_path());
    s.options.variant = config.has("variant") ? config.text("variant") : s.model.coupling.variant;
    s.model.variant(s.options.variant);
    s.options.parameters = read_parameters(config["parameters"], s.model);
    s.cells = read_cell_options(config, s.model);
    s.compile = config.text("compile");
    s.layer_attribute = config.text("layer_attribute");
    s.equilibrate_s = to_ms(config.ticks("equilibrate")) * 1e-3;
    if (config.has("ATP_use_rest")) s.ATP_use_rest = config.quantity("ATP_use_rest", "mM/s");
    s.cell_volume_um3 = config.quantity("cell_volume", "um3");
    s.reports = config.texts("reports");
    s.report_every = config.ticks("report_every");
    if (s.report_every <= 0) throw config.error("report_every", "must be longer than 0");
    return s;
}

}  // namespace ngv::metabolism

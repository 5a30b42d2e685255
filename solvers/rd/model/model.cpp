#include "solvers/rd/model/model.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "solvers/rd/model/reading.hpp"

namespace ngv::rd {

int Model::index_of(const std::string& name, const std::string& where) const {
    std::vector<std::string> names;
    for (const auto& s : species) names.push_back(s.name);
    const auto found = std::find(names.begin(), names.end(), name);
    if (found == names.end())
        throw UserError(
            Problem{where, fmt::format("species '{}' is not in the model", name), did_you_mean(name, names)});
    return static_cast<int>(found - names.begin());
}

RegionId Model::region(const std::string& name, const std::string& where) const {
    std::vector<std::string> names;
    for (const auto& c : compartments) names.push_back(c.name);
    for (const auto& p : patches) names.push_back(p.name);
    const auto found = std::find(names.begin(), names.end(), name);
    if (found == names.end())
        throw UserError(
            Problem{where, fmt::format("'{}' is neither a compartment nor a patch", name), did_you_mean(name, names)});
    const auto i = static_cast<int>(found - names.begin()), volumes = static_cast<int>(compartments.size());
    return i < volumes ? RegionId{false, i} : RegionId{true, i - volumes};
}

void Model::set_constant(const std::string& name, const std::string& value, const std::string& where) {
    std::vector<std::string> names;
    for (const auto& c : constants) names.push_back(c.name);
    const auto found = std::find(names.begin(), names.end(), name);
    if (found == names.end())
        throw UserError(Problem{where, fmt::format("'{}' is not a constant", name), did_you_mean(name, names)});
    Constant& constant = constants[found - names.begin()];
    constant.value = Reading::quantity(value, constant.unit, where);
    if (!(constant.value >= 0)) throw UserError(Problem{where, fmt::format("'{}' is negative", value), ""});
    for (auto& r : reactions)
        if (r.constant == found - names.begin())
            r.rate =
                r.factor * Reading::quantity(fmt::format("{:.17g} {}", constant.value, constant.unit), r.unit, where);
}

bool Model::has_stochastic() const {
    return std::any_of(species.begin(), species.end(), [](const auto& s) { return s.engine == Engine::stochastic; });
}

bool Model::has_deterministic() const {
    return std::any_of(species.begin(), species.end(), [](const auto& s) { return s.engine == Engine::deterministic; });
}

static void read_sbml_files(const Config& config, Reading& reading) {
    for (const auto& at : config.list("sbml")) {
        std::map<std::string, std::string> names;
        const Config map = at["compartments"];
        for (const auto& name : map.keys()) names[name] = map.text(name);
        reading.attempt([&] { read_sbml(at.path("file").string(), names, at.where(), reading); });
    }
}

Model model_from(const Config& config) {
    std::vector<Problem> problems;
    Model model = model_from(config, problems);
    if (!problems.empty()) throw UserError(std::move(problems));
    return model;
}

Model model_from(const Config& config, std::vector<Problem>& problems) {
    const auto before = problems.size();
    Model model;
    Reading reading{model, problems};
    model.volume_fraction = config.quantity("volume_fraction", "1");
    model.tortuosity = config.quantity("tortuosity", "1");
    model.step = config.ticks("step");
    model.scheme = config.text("time_scheme") == "euler" ? TimeScheme::euler : TimeScheme::second_order;
    model.correct_faces = config.flag("correct_faces");
    model.tolerance = config.quantity("solver_tolerance", "1");
    model.error_bound = config.quantity("error_bound", "1");
    model.temperature = config.quantity("temperature", "K");
    model.leap_error = config.quantity("leap_error", "1");
    model.seed = static_cast<std::uint64_t>(config.integer("seed"));
    if (model.step <= 0) reading.problem(config.where("step"), "the step must be positive", "e.g. 0.5 ms");
    if (!(model.volume_fraction > 0))
        reading.problem(config.where("volume_fraction"), "must be above 0", "cortex: 0.2");

    read_species(config, reading);
    read_regions(config, reading);
    if (model.compartments.empty()) return model;  // everything below refers to them
    for (const auto part : {read_rates, read_sbml_files, read_reactions, read_contents})
        reading.attempt([&] { part(config, reading); });
    if (model.species.empty())
        reading.problem(config.where("species"), "no species is present",
                        "list at least one under `species`, without `present: false`");
    check_places(reading);
    if (problems.size() == before) settle_species(reading);
    check_model(reading);
    if (problems.empty()) return model;
    for (auto& w : model.warnings) problems.push_back({w.where, "warning: " + w.what, w.fix});
    return model;
}

std::filesystem::path mesh_file_of(const Config& scenario) {
    const Config config = scenario["participants"]["rd"];
    return config.has("mesh") ? config.path("mesh") : scenario.path("circuit").parent_path() / "mesh.msh";
}

}  // namespace ngv::rd

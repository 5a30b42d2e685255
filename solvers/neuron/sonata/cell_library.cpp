#include "solvers/neuron/sonata/cell_library.hpp"

#include <fmt/format.h>

#include "ngv/error.hpp"
#include "solvers/neuron/cable/compartments.hpp"

namespace ngv::neuron {

namespace fs = std::filesystem;

CellLibrary::CellLibrary(const std::vector<fs::path>& files, std::optional<double> dL) : dL_(dL) {
    for (const auto& file : files) files_.push_back(Json::load(file));
}

namespace {

/// The file `name` in the folder of a component.
fs::path component_file(const SimulatedPopulation& p, const char* component, const std::string& name) {
    const fs::path file = p.entry.component(component) / name;
    if (!fs::is_regular_file(file))
        throw UserError(Problem{p.entry.where,
                                fmt::format("population '{}' names the model file '{}', which is not in {}",
                                            p.entry.name, name, file.parent_path().string()),
                                "check components." + std::string(component)});
    return file;
}

/// Allen's parameters of a NEURON point process; IntFire's times are in seconds there.
CellDescription point_cell(const std::string& mechanism, const fs::path& file) {
    const Json json = Json::load(file);
    CellDescription d;
    d.name = file.stem().string();
    d.where = json.where();
    d.point = mechanism;
    const bool seconds = json.text("type", "").starts_with("NEURON_IntFire");
    for (const auto& key : json.keys())
        if (key != "type") d.point_values[key] = json[key].number() * (seconds ? 1000 : 1);
    return d;
}

}  // namespace

namespace {

/// Cells of the circuits that this project's builder makes ("ngv:pyramidal", "ngv:interneuron"): cortical channels (Pospischil et al.
/// 2008) with the densities of coupled runs, and a leak; astrocytes ("ngv:astrocyte") have the calcium of coupled runs. Coupled runs
/// give these cells the full membrane of the tissue instead. rings: astrocytes of other circuits, as neurodamus has them.
constexpr const char* own_cells = R"(
neuron:
  mechanisms: {all: [pas, hh_cortical]}
  values:
    all: {Ra: 100, cm: 1, g_pas: 3e-5, e_pas: -70, ena: 50, ek: -90, vt_hh_cortical: -60}
    somatic: {gnabar_hh_cortical: 0.05, gkbar_hh_cortical: 0.01}
    axonal: {gnabar_hh_cortical: 0.1, gkbar_hh_cortical: 0.02}
    basal: {gnabar_hh_cortical: 0.008, gkbar_hh_cortical: 0.003}
    apical: {gnabar_hh_cortical: 0.008, gkbar_hh_cortical: 0.003}
astrocyte:
  mechanisms: {all: [glia_calcium]}
  values: {all: {Ra: 100, cm: 1, glui: 0, gluo: 0}}
rings:
  mechanisms: {all: [cadifus]}
  values: {all: {Ra: 100, cm: 1}}
)";

CellDescription own_cell(const char* key, const std::string& name) {
    return cell_description(Json::parse(own_cells, "built-in cells")[key], name);
}

}  // namespace

CellDescription CellLibrary::read(const SimulatedPopulation& p, const std::string& model, const std::string& dynamics,
                                  const std::string& processing) const {
    const auto colon = model.find(':');
    const std::string schema = colon == std::string::npos ? "" : model.substr(0, colon);
    const std::string name = colon == std::string::npos ? model : model.substr(colon + 1);
    if (schema == "nrn") {
        if (!dynamics.empty()) return point_cell(name, component_file(p, "point_neuron_models_dir", dynamics));
        CellDescription d;
        d.name = d.point = name;
        d.where = p.entry.where;
        return d;
    }
    CellDescription allen;
    if (schema == "nml" || name.ends_with(".nml")) {
        allen = read_neuroml_biophysics(component_file(p, "biophysical_neuron_models_dir", name));
    } else if (schema == "ctdb" || dynamics.ends_with("_fit.json")) {
        allen = read_allen_fit(component_file(p, "biophysical_neuron_models_dir", dynamics),
                               processing == "aibs_allactive");
    } else {
        const std::string stem = name.ends_with(".hoc") ? name.substr(0, name.size() - 4) : name;
        const auto folder = p.entry.components.find("biophysical_neuron_models_dir");
        const fs::path base = folder == p.entry.components.end() ? fs::path() : folder->second;
        for (const auto& file : files_) {
            if (file.has(stem)) return cell_description(file[stem], stem);
            for (const auto& key : file.keys())
                if (key.starts_with(stem + " @ "))
                    return emodel_of(file, stem, fs::weakly_canonical(base / (stem + ".hoc")));
        }
        const bool astrocyte = p.entry.type == "astrocyte";
        if (schema == "ngv") return own_cell(astrocyte ? "astrocyte" : "neuron", name);
        for (const char* ending : {".yaml", ".json"})
            if (const fs::path file = base / (stem + ending); !base.empty() && fs::is_regular_file(file)) {
                const auto cells = read_cell_descriptions(file);
                if (const auto it = cells.find(stem); it != cells.end()) return it->second;
                throw UserError(Problem{file.string(), "the file does not describe '" + stem + "'", ""});
            }
        if (astrocyte) return own_cell("rings", name);  // templates of astrocytes declare nothing
        if (const fs::path file = base / (stem + ".hoc"); !base.empty() && fs::is_regular_file(file))
            return read_hoc_template(file);
        throw UserError(Problem{
            p.entry.where,
            fmt::format("the cell model '{}' of population '{}' was not found in {}", model, p.entry.name,
                        base.empty() ? "any folder" : base.string()),
            fmt::format("expected {0}.yaml, {0}.json or {0}.hoc there, or a file given by --cells that describes it",
                        stem)});
    }
    if (dL_) allen.nseg = NsegRule::by_length(2 * *dL_);
    return allen;
}

const CellDescription* CellLibrary::find(const SimulatedPopulation& p, const std::string& model,
                                         const std::string& dynamics, const std::string& processing) {
    const auto folder = p.entry.components.find("biophysical_neuron_models_dir");
    const std::string key = fmt::format(
        "{}|{}|{}|{}", folder == p.entry.components.end() ? "" : folder->second.string(), model, dynamics, processing);
    auto& slot = descriptions_[key];
    if (!slot) slot = std::make_unique<CellDescription>(read(p, model, dynamics, processing));
    return slot.get();
}

std::vector<CellType> CellLibrary::types(const SimulatedPopulation& p, const std::vector<std::int64_t>& ids) {
    if (ids.empty()) return {};
    const auto models = p.nodes.texts("model_template", ids, {});
    const auto optional = [&](const char* name) {
        return p.nodes.has(name) ? p.nodes.texts(name, ids, std::string()) : std::vector<std::string>(ids.size());
    };
    std::vector<std::string> dynamics(ids.size());
    if (p.nodes.has("dynamics_params") && p.nodes.is_text("dynamics_params"))
        dynamics = p.nodes.texts("dynamics_params", ids, std::string());
    const auto processing = optional("model_processing");
    std::vector<CellType> result(ids.size());
    std::map<std::string, std::vector<double>> attributes;
    std::vector<std::size_t> with_morphology;
    for (std::size_t i = 0; i < ids.size(); ++i) {
        result[i].description = find(p, models[i], dynamics[i], processing[i]);
        if (!result[i].description->point.empty()) continue;
        with_morphology.push_back(i);
        for (const auto& a : result[i].description->attributes) {
            const std::string column = "dynamics_params/" + a;
            if (!attributes.contains(a) && p.nodes.has(column)) attributes[a] = p.nodes.numbers(column, ids, {});
            if (attributes.contains(a)) result[i].attributes[a] = attributes[a][i];
        }
    }
    if (with_morphology.empty()) return result;
    std::vector<std::int64_t> cells;
    for (auto i : with_morphology) cells.push_back(ids[i]);
    const auto names = p.nodes.texts(p.nodes.has("morphology") ? "morphology" : "morphology_file", cells, {});
    std::map<std::string, fs::path> files;
    for (std::size_t k = 0; k < cells.size(); ++k) {
        auto& file = files[names[k]];
        if (file.empty()) file = p.entry.morphology_file(names[k]);
        result[with_morphology[k]].morphology = file;
    }
    return result;
}

std::shared_ptr<const Blueprint> CellLibrary::blueprint(const CellType& type) {
    auto& slot = blueprints_[type.key()];
    if (slot) return slot;
    Blueprint built = build_cell(*type.description, read_morphology(type.morphology), type.attributes);
    if (!with_axes_) built.pieces = {};
    slot = std::make_shared<const Blueprint>(std::move(built));
    return slot;
}

const std::vector<double>& CellLibrary::arc_lengths(const CellType& type, int section) {
    auto& sections = arcs_[type.morphology];
    if (sections.empty())
        for (const auto& s : read_morphology(type.morphology).sections)
            sections.push_back(ngv::neuron::arc_lengths(s.points));
    return sections.at(static_cast<std::size_t>(section));
}

}  // namespace ngv::neuron

// Cell models by what the nodes file says, and blueprints shared by nodes that are alike.
//
//     model_template "hoc:cADpyr"       cADpyr.yaml, .json or .hoc in biophysical_neuron_models_dir, or an entry of the files given by the user
//     "nrn:IntFire1" + dynamics_params  the point process with the parameters of a JSON file in point_neuron_models_dir
//     "ctdb:Biophys1.hoc" + dynamics_params "123_fit.json", or "nml:Cell_123.cell.nml"    Allen's cells
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "solvers/neuron/cells/cell_description.hpp"
#include "solvers/neuron/sonata/nodes_of_simulation.hpp"

namespace ngv::neuron {

/// What tells cells apart before they are built.
struct CellType {
    const CellDescription* description = nullptr;
    std::filesystem::path morphology = {};  ///< empty for point cells
    std::map<std::string, double> attributes = {};
    auto key() const { return std::tuple(description, morphology, attributes); }
};

class CellLibrary {
  public:
    /// `files`: cell descriptions given by the user, searched first. `dL`: longest compartment of Allen's cells, um.
    explicit CellLibrary(const std::vector<std::filesystem::path>& files, std::optional<double> dL = {});

    /// The types of some nodes of a population, in their order.
    std::vector<CellType> types(const SimulatedPopulation& population, const std::vector<std::int64_t>& node_ids);
    /// Built once a type. Not for point cells.
    std::shared_ptr<const Blueprint> blueprint(const CellType& type);
    /// Blueprints without the axes of their compartments (Blueprint::pieces): for runs without an electric field.
    void without_axes() { with_axes_ = false; }
    /// What was built is not needed any more.
    void forget() {
        blueprints_.clear();
        arcs_.clear();
    }
    /// Arc lengths (um) of the points of a section of the morphology file: where a segment begins.
    const std::vector<double>& arc_lengths(const CellType& type, int section);

  private:
    const CellDescription* find(const SimulatedPopulation& population, const std::string& model,
                                const std::string& dynamics, const std::string& processing);
    CellDescription read(const SimulatedPopulation& population, const std::string& model, const std::string& dynamics,
                         const std::string& processing) const;

    std::vector<Json> files_;
    std::optional<double> dL_;
    bool with_axes_ = true;
    std::map<std::string, std::unique_ptr<CellDescription>> descriptions_;
    std::map<std::tuple<const CellDescription*, std::filesystem::path, std::map<std::string, double>>,
             std::shared_ptr<const Blueprint>>
        blueprints_;
    std::map<std::filesystem::path, std::vector<std::vector<double>>> arcs_;
};

}  // namespace ngv::neuron

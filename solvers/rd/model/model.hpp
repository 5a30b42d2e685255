// What is simulated: species, the regions that hold them, reactions, and the tissue's own removal of species.
//
//     Model model = model_from(scenario["participants"]["rd"]);       // defaults come from configs/schema.yaml
//     model.species[0].name == "K"
//     for (const auto& problem : model.warnings) log_warning("{}", problem.text());
//
// A model without `compartments` is tissue: one compartment, of which the extracellular share is alpha, and obstacles
// slow diffusion down by lambda^2 (Nicholson & Phillips 1981; alpha 0.2 and lambda 1.6: Sykova & Nicholson, Physiol Rev
// 88, 2008). A model with compartments has the species that it lists and no others.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "coupler/config/config.hpp"
#include "solvers/rd/model/reaction.hpp"
#include "solvers/rd/model/regions.hpp"
#include "solvers/rd/model/species.hpp"

namespace ngv::rd {

inline constexpr double avogadro = 6.02214076e23;
/// Molecules in 1 um3 at 1 mM.
inline constexpr double molecules_per_mM_um3 = avogadro * 1e-18;

enum class TimeScheme { second_order, euler };

/// How much of a species a region starts with.
struct Content {
    enum class Measure { concentration, density, molecules };
    int species = 0;
    RegionId region = {};
    double value = 0.0;  ///< mM; or molecules per um2; or molecules in the whole region, spread by size
    Measure measure = Measure::concentration;
    std::string where = {};
};

/// A species held at its number in (a part of) a region.
struct Clamp {
    int species = 0;
    RegionId region = {};
    Zone zone = {};
    double value = -1.0;  ///< mM or 1/um2; negative: whatever is there at the start
    std::string where = {};
};

/// What changes while a run goes on.
struct Change {
    Tick at = 0;
    std::vector<std::pair<std::string, std::string>> constants = {};  ///< name, new value with its unit
    std::vector<int> open = {}, close = {};                           ///< diffusion boundaries
    std::string where = {};
};

struct Model {
    std::vector<Species> species = {};
    double volume_fraction = 0.2;  ///< of tissue; of the first compartment when there are several
    double tortuosity = 1.6;
    Tick step = 500'000;
    TimeScheme scheme = TimeScheme::second_order;
    bool correct_faces = true;  ///< the non-orthogonality correction (diffusion/finite_volumes.hpp)
    double error_bound =
        0.0;  ///< largest error of a step, relative to a species' largest value; 0: steps of fixed length
    double tolerance = 1e-9;  ///< largest residual of the linear solves, relative to a species' largest concentration

    std::vector<Compartment> compartments = {};  ///< empty only in a Model made by hand: then one of tissue is meant
    std::vector<Patch> patches = {};
    std::vector<Membrane> membranes = {};
    std::vector<DiffusionBoundary> boundaries = {};
    std::vector<Reaction> reactions = {};
    std::vector<Constant> constants = {};
    std::vector<VoltageFunction> functions = {};
    std::vector<OhmicCurrent> ohmic_currents = {};
    std::vector<GhkCurrent> ghk_currents = {};
    std::vector<Content> contents = {};
    std::vector<Clamp> clamps = {};
    std::vector<Change> changes = {};
    double temperature = 310.15;  ///< K
    std::uint64_t seed = 1;
    double leap_error = 0.0;  ///< of tau-leaping; 0: every reaction on its own
    std::vector<Problem> warnings = {};

    int num_species() const { return static_cast<int>(species.size()); }
    bool has_stochastic() const;
    bool has_deterministic() const;
    /// Index of a species; UserError with the nearest name.
    int index_of(const std::string& name, const std::string& where) const;
    /// A compartment or patch by name; UserError with the nearest name.
    RegionId region(const std::string& name, const std::string& where) const;
    /// Changes a constant ("3 1/(uM s)") and every rate made of it. UserError for an unknown name or a wrong unit.
    void set_constant(const std::string& name, const std::string& value, const std::string& where);
};

/// From a mapping with the keys of the scenario's `participants.rd`. Throws one UserError with every problem.
Model model_from(const Config& config);
/// The same, but collects the problems. With any, the model is good for nothing but to look up its names and to compare its
/// regions with the mesh: what was not understood has index -1.
Model model_from(const Config& config, std::vector<Problem>& problems);

/// The mesh of a scenario: what it names, or mesh.msh in the folder of the circuit.
std::filesystem::path mesh_file_of(const Config& scenario);

}  // namespace ngv::rd

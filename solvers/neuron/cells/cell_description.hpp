// What a cell model says, whatever file it comes from: mechanisms by section list, values, distributions over distance, how the
// sections are cut, what happens to the axon; or the point process that is the whole cell.
//
//     auto cells = read_cell_descriptions("cells.yaml");
//     Blueprint b = build_cell(cells.at("pyramid"), morphology, {{"AIS_scaler", 1.2}});
//
//     # cells.yaml
//     pyramid:
//       nseg: {max_length: 40}                         # um; or {dL: 20}, {d_lambda: 0.1, frequency: 100}, {number: 1}
//       axon: {rule: taper, strength: 1, decay: 10, terminal_diameter: 0.4, myelin: true}
//       mechanisms: {all: [pas], somatic: [NaTg], apical: [Ih]}
//       values:
//         all: {Ra: 100, g_pas: 3e-5, e_pas: -75}
//         somatic: {ena: 50, gNaTgbar_NaTg: 0.02}
//       distance_from: 0.5                             # place on the soma
//       distributions:
//         - {sections: apical, variable: gIhbar_Ih, value: "(-0.87 + 2.09*exp(distance*0.0031))*8e-5"}
//       tables: {cal: {table_tau: {points: [-80, 0], values: [20, 1]}}}    # FUNCTION_TABLE (function_tables.hpp), for the whole run
//     lif:
//       point: IntFire1
//       values: {tau: 24, refrac: 3}
//
// Section lists: all, somatic, axonal, basal, apical, myelinated. Values as in NEURON: Ra (Ohm cm), cm (uF/cm2), var_MECH, and ions'
// ena (mV), nai, nao (mM).
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "solvers/common/json.hpp"
#include "solvers/common/morphology.hpp"
#include "solvers/neuron/cells/axon_rule.hpp"
#include "solvers/neuron/cells/function_tables.hpp"

namespace ngv::neuron {

struct CellDescription {
    std::string name;
    std::string where;  ///< file:line

    // a cell that is one point process
    std::string point;  ///< mechanism; empty: a cell with a morphology
    std::map<std::string, double> point_values = {};

    // a cell with a morphology
    NsegRule nseg = {};
    std::map<std::string, NsegRule> nseg_of_list = {};  ///< section lists with another rule
    bool nseg_after_axon = false;                       ///< Allen: stubs are cut by the rule too
    AxonRule axon = {};
    std::vector<std::string> attributes = {};  ///< of the node that the model needs, e.g. AIS_scaler
    struct Insert {
        std::string list;
        std::vector<std::string> mechanisms;
    };
    std::vector<Insert> mechanisms = {};
    struct Value {
        std::string list, variable;
        double value;
    };
    std::vector<Value> values = {};      ///< in order: later ones win
    double distance_from = 0.5;          ///< place on the soma
    std::optional<double> celsius = {};  ///< that the model was made for; a run at another temperature is warned
    struct Distribution {
        std::string list, variable;
        std::string value;  ///< expression of `distance`, um
        int digits = 17;    ///< significant digits of the distance (6: the %g of BBP's v5 templates)
    };
    std::vector<Distribution> distributions = {};
    std::vector<FunctionTable> tables = {};  ///< of mechanisms, which all cells share
};

using CellDescriptions = std::map<std::string, CellDescription>;

/// A YAML or JSON file of cells by name, as above. UserError with file:line and the nearest name for what is not known.
CellDescriptions read_cell_descriptions(const std::filesystem::path& file);
CellDescriptions cell_descriptions(const Json& cells);
/// One of them.
CellDescription cell_description(const Json& cell, const std::string& name);

/// JSON made from BBP templates: {"name @ path of the template": {inserted, params, distributions, ...}}. `path` tells cells of
/// the same name apart: the entry whose path it ends with, else any of that name.
CellDescription emodel_of(const Json& emodels, const std::string& name, const std::filesystem::path& path = {});

/// The declarative part of a BBP template (.hoc): insertChannel, biophys, distribute_distance, the axon rule, nseg. Nothing is
/// executed; a statement outside of what such templates declare is a UserError with file:line.
CellDescription read_hoc_template(const std::filesystem::path& file);
CellDescription parse_hoc_template(const std::string& text, const std::string& name);

/// Allen's *_fit.json (passive, genome, conditions). `all_active`: axon stubs as in the all-active models.
CellDescription read_allen_fit(const std::filesystem::path& file, bool all_active = false);

/// Biophysics of a NeuroML cell as the Allen Institute exports it: channelDensity, channelDensityNernst, specificCapacitance,
/// resistivity, species with its concentrationModel.
CellDescription read_neuroml_biophysics(const std::filesystem::path& file);

/// Nodes and mechanisms of a cell. `attributes`: of the node, as the description needs them.
Blueprint build_cell(const CellDescription& description, const Morphology& morphology,
                     const std::map<std::string, double>& attributes = {});

/// Names of section lists.
const std::vector<std::string>& section_list_names();
bool in_section_list(const std::string& list, int section_type);

/// "gIhbar_Ih" -> mechanism Ih, variable gIhbar; "ena" -> ion na, variable e; "cm" -> neither.
struct VariableName {
    std::string mechanism, ion, variable;
};
VariableName resolve_variable(const std::string& name, const std::vector<std::string>& mechanisms);

}  // namespace ngv::neuron

#include "tools/ngv/inputs.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <optional>
#include <set>

#include "coupler/config/attempt.hpp"
#include "coupler/config/config.hpp"
#include "solvers/common/circuit.hpp"
#include "solvers/common/edges.hpp"
#include "solvers/common/nodes.hpp"
#include "solvers/rd/mesh/local_mesh.hpp"
#include "solvers/rd/mesh/msh_reader.hpp"
#include "solvers/rd/model/model.hpp"

namespace ngv {

namespace {

/// What the solvers of this project exchange, by participant. The rd-solver's fields are those of its species.
const std::map<std::string, std::vector<std::string>> fields_of{
    {"neuron",
     {"K_o",
      "Na_o",
      "Ca_o",
      "K_tissue",
      "Na_tissue",
      "Ca_tissue",
      "ATP",
      "ADP",
      "glutamate",
      "GABA",
      "glutamate_o",
      "i_Na",
      "i_K",
      "Na_i",
      "K_o_mean",
      "metabolism_failed",
      "V",
      "Na_segment",
      "K_segment",
      "Ca_segment",
      "glia_Ca",
      "pump_ATP",
      "astrocyte_Na",
      "astrocyte_K",
      "astrocyte_Ca",
      "astrocyte_V",
      "endfoot_radius"}},
    {"flow", {"endfoot_radius", "perfusion", "blood_volume_fraction", "glucose_consumed", "O2_consumed"}},
    {"metabolism",
     {"ATP", "ADP", "i_Na", "i_K", "Na_i", "K_o_mean", "perfusion", "blood_volume_fraction", "glucose_consumed",
      "O2_consumed", "metabolism_failed", "glutamate_cleft", "astrocyte_Na", "astrocyte_K", "astrocyte_Ca",
      "astrocyte_V"}}};

struct Box {
    std::array<double, 3> low{INFINITY, INFINITY, INFINITY}, high{-INFINITY, -INFINITY, -INFINITY};
    void add(const double* point) {
        for (std::size_t d = 0; d < 3; ++d) {
            low[d] = std::min(low[d], point[d]);
            high[d] = std::max(high[d], point[d]);
        }
    }
    bool contains(const double* point) const {
        for (std::size_t d = 0; d < 3; ++d)
            if (point[d] < low[d] || point[d] > high[d]) return false;
        return true;
    }
    std::string text() const {
        return fmt::format("({:.4g}, {:.4g}, {:.4g}) to ({:.4g}, {:.4g}, {:.4g}) um", low[0], low[1], low[2], high[0],
                           high[1], high[2]);
    }
};

class Check {
  public:
    explicit Check(const std::filesystem::path& file) : scenario_(Config::load(file, "scenario", problems_)) {}

    std::vector<Problem> run() {
        attempt([&] { append(check_links(scenario_)); });
        attempt([&] { circuit(); });
        attempt([&] { extracellular_space(); });
        attempt([&] { fields(); });
        return problems_;
    }

  private:
    bool takes_part(const std::string& name) const { return scenario_["participants"].is_set(name); }
    void append(const std::vector<Problem>& more) { problems_.insert(problems_.end(), more.begin(), more.end()); }

    template <class Step>
    void attempt(const Step& step) {
        ngv::attempt(problems_, step);
    }

    void circuit() {
        const bool needed =
            std::any_of(fields_of.begin(), fields_of.end(), [&](const auto& item) { return takes_part(item.first); });
        if (!scenario_.is_set("circuit")) {
            if (needed)
                problems_.push_back({scenario_.where(),
                                     "key 'circuit' is missing: the solvers read their cells and vessels from it",
                                     "circuit: path of circuit_config.json"});
            return;
        }
        const auto config = CircuitConfig::load(scenario_.path("circuit"));
        auto needs = [&](const char* participant, const char* type) {
            if (takes_part(participant) && config.nodes_of_type(type).empty()) {
                std::vector<std::string> found;
                for (const auto& population : config.nodes())
                    found.push_back(fmt::format("{} ({})", population.name, population.type));
                problems_.push_back({config.file().string(),
                                     fmt::format("has no population of type '{}', which {} needs", type, participant),
                                     fmt::format("populations there: {}", fmt::join(found, ", "))});
            }
        };
        needs("neuron", "biophysical");
        needs("metabolism", "biophysical");
        needs("flow", "vasculature");
        // A file that several populations share is named once.
        std::set<std::filesystem::path> damaged;
        for (const auto& entry : config.nodes())
            open(entry.file, damaged, [&] {
                const NodePopulation population(entry);
                if (entry.type == "biophysical" || entry.type == "astrocyte") somas(population);
            });
        for (const auto& entry : config.edges()) open(entry.file, damaged, [&] { EdgePopulation{entry}; });
    }

    template <class Open>
    void open(const std::filesystem::path& file, std::set<std::filesystem::path>& damaged, const Open& read) {
        if (damaged.contains(file)) return;
        if (!ngv::attempt(problems_, read)) damaged.insert(file);
    }

    void somas(const NodePopulation& population) {
        const std::array<std::vector<double>, 3> position{population.numbers("x"), population.numbers("y"),
                                                          population.numbers("z")};
        for (std::size_t i = 0; i < position[0].size(); ++i)
            somas_.insert(somas_.end(), {position[0][i], position[1][i], position[2][i]});
    }

    void extracellular_space() {
        if (!takes_part("rd")) return;
        const auto config = scenario_["participants"]["rd"];
        model_ = rd::model_from(config, problems_);
        const auto mesh = rd::read_msh(rd::mesh_file_of(scenario_), config.quantity("mesh_unit", "um"));
        rd::LocalMesh groups;  // the names alone
        for (const auto& g : mesh.groups) groups.groups.push_back({g.name, g.dimension});
        const auto need = [&](const std::string& name, int dimension, const std::string& where) {
            if (!name.empty()) attempt([&] { groups.group(name, dimension, where); });
        };
        for (const auto& c : model_->compartments) need(c.group, 3, c.where);
        for (const auto& p : model_->patches) need(p.group, 2, p.where);
        for (const auto& b : model_->boundaries) need(b.group, 2, b.where);
        Box box;
        for (std::size_t i = 0; i < mesh.points.size(); i += 3) box.add(&mesh.points[i]);
        Box cells;
        std::size_t outside = 0;
        for (std::size_t i = 0; i < somas_.size(); i += 3) {
            cells.add(&somas_[i]);
            outside += !box.contains(&somas_[i]);
        }
        if (outside > 0 && takes_part("neuron"))
            problems_.push_back(
                {config.where("mesh"),
                 fmt::format("the mesh does not cover the cells: {} of {} somas are outside; mesh {}, somas {}",
                             outside, somas_.size() / 3, box.text(), cells.text()),
                 "make a mesh of the whole tissue, in um"});
    }

    void fields() {
        auto known = fields_of;
        if (model_)
            for (const auto& species : model_->species)
                for (const auto& name : {species.pool, species.amount, species.state})
                    if (!name.empty()) known["rd"].push_back(name);
        for (const auto& link : scenario_.list("links"))
            for (const char* kind : {"state", "amount", "pool"}) {
                if (!link.is_set(kind)) continue;
                for (const char* end : {"from", "to", "keeper", "contributor"}) {
                    if (!link.is_set(end)) continue;
                    const auto participant = link.text(end).substr(0, link.text(end).find('.'));
                    const bool renamed = std::string_view(end) == "to" && link.is_set("as");
                    const auto field = link.text(renamed ? "as" : kind);
                    // A solver that is not one of ours says at the handshake what it has.
                    const bool ours =
                        takes_part(participant) && known.contains(participant) &&
                        scenario_["participants"][participant].text("executable") == participant + "-solver";
                    if (!ours || std::find(known[participant].begin(), known[participant].end(), field) !=
                                     known[participant].end())
                        continue;
                    problems_.push_back({link.where(kind), fmt::format("{} has no field '{}'", participant, field),
                                         did_you_mean(field, known[participant])});
                }
            }
    }

    std::vector<Problem> problems_;
    Config scenario_;
    std::vector<double> somas_;
    std::optional<rd::Model> model_;
};

}  // namespace

std::vector<Problem> check_scenario(const std::filesystem::path& scenario) {
    return Check(scenario).run();
}

}  // namespace ngv

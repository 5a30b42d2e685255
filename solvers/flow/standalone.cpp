#include "solvers/flow/standalone.hpp"

#include <fmt/format.h>

#include <cmath>
#include <fstream>
#include <optional>

#include "coupler/config/config.hpp"
#include "solvers/common/log.hpp"
#include "solvers/common/resources.hpp"
#include "solvers/common/rng.hpp"
#include "solvers/flow/model/carried_blood.hpp"
#include "solvers/flow/network/csv_table.hpp"
#include "solvers/flow/network/read_network.hpp"
#include "solvers/flow/options.hpp"
#include "solvers/flow/output/statistics.hpp"
#include "solvers/flow/output/vessel_output.hpp"
#include "solvers/flow/output/vtk.hpp"
#include "solvers/flow/regulation/ornstein_uhlenbeck.hpp"

namespace ngv::flow {

namespace {

SonataNetwork read(MPI_Comm comm, const Config& config) {
    std::vector<std::string> given;
    for (const char* key : {"circuit", "vtk", "sections"})
        if (config.is_set(key)) given.push_back(key);
    if (config.is_set("nodes") && config.is_set("edges")) given.push_back("nodes and edges");
    if (given.size() != 1)
        throw config.error("", given.empty() ? "names no network" : "names several networks",
                           "give one of circuit, nodes and edges, vtk, sections");
    if (given[0] == "circuit")
        return read_sonata(comm, config.path("circuit"), config.is_set("population") ? config.text("population") : "");
    if (given[0] == "vtk") return {"vasculature", read_vtk(comm, config.path("vtk"))};
    if (given[0] == "sections") return {"vasculature", read_sections(comm, config.path("sections"))};
    return {"vasculature", read_csv(comm, config.path("nodes"), config.path("edges"))};
}

// Flows from a column of the nodes' CSV; then the default rules by type would be a surprise.
void add_boundary_flows(const Config& config, FlowOptions& options) {
    if (!config.is_set("boundary_flows")) return;
    if (!config.is_set("nodes"))
        throw config.error("boundary_flows", "names a column of the nodes' CSV, but there is none",
                           "give nodes and edges");
    if (!config.is_set("boundaries")) options.boundary.by_type.clear();
    const CsvTable nodes(config.path("nodes"));
    const auto column = config.text("boundary_flows");
    for (std::size_t row = 0; row < nodes.rows(); ++row)
        if (const double flow = nodes.number(row, column); flow != 0)
            options.boundary.by_junction.try_emplace(
                nodes.has("node") ? nodes.integer(row, "node") : static_cast<std::int64_t>(row),
                BoundaryValue{Condition::flow, flow});
}

// The vessels of one entry of `dilate`, at their new radius; those of earlier entries keep theirs.
void dilate(const Config& change, const FlowModel& model, std::vector<double>& radius,
            std::vector<std::uint8_t>& covered) {
    const auto& v = model.graph().vessels();
    std::vector<bool> wanted(num_vessel_types, false);
    for (const auto& word : change.texts("types")) {
        if (types_named(word).empty())
            throw change.error("types", "'" + word + "' is not a type of vessel", did_you_mean(word, type_words()));
        for (const auto type : types_named(word)) wanted[static_cast<std::size_t>(type)] = true;
    }
    std::vector<double> middle;
    if (change.is_set("near")) middle = change.quantities("near", "um");
    if (!middle.empty() && (middle.size() != 3 || !change.is_set("within")))
        throw change.error("near", "does not describe a ball", "give x, y and z, and within");
    const double within = middle.empty() ? 0.0 : change.quantity("within", "um");
    for (std::size_t i = 0; i < v.size(); ++i) {
        if (!wanted[static_cast<std::size_t>(v.type[i])]) continue;
        double square = 0;
        for (std::size_t k = 0; k < middle.size(); ++k)
            square += std::pow(0.5 * (v.ends[6 * i + k] + v.ends[6 * i + 3 + k]) - middle[k], 2);
        if (square > within * within && !middle.empty()) continue;
        radius[i] = change.quantity("factor", "1") * v.radius[i];
        covered[i] = 1;
    }
}

// Radii that move by chance on the vessels that carry an endfoot.
class Noise {
  public:
    Noise(const Config& config, const FlowModel& model, double dt_s)
        : model_(model),
          seed_(static_cast<std::uint64_t>(config.integer("seed"))),
          threshold_(config["radius_noise"].quantity("threshold", "um")),
          capillary_(noise(config["radius_noise"], "capillary"), dt_s),
          artery_(noise(config["radius_noise"], "arterial"), dt_s) {
        const double coverage = config["radius_noise"].quantity("coverage", "1");
        constexpr auto feet = purpose("flow endfeet");
        for (const auto id : model.graph().vessels().id)
            covered_.push_back(Random(seed_, feet, id).uniform() < coverage);
        x_.assign(covered_.size(), 0.0), radius_.assign(covered_.size(), 0.0);
    }

    void step(FlowModel& model, std::int64_t number, bool moves) {
        const auto& v = model_.graph().vessels();
        for (std::size_t i = 0; i < x_.size(); ++i) {
            if (!covered_[i]) continue;
            const auto& process = v.radius[i] <= threshold_ ? capillary_ : artery_;
            x_[i] = process.next(x_[i], v.radius[i], seed_, v.id[i], number, moves);
            radius_[i] = v.radius[i] + x_[i];
        }
        model.set_endfoot_radius(radius_, covered_);
    }

  private:
    static RadiusNoise noise(const Config& config, const std::string& kind) {
        return {config.quantity(kind + "_ratio", "1"), config.quantity(kind + "_time", "s"),
                config.quantity("deviations", "1")};
    }
    const FlowModel& model_;
    std::uint64_t seed_;
    double threshold_;
    OrnsteinUhlenbeck capillary_, artery_;
    std::vector<std::uint8_t> covered_;
    std::vector<double> x_, radius_;
};

}  // namespace

void report_hematocrit(const FlowModel& model) {
    const auto& info = model.hematocrit_info();
    if (info.sweeps == 0) return;
    if (info.converged)
        log_info("hematocrit at steady state after {} sweeps; red cells balance to {:.1g}", info.sweeps,
                 info.imbalance);
    else
        log_warning(
            "no single steady state of the hematocrit was found in {} sweeps: near vessel {} it still changes by "
            "{:.2g} "
            "(blood: {{cells_travel: true}} follows it in time)",
            info.sweeps, info.vessel, info.change);
}

void run_standalone(MPI_Comm comm, const std::filesystem::path& file, const std::filesystem::path& out) {
    const Timer timer;
    const auto config = Config::load(file, "flow_standalone");
    auto options = options_from(config);
    add_boundary_flows(config, options);

    int rank = 0;
    MPI_Comm_rank(comm, &rank);
    set_log_name("flow", rank);
    auto [population, vessels] = read(comm, config);
    FlowModel model(comm, std::move(vessels), options);
    const double read_s = timer.seconds();
    const auto info = model.solve(0.0);
    const double solved_s = timer.seconds();
    const double step_s = config.quantity("step", "s");
    std::optional<CarriedBlood> carried;
    if (options.transport) carried.emplace(model, options);
    VesselOutput output(comm, out, population, model, carried ? &*carried : nullptr, 1e3 * step_s);
    output.write(0.0);
    std::vector<double> inflow{model.total_flow()};
    std::int64_t frame = 0;
    const auto next = [&] {
        ++frame;
        model.solve(1e3 * step_s * static_cast<double>(frame));
        if (carried) carried->step(step_s, {}, {});
        output.write(1e3 * step_s * static_cast<double>(frame));
        inflow.push_back(model.total_flow());
    };
    std::vector<double> radius(model.graph().num_vessels(), 0.0);
    std::vector<std::uint8_t> covered(radius.size(), 0);
    for (const auto& change : config.list("dilate")) {
        dilate(change, model, radius, covered);
        model.set_endfoot_radius(radius, covered);
        next();
    }
    if (const double duration_s = config.quantity("duration", "s"); duration_s > 0) {
        if (!config.is_set("radius_noise") && !options.walls.any() && !options.hematocrit.advected)
            throw config.error("duration", "asks for time to pass, but nothing changes in it",
                               "add radius_noise, walls or blood: {cells_travel: true}");
        std::optional<Noise> noise;
        if (config.is_set("radius_noise")) noise.emplace(config, model, step_s);
        const auto settings = config["radius_noise"];
        const double until_s = settings.has("until") ? settings.quantity("until", "s") : duration_s;
        for (std::int64_t n = 0; static_cast<double>(n + 1) * step_s <= duration_s * (1 + 1e-12); ++n) {
            if (noise) noise->step(model, n, static_cast<double>(n) * step_s < until_s);
            next();
        }
    }
    output.close();
    write_vtk(out / "vessels.vtk", model.graph(),
              {{"radius", model.radius()},
               {"flow", model.flow()},
               {"pressure_Pa", model.pressure()},
               {"hematocrit", model.hematocrit()}});
    write_statistics(out / "statistics.csv", model, options.boundary.axis);

    if (rank != 0) return;
    for (const auto& line : model.summary().lines()) log_info("{}", line);
    for (const auto& line : model.boundary().summary().lines()) log_info("{}", line);
    log_info("inflow {:.6g} um3/s, perfusion {:.4g} 1/s; flows balance to {:.1g}; results in {}", model.total_flow(),
             model.territories().mean_perfusion(), info.imbalance, out.string());
    report_hematocrit(model);
    std::string frames;
    for (const double q : inflow) frames += fmt::format("{}{:.17g}", frames.empty() ? "" : ", ", q);
    std::ofstream(out / "summary.json") << fmt::format(
        R"({{
  "inflow_of_frames_um3_per_s": [{}],
  "hematocrit_sweeps": {}, "hematocrit_change": {:.3g},
  "vessels": {}, "junctions": {}, "components": {}, "loops": {},
  "vessels_without_boundary_condition": {},
  "inflow_um3_per_s": {:.17g}, "perfusion_per_s": {:.17g}, "tissue_volume_um3": {:.17g},
  "flow_imbalance": {:.3g}, "linear_solves": {}, "iterations": {},
  "read_s": {:.4g}, "solve_s": {:.4g}, "peak_memory_bytes": {}
}}
)",
        frames, model.hematocrit_info().sweeps, model.hematocrit_info().change, model.summary().vessels,
        model.summary().junctions, model.summary().components, model.summary().loops,
        model.boundary().summary().unsolved_vessels, model.total_flow(), model.territories().mean_perfusion(),
        model.territories().tissue_volume(), info.imbalance, info.refinements, info.iterations, read_s,
        solved_s - read_s, peak_memory_bytes());
}

}  // namespace ngv::flow

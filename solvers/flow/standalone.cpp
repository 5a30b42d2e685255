#include "solvers/flow/standalone.hpp"

#include <fmt/format.h>

#include <fstream>

#include "coupler/config/config.hpp"
#include "solvers/common/log.hpp"
#include "solvers/common/resources.hpp"
#include "solvers/flow/network/csv_table.hpp"
#include "solvers/flow/network/read_network.hpp"
#include "solvers/flow/options.hpp"
#include "solvers/flow/output/vessel_output.hpp"
#include "solvers/flow/parallel/mpi_job.hpp"

namespace ngv::flow {

namespace {

SonataNetwork read(MPI_Comm comm, const Config& config) {
    const bool circuit = config.is_set("circuit"), csv = config.is_set("nodes") && config.is_set("edges");
    if (circuit == csv)
        throw config.error("", circuit ? "names a circuit and CSV files" : "names no network",
                           "give circuit, or nodes and edges");
    if (circuit)
        return read_sonata(comm, config.path("circuit"), config.is_set("population") ? config.text("population") : "");
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

}  // namespace

void run_standalone(const std::filesystem::path& file, const std::filesystem::path& out) {
    const Timer timer;
    const auto config = Config::load(file, "flow_standalone");
    auto options = options_from(config);
    add_boundary_flows(config, options);

    const MpiJob job;
    const int rank = job.rank();
    set_log_name("flow", rank);
    auto [population, vessels] = read(job.comm(), config);
    FlowModel model(job.comm(), std::move(vessels), options);
    const double read_s = timer.seconds();
    const auto info = model.solve(0.0);
    const double solved_s = timer.seconds();
    VesselOutput output(job.comm(), out, population, model, 1.0);
    output.write(0.0);
    output.close();

    if (rank != 0) return;
    for (const auto& line : model.summary().lines()) log_info("{}", line);
    for (const auto& line : model.boundary().summary().lines()) log_info("{}", line);
    log_info("inflow {:.6g} um3/s, perfusion {:.4g} 1/s; flows balance to {:.1g}; results in {}", model.total_flow(),
             model.territories().mean_perfusion(), info.imbalance, out.string());
    std::ofstream(out / "summary.json") << fmt::format(
        R"({{
  "vessels": {}, "junctions": {}, "components": {}, "loops": {},
  "vessels_without_boundary_condition": {},
  "inflow_um3_per_s": {:.17g}, "perfusion_per_s": {:.17g}, "tissue_volume_um3": {:.17g},
  "flow_imbalance": {:.3g}, "linear_solves": {}, "iterations": {},
  "read_s": {:.4g}, "solve_s": {:.4g}, "peak_memory_bytes": {}
}}
)",
        model.summary().vessels, model.summary().junctions, model.summary().components, model.summary().loops,
        model.boundary().summary().unsolved_vessels, model.total_flow(), model.territories().mean_perfusion(),
        model.territories().tissue_volume(), info.imbalance, info.refinements, info.iterations, read_s,
        solved_s - read_s, peak_memory_bytes());
}

}  // namespace ngv::flow

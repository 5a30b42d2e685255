#include "solvers/rd/output/tissue_output.hpp"

#include <numeric>

namespace ngv::rd {

namespace {

XdmfMesh xdmf_mesh(const LocalMesh& mesh) {
    XdmfMesh result;
    const auto n = static_cast<std::size_t>(mesh.num_owned);
    result.cell_ids.assign(mesh.ids.begin(), mesh.ids.begin() + mesh.num_owned);
    result.points.assign(mesh.corners.begin(), mesh.corners.begin() + 12 * n);
    result.point_ids.assign(mesh.nodes.begin(), mesh.nodes.begin() + 4 * n);
    result.cells.resize(4 * n);
    std::iota(result.cells.begin(), result.cells.end(), std::int64_t{0});
    return result;
}

}  // namespace

OutputOptions output_options(const Config& config, const Model& model) {
    OutputOptions options;
    options.every = config.ticks("report_every");
    if (options.every <= 0) throw config.error("report_every", "the interval must be positive", "e.g. 10 ms");
    for (const auto& name : config.texts("report_tetrahedra")) {
        const bool by_default = !config.is_set("report_tetrahedra");
        bool present = false;
        for (const auto& s : model.species) present |= s.name == name;
        if (by_default && !present) continue;
        options.tetrahedra.push_back(model.index_of(name, config.where("report_tetrahedra")));
    }
    options.fields = config.flag("report_fields");
    return options;
}

TissueOutput::TissueOutput(MPI_Comm comm, const std::filesystem::path& folder, Simulation& simulation,
                           const OutputOptions& options)
    : simulation_(simulation) {
    MPI_Comm_rank(comm, &rank_);
    const Model& model = simulation.model();
    const ReportOptions report{.population = "tetrahedra", .unit = "mM", .dt_ms = to_ms(options.every)};

    std::vector<ReportColumn> all, three;
    for (std::size_t i = 0; i < simulation.num_owned(); ++i) all.push_back({.node_id = simulation.mesh().ids[i]});
    if (rank_ == 0) three = {{0, 0}, {0, 1}, {0, 2}};
    for (const int s : options.tetrahedra)
        tetrahedra_.push_back({s, SonataReport(comm, folder / (model.species[s].name + "_o.h5"), report, all)});
    ReportOptions precise = report;  // three numbers a frame: double costs nothing
    precise.float64 = true;
    for (int s = 0; s < model.num_species(); ++s)
        means_.push_back({s, SonataReport(comm, folder / (model.species[s].name + "_o_mean.h5"), precise, three)});
    if (options.fields) {
        std::vector<XdmfField> fields;
        for (const auto& s : model.species) fields.push_back({s.name + "_o", "mM"});
        fields_.emplace_back(comm, folder / "tissue", xdmf_mesh(simulation.mesh()), std::move(fields));
    }
    columns_.assign(model.num_species(), std::vector<double>(simulation.num_owned()));
    frame(0.0, simulation.concentrations());
    simulation.watch(options.every, [this](double time_ms, const std::vector<double>& c) { frame(time_ms, c); });
}

void TissueOutput::frame(double time_ms, const std::vector<double>& c) {
    const std::size_t ns = columns_.size();
    for (std::size_t i = 0; i < simulation_.num_owned(); ++i)
        for (std::size_t s = 0; s < ns; ++s) columns_[s][i] = c[i * ns + s];
    for (auto& [species, report] : tetrahedra_) report.write(columns_[species]);
    for (auto& [species, report] : means_) {
        const auto e = simulation_.extremes(species, c);
        report.write(rank_ == 0 ? std::vector<double>{e.mean, e.lowest, e.highest} : std::vector<double>{});
    }
    for (auto& series : fields_) series.write(time_ms, {columns_.begin(), columns_.end()});
}

void TissueOutput::close() {
    for (auto& r : tetrahedra_) r.report.close();
    for (auto& r : means_) r.report.close();
    for (auto& series : fields_) series.close();
}

}  // namespace ngv::rd

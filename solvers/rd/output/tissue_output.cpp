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
    options.selections = selections_from(config, model);
    return options;
}

TissueOutput::TissueOutput(MPI_Comm comm, const std::filesystem::path& folder, Simulation& simulation,
                           const OutputOptions& options, Tick begin)
    : simulation_(simulation), comm_(comm) {
    MPI_Comm_rank(comm, &rank_);
    const Model& model = simulation.model();
    const Tick first = options.frame_at_begin ? begin : (begin / options.every + 1) * options.every;
    const ReportOptions report{
        .population = "tetrahedra", .unit = "mM", .start_ms = to_ms(first), .dt_ms = to_ms(options.every)};

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
        if (simulation.potential()) fields.push_back({"potential", "mV"});
        fields_.emplace_back(comm, folder / "tissue", xdmf_mesh(simulation.mesh()), std::move(fields));
    }
    open_selections(folder, precise, options.selections);
    precise.population = "regions";
    if (model.compartments.size() + model.patches.size() > 1 || !model.reactions.empty()) open_regions(folder, precise);
    columns_.assign(model.num_species(), std::vector<double>(simulation.num_owned()));
    if (!model.reactions.empty()) simulation.kinetics().count_extents();
    if (options.frame_at_begin) frame(to_ms(begin), simulation.concentrations());
    simulation.watch(
        options.every, [this](double time_ms, const std::vector<double>& c) { frame(time_ms, c); }, begin);
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
    std::vector<std::span<const double>> shown(columns_.begin(), columns_.end());
    std::vector<double> potential;
    if (!fields_.empty() && simulation_.potential())
        shown.push_back(potential = simulation_.potential()->at_tetrahedra());
    for (auto& series : fields_) series.write(time_ms, shown);
    write_selections(c);
    write_regions(c);
}

void TissueOutput::open_selections(const std::filesystem::path& folder, const ReportOptions& report,
                                   const std::vector<Selection>& selections) {
    for (const auto& s : selections) {
        auto tetrahedra = s.tetrahedra(simulation_.mesh(), simulation_.regions(), comm_);
        std::vector<ReportColumn> columns;
        if (s.sum && rank_ == 0)
            for (const int species : s.species) columns.push_back({0, species});
        for (const auto i : s.sum ? std::vector<std::int32_t>{} : tetrahedra)
            for (const int species : s.species) columns.push_back({simulation_.mesh().ids[i], species});
        ReportOptions options = report;
        if (s.sum) options.unit = "mol";
        chosen_.push_back({s, std::move(tetrahedra), SonataReport(comm_, folder / (s.name + ".h5"), options, columns)});
    }
}

void TissueOutput::write_selections(const std::vector<double>& c) {
    const std::size_t ns = columns_.size();
    for (auto& [selection, tetrahedra, report] : chosen_) {
        const auto& species = selection.species;
        std::vector<double> values;
        if (!selection.sum) {
            for (const auto i : tetrahedra)
                for (const int s : species) values.push_back(c[i * ns + s]);
            report.write(values);
            continue;
        }
        values.assign(species.size(), 0.0);
        for (const auto i : tetrahedra)
            for (std::size_t k = 0; k < species.size(); ++k)
                values[k] += mol_per_mM_um3 * simulation_.extracellular_volume(i) * c[i * ns + species[k]];
        MPI_Allreduce(MPI_IN_PLACE, values.data(), static_cast<int>(values.size()), MPI_DOUBLE, MPI_SUM, comm_);
        report.write(rank_ == 0 ? values : std::vector<double>{});
    }
}

void TissueOutput::open_regions(const std::filesystem::path& folder, const ReportOptions& report) {
    const Model& model = simulation_.model();
    std::vector<ReportColumn> columns;
    const auto add = [&](RegionId region, const SpeciesList& species) {
        for (const int s : species) {
            const auto node = region.index + (region.surface ? static_cast<int>(model.compartments.size()) : 0);
            region_rows_.push_back(region);
            region_species_.push_back(s);
            columns.push_back({node, s});
        }
    };
    for (int k = 0; k < static_cast<int>(model.compartments.size()); ++k)
        add({false, k}, model.compartments[k].species);
    for (int k = 0; k < static_cast<int>(model.patches.size()); ++k) add({true, k}, model.patches[k].species);
    const auto on_root = [&](const char* file, const char* population, const char* unit,
                             const std::vector<ReportColumn>& rows) {
        ReportOptions options = report;
        options.population = population;
        options.unit = unit;
        return SonataReport(comm_, folder / file, options, rank_ == 0 ? rows : std::vector<ReportColumn>{});
    };
    if (!columns.empty()) regions_.push_back(on_root("regions.h5", "regions", "mol", columns));
    std::vector<ReportColumn> reactions, patches;
    for (std::size_t j = 0; j < model.reactions.size(); ++j) reactions.push_back({static_cast<std::int64_t>(j)});
    if (!reactions.empty()) extents_.push_back(on_root("extents.h5", "reactions", "mol", reactions));
    for (const auto& m : model.membranes)
        for (const int p : m.patches) {
            potential_patches_.push_back(p);
            patches.push_back({p});
        }
    if (!patches.empty()) potential_.push_back(on_root("potential.h5", "patches", "mV", patches));
}

// Sums over regions, on rank 0.
void TissueOutput::write_regions(const std::vector<double>& c) {
    const std::size_t ns = columns_.size();
    const auto& regions = simulation_.regions();
    const auto write = [&](SonataReport& report, std::vector<double> sums) {
        MPI_Allreduce(MPI_IN_PLACE, sums.data(), static_cast<int>(sums.size()), MPI_DOUBLE, MPI_SUM, comm_);
        report.write(rank_ == 0 ? sums : std::vector<double>{});
    };
    for (auto& report : regions_) {
        std::vector<double> sums(region_rows_.size(), 0.0);
        for (std::size_t row = 0; row < sums.size(); ++row) {
            const RegionId region = region_rows_[row];
            const int s = region_species_[row];
            if (region.surface) {
                if (simulation_.surface_species().column_of[s] < 0) continue;
                for (std::size_t f = 0; f < regions.faces.size(); ++f)
                    if (regions.faces[f].patch == region.index)
                        sums[row] += simulation_.area(f) * simulation_.density(f, s) / avogadro;
            } else {
                for (std::size_t i = 0; i < simulation_.num_owned(); ++i)
                    if (regions.compartment[i] == region.index)
                        sums[row] += mol_per_mM_um3 * simulation_.extracellular_volume(i) * c[i * ns + s];
            }
        }
        write(report, std::move(sums));
    }
    for (auto& report : extents_) write(report, simulation_.extents());
    for (auto& report : potential_) {
        std::vector<double> sums(2 * potential_patches_.size(), 0.0);
        for (std::size_t k = 0; k < potential_patches_.size(); ++k)
            for (std::size_t f = 0; f < regions.faces.size(); ++f)
                if (regions.faces[f].patch == potential_patches_[k]) {
                    sums[2 * k] += simulation_.area(f) * simulation_.potential()->at_faces()[f];
                    sums[2 * k + 1] += simulation_.area(f);
                }
        MPI_Allreduce(MPI_IN_PLACE, sums.data(), static_cast<int>(sums.size()), MPI_DOUBLE, MPI_SUM, comm_);
        std::vector<double> means;
        for (std::size_t k = 0; k < potential_patches_.size(); ++k) means.push_back(sums[2 * k] / sums[2 * k + 1]);
        report.write(rank_ == 0 ? means : std::vector<double>{});
    }
}

void TissueOutput::close() {
    for (auto& r : tetrahedra_) r.report.close();
    for (auto& r : means_) r.report.close();
    for (auto& r : chosen_) r.report.close();
    for (auto& series : fields_) series.close();
    for (auto* reports : {&regions_, &extents_, &potential_})
        for (auto& report : *reports) report.close();
}

}  // namespace ngv::rd

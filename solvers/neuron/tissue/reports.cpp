#include "solvers/neuron/tissue/reports.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "ngv/error.hpp"
#include "solvers/common/ids.hpp"
#include "solvers/common/nodes.hpp"
#include "solvers/neuron/tissue/segments.hpp"

namespace ngv::neuron::tissue {

namespace {

/// The names that scenarios use, what the engine calls them, and their units.
struct Variable {
    const char *name, *engine_name, *unit;
};
constexpr Variable variables[] = {{"v", "v", "mV"},          {"Na_i", "nai", "mM"},   {"K_i", "ki", "mM"},
                                  {"Ca_i", "cai", "mM"},     {"Na_o", "nao", "mM"},   {"K_o", "ko", "mM"},
                                  {"Ca_o", "cao", "mM"},     {"ATP", "atpi", "mM"},   {"ADP", "adpi", "mM"},
                                  {"E_Na", "ena", "mV"},     {"E_K", "ek", "mV"},     {"E_Ca", "eca", "mV"},
                                  {"i_Na", "ina", "mA/cm2"}, {"i_K", "ik", "mA/cm2"}, {"i_Ca", "ica", "mA/cm2"}};

const Variable& find_variable(const std::string& name, const std::string& where) {
    std::vector<std::string> known;
    for (const Variable& v : variables) {
        if (name == v.name) return v;
        known.emplace_back(v.name);
    }
    throw UserError(Problem{where, "unknown variable '" + name + "'", did_you_mean(name, known)});
}

const char* const field_variables[] = {"v", "ko", "nai", "atpi"};

}  // namespace

bool Reports::any(bool mine) const {
    int value = mine;
    MPI_Allreduce(MPI_IN_PLACE, &value, 1, MPI_INT, MPI_MAX, comm_);
    return value;
}

std::int64_t Reports::to_steps(double ms, const std::string& where) const {
    const double steps = ms / dt_;
    const auto whole = static_cast<std::int64_t>(std::llround(steps));
    if (whole < 1 || std::abs(steps - static_cast<double>(whole)) > 1e-6)
        throw UserError(Problem{where, fmt::format("{} ms is not a multiple of the time step {} ms", ms, dt_), ""});
    return whole;
}

Reports::Reports(MPI_Comm comm, ReportOptions options, const CircuitConfig& circuit, const TissueModel& model,
                 EngineBuilder& builder)
    : comm_(comm), dt_(model.parameters.dt), slow_dt_(options.slow_dt) {
    for (const auto& r : options.reports) plan_request(r, circuit, model, builder);
    plan_means("K_o_cells", "ko", true, circuit, model, builder);
    plan_means("ATP_cells", "atpi", false, circuit, model, builder);
    plan_endfeet(circuit, model, builder);
    plan_fields(model, builder);
}

void Reports::plan_request(const ReportRequest& request, const CircuitConfig& circuit, const TissueModel& model,
                           EngineBuilder& builder) {
    const std::string where = "report '" + request.name + "'";
    const Variable& variable = find_variable(request.variable, where);
    bool used = false;
    for (const auto& entry : circuit.nodes()) {
        if (entry.type == "virtual" || entry.type == "vasculature" ||
            (entry.type == "astrocyte" && request.node_set.empty()))
            continue;
        std::vector<std::int64_t> ids;
        if (!request.node_set.empty()) ids = model.node_sets.resolve(request.node_set, NodePopulation(entry));
        RecorderSpec recorder;
        recorder.every = to_steps(request.dt, where);
        std::vector<ReportColumn> columns;
        for (const TissueCell& cell : model.cells) {
            const Blueprint& b = *cell.blueprint;
            if (cell.source.population != entry.index) continue;
            if (!request.node_set.empty() && !std::binary_search(ids.begin(), ids.end(), cell.source.node_id)) continue;
            for (int i = 0; i < b.num_compartments(); ++i) {
                if (!request.all_sections && b.node[i] != b.soma) continue;
                columns.push_back({cell.source.node_id, request.all_sections ? b.section[i] : 0});
                recorder.columns.push_back({.gid = cell.gid(), .node = b.node[i], .variable = variable.engine_name});
            }
        }
        if (!any(!columns.empty())) continue;
        series_.push_back({used ? request.name + "_" + entry.name : request.name,
                           entry.name,
                           variable.unit,
                           request.dt,
                           builder.add_recorder(std::move(recorder)),
                           std::move(columns),
                           {},
                           nullptr});
        used = true;
    }
    if (!used)
        throw UserError(Problem{where, "no cell is in node set '" + request.node_set + "'",
                                did_you_mean(request.node_set, model.node_sets.names())});
}

void Reports::plan_means(const std::string& file, const std::string& variable, bool by_area,
                         const CircuitConfig& circuit, const TissueModel& model, EngineBuilder& builder) {
    bool first = true;
    for (const auto& entry : circuit.nodes()) {
        Series series{first ? file : file + "_" + entry.name, entry.name, "mM", slow_dt_, 0, {}, {}, nullptr};
        RecorderSpec recorder;
        recorder.every = to_steps(slow_dt_, file);
        for (int c = 0; c < model.num_neurons; ++c) {
            const TissueCell& cell = model.cells[c];
            if (cell.source.population != entry.index) continue;
            const Blueprint& b = *cell.blueprint;
            series.columns.push_back({cell.source.node_id, 0});
            auto& mean = series.mean.emplace_back();
            double total = 0;
            for (int node : b.node) {
                const double weight = by_area ? b.area[node] : b.volume[node];
                mean.emplace_back(static_cast<int>(recorder.columns.size()), weight);
                recorder.columns.push_back({.gid = cell.gid(), .node = node, .variable = variable});
                total += weight;
            }
            for (auto& [column, weight] : mean) weight /= total;
        }
        if (!any(!series.columns.empty())) continue;
        series.recorder = builder.add_recorder(std::move(recorder));
        series_.push_back(std::move(series));
        first = false;
    }
}

void Reports::plan_endfeet(const CircuitConfig& circuit, const TissueModel& model, EngineBuilder& builder) {
    if (!any(!model.endfeet.empty())) return;
    const std::string population = circuit.edges_of_type("endfoot").front().name;
    std::vector<ReportColumn> columns;
    RecorderSpec radius, calcium;
    radius.every = calcium.every = to_steps(slow_dt_, "endfoot_radius");
    for (const Endfoot& e : model.endfeet) {
        const TissueCell& cell = model.cells[e.cell];
        columns.push_back({e.id, 0});
        radius.columns.push_back({.variable = "radius", .point = e.wall});
        calcium.columns.push_back(
            {.gid = cell.gid(), .node = cell.blueprint->node[e.compartment], .variable = "glia_calcium.ca"});
    }
    series_.push_back(
        {"endfoot_radius", population, "um", slow_dt_, builder.add_recorder(std::move(radius)), columns, {}, nullptr});
    series_.push_back({"endfoot_calcium",
                       population,
                       "uM",
                       slow_dt_,
                       builder.add_recorder(std::move(calcium)),
                       columns,
                       {},
                       nullptr});
}

void Reports::plan_fields(const TissueModel& model, EngineBuilder& builder) {
    RecorderSpec recorder;
    recorder.every = to_steps(slow_dt_, "fields.xdmf");
    for (const char* variable : field_variables)
        for (const TissueCell& cell : model.cells)
            for (int i = 0; i < cell.blueprint->num_compartments(); ++i)
                if (!cell.blueprint->pieces[i].empty())
                    recorder.columns.push_back(
                        {.gid = cell.gid(), .node = cell.blueprint->node[i], .variable = variable});
    fields_recorder_ = builder.add_recorder(std::move(recorder));
}

void Reports::open(const std::filesystem::path& folder, const CircuitConfig& circuit, TissueModel& model,
                   std::int64_t begin, std::int64_t end) {
    simulation_ = model.simulation.get();
    end_ = end;
    std::vector<std::string> spiking;
    spike_population_.assign(model.population_names.size(), -1);
    for (const auto& entry : circuit.nodes()) {
        if (entry.type == "virtual" || entry.type == "vasculature" || entry.type == "astrocyte") continue;
        spike_population_[entry.index] = static_cast<int>(spiking.size());
        spiking.push_back(entry.name);
    }
    if (!spiking.empty()) spikes_ = std::make_unique<SpikeWriter>(comm_, folder / "spikes.h5", spiking);
    for (Series& s : series_) {
        const std::int64_t every = std::llround(s.dt / dt_);
        const double start = begin > 0 ? static_cast<double>((begin / every + 1) * every) * dt_ : 0;
        s.report = std::make_unique<SonataReport>(
            comm_, folder / (s.file + ".h5"),
            ngv::ReportOptions{
                .population = s.population, .unit = s.unit, .start_ms = start, .dt_ms = s.dt, .float64 = true},
            s.columns);
    }
    XdmfMesh mesh;
    mesh.kind = XdmfCells::lines;
    for (const TissueCell& cell : model.cells) {
        for (int i = 0; i < cell.blueprint->num_compartments(); ++i) {
            const auto pieces = placed_pieces(cell, i);
            if (pieces.empty()) continue;
            mesh.cell_ids.push_back(segment_id(cell.gid(), i));
            mesh.points.insert(mesh.points.end(), pieces.begin(), pieces.begin() + 3);
            mesh.points.insert(mesh.points.end(), pieces.end() - 3, pieces.end());
        }
    }
    fields_ =
        std::make_unique<XdmfSeries>(comm_, folder / "fields", mesh,
                                     std::vector<XdmfField>{{"v", "mV"}, {"K_o", "mM"}, {"Na_i", "mM"}, {"ATP", "mM"}});
}

void Reports::write() {
    for (const Spike& s : simulation_->take_spikes())
        spikes_->add(spike_population_[population_of(s.source)], s.time, node_of(s.source));
    if (spikes_) spikes_->advance();
    for (Series& s : series_) {
        const Frames frames = simulation_->take_frames(s.recorder);
        const std::int64_t every = std::llround(s.dt / dt_);
        std::vector<double> row(s.columns.size());
        for (std::int64_t f = 0; f < frames.count && (frames.first + f) * every < end_; ++f) {
            const double* values = frames.values.data() + f * static_cast<std::int64_t>(frames.columns);
            for (std::size_t c = 0; c < row.size(); ++c) {
                if (s.mean.empty()) {
                    row[c] = values[c];
                } else {
                    row[c] = 0;
                    for (auto [column, weight] : s.mean[c]) row[c] += weight * values[column];
                }
            }
            s.report->write(row);
        }
    }
    const Frames frames = simulation_->take_frames(fields_recorder_);
    const std::int64_t every = std::llround(slow_dt_ / dt_);
    const std::size_t n = frames.columns / std::size(field_variables);
    for (std::int64_t f = 0; f < frames.count && (frames.first + f) * every < end_; ++f) {
        const double* values = frames.values.data() + f * static_cast<std::int64_t>(frames.columns);
        std::vector<std::span<const double>> spans;
        for (std::size_t k = 0; k < std::size(field_variables); ++k) spans.emplace_back(values + k * n, n);
        fields_->write(static_cast<double>(frames.first + f) * slow_dt_, spans);
    }
}

void Reports::close() {
    write();
    for (Series& s : series_) s.report->close();
    if (spikes_) spikes_->close();
    if (fields_) fields_->close();
}

}  // namespace ngv::neuron::tissue

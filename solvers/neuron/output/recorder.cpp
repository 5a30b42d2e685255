#include "solvers/neuron/output/recorder.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>

#include "ngv/error.hpp"
#include "solvers/common/ids.hpp"
#include "solvers/neuron/model/segments.hpp"
#include "solvers/neuron/output/variables.hpp"

namespace ngv::neuron {

namespace {

/// A report with the step at which it is due and the way to fill a frame.
struct Series {
    SonataReport report;
    std::int64_t every, first, last;  // steps; frames at first, first + every, ... < last
    std::vector<double> frame;
    std::function<void(std::vector<double>&)> fill;
};

std::int64_t to_steps(double ms, double dt, const std::string& where) {
    const double steps = ms / dt;
    if (steps > 9e15) return std::numeric_limits<std::int64_t>::max();
    const auto whole = static_cast<std::int64_t>(std::llround(steps));
    if (std::abs(steps - static_cast<double>(whole)) > 1e-6)
        throw UserError(Problem{where, fmt::format("{} ms is not a multiple of the time step {} ms", ms, dt), ""});
    return whole;
}

}  // namespace

struct Recorder::Impl {
    MPI_Comm comm;
    std::filesystem::path folder;
    Model& model;
    std::vector<Series> series;
    std::unique_ptr<SpikeWriter> spikes;
    std::vector<int> spike_population;  // place in the spike file of each population index
    std::unique_ptr<XdmfSeries> fields;
    std::int64_t fields_every = 0;
    std::vector<int> field_nodes;

    /// True on all ranks if any rank says so.
    bool any(bool mine) const {
        int value = mine;
        MPI_Allreduce(MPI_IN_PLACE, &value, 1, MPI_INT, MPI_MAX, comm);
        return value;
    }

    void add(const std::string& file, const std::string& population, const std::string& unit, double dt, double start,
             double end, std::vector<ReportColumn> columns, std::function<void(std::vector<double>&)> fill) {
        const double step = model.parameters.dt;
        const auto every = to_steps(dt, step, "report '" + file + "'");
        if (every <= 0)
            throw UserError(
                Problem{"report '" + file + "'", fmt::format("dt of {} ms, expected at least one step", dt), ""});
        const auto first = to_steps(start, step, "report '" + file + "'");
        const auto last = end / step > 9e15 ? std::numeric_limits<std::int64_t>::max()
                                            : static_cast<std::int64_t>(std::ceil(end / step - 1e-9));
        const std::size_t n = columns.size();
        series.push_back(
            {SonataReport(comm, folder / (file + ".h5"),
                          {.population = population, .unit = unit, .start_ms = start, .dt_ms = dt, .float64 = true},
                          std::move(columns)),
             every, first, last, std::vector<double>(n), std::move(fill)});
    }

    void add_request(const ReportRequest& request, const CircuitConfig& circuit) {
        const Variable variable =
            find_variable(model.engine().nodes, request.variable, "report '" + request.name + "'");
        std::vector<std::string> used;
        for (const auto& entry : circuit.nodes()) {
            if (entry.type == "virtual" || entry.type == "vasculature" ||
                (entry.type == "astrocyte" && request.node_set.empty()))
                continue;
            std::vector<std::int64_t> ids;
            if (!request.node_set.empty()) ids = model.node_sets.resolve(request.node_set, NodePopulation(entry));
            std::vector<ReportColumn> columns;
            std::vector<int> nodes;
            for (const auto& cell : model.cells) {
                if (cell.source.population != entry.index) continue;
                if (!request.node_set.empty() && !std::binary_search(ids.begin(), ids.end(), cell.source.node_id))
                    continue;
                if (!request.all_sections) {
                    columns.push_back({cell.source.node_id, 0});
                    nodes.push_back(cell.first_node + cell.cable->soma_node());
                    continue;
                }
                for (int i = 0; i < cell.cable->num_compartments(); ++i) {
                    columns.push_back({cell.source.node_id, cell.cable->section[i]});
                    nodes.push_back(cell.node(i));
                }
            }
            if (!any(!columns.empty())) continue;
            const std::string file = used.empty() ? request.name : request.name + "_" + entry.name;
            used.push_back(entry.name);
            const Array* values = variable.values;
            add(file, entry.name, variable.unit, request.dt, request.start, request.end, std::move(columns),
                [values, nodes = std::move(nodes)](std::vector<double>& frame) {
                    for (std::size_t i = 0; i < nodes.size(); ++i) frame[i] = (*values)[nodes[i]];
                });
        }
        if (used.empty())
            throw UserError(Problem{"report '" + request.name + "'",
                                    "no cell is in node set '" + request.node_set + "'",
                                    did_you_mean(request.node_set, model.node_sets.names())});
    }

    void add_cell_mean(const std::string& name, const Array& values, const Array& weights, double dt,
                       const CircuitConfig& circuit) {
        bool first = true;
        for (const auto& entry : circuit.nodes()) {
            std::vector<ReportColumn> columns;
            std::vector<const ModelCell*> cells;
            for (int c = 0; c < model.num_neurons; ++c) {
                if (model.cells[c].source.population != entry.index) continue;
                columns.push_back({model.cells[c].source.node_id, 0});
                cells.push_back(&model.cells[c]);
            }
            if (!any(!columns.empty())) continue;
            add(first ? name : name + "_" + entry.name, entry.name, "mM", dt, 0, 1e300, std::move(columns),
                [&values, &weights, cells](std::vector<double>& frame) {
                    for (std::size_t i = 0; i < cells.size(); ++i) frame[i] = cell_mean(*cells[i], values, weights);
                });
            first = false;
        }
    }

    void add_endfeet(const CircuitConfig& circuit, double dt) {
        const Astrocytes& astrocytes = model.network->astrocytes();
        if (!any(!astrocytes.endfeet().empty())) return;
        std::vector<ReportColumn> columns;
        for (const auto& e : astrocytes.endfeet()) columns.push_back({e.id, 0});
        const std::string population = circuit.edges_of_type("endfoot").front().name;
        add("endfoot_radius", population, "um", dt, 0, 1e300, columns, [&astrocytes](std::vector<double>& frame) {
            for (std::size_t i = 0; i < frame.size(); ++i) frame[i] = astrocytes.walls()[i].radius();
        });
        add("endfoot_calcium", population, "uM", dt, 0, 1e300, columns, [&astrocytes](std::vector<double>& frame) {
            for (std::size_t i = 0; i < frame.size(); ++i) frame[i] = astrocytes.calcium(astrocytes.endfeet()[i].node);
        });
    }

    void add_fields(double dt) {
        const Segments segments(model);
        XdmfMesh mesh;
        mesh.kind = XdmfCells::lines;
        std::size_t s = 0;
        for (const auto& cell : model.cells) {
            for (int i = 0; i < cell.cable->num_compartments(); ++i, ++s) {
                const auto pieces = placed_pieces(cell, i);
                if (pieces.empty()) continue;
                mesh.cell_ids.push_back(segments.id[s]);
                mesh.points.insert(mesh.points.end(), pieces.begin(), pieces.begin() + 3);
                mesh.points.insert(mesh.points.end(), pieces.end() - 3, pieces.end());
                field_nodes.push_back(segments.node[s]);
            }
        }
        fields_every = to_steps(dt, model.parameters.dt, "fields.xdmf");
        fields = std::make_unique<XdmfSeries>(
            comm, folder / "fields", mesh,
            std::vector<XdmfField>{{"v", "mV"}, {"K_o", "mM"}, {"Na_i", "mM"}, {"ATP", "mM"}});
    }
};

Recorder::Recorder(MPI_Comm comm, const std::filesystem::path& folder, const CircuitConfig& circuit, Model& model,
                   RecorderOptions options)
    : impl_(new Impl{comm, folder, model, {}, {}, {}, {}, 0, {}}) {
    std::vector<std::string> spiking;
    impl_->spike_population.assign(model.population_names.size(), -1);
    for (const auto& entry : circuit.nodes()) {
        if (entry.type == "virtual" || entry.type == "vasculature" || entry.type == "astrocyte") continue;
        impl_->spike_population[entry.index] = static_cast<int>(spiking.size());
        spiking.push_back(entry.name);
    }
    if (!spiking.empty()) impl_->spikes = std::make_unique<SpikeWriter>(comm, folder / options.spikes_file, spiking);
    for (const auto& r : options.reports) impl_->add_request(r, circuit);
    if (options.cell_means) {
        const Nodes& nodes = model.engine().nodes;
        impl_->add_cell_mean("K_o_cells", nodes.k.out, nodes.area, options.slow_dt, circuit);
        impl_->add_cell_mean("ATP_cells", nodes.atp, nodes.volume, options.slow_dt, circuit);
        impl_->add_endfeet(circuit, options.slow_dt);
    }
    if (options.fields) impl_->add_fields(options.slow_dt);
}

Recorder::~Recorder() = default;

void Recorder::record() {
    const std::int64_t now = impl_->model.engine().steps();
    for (auto& s : impl_->series) {
        if (now < s.first || now >= s.last || (now - s.first) % s.every != 0) continue;
        s.fill(s.frame);
        s.report.write(s.frame);
    }
    if (!impl_->fields || now % impl_->fields_every != 0) return;
    const Nodes& nodes = impl_->model.engine().nodes;
    std::vector<std::vector<double>> values;
    std::vector<std::span<const double>> spans;
    for (const Array* a : {&nodes.v, &nodes.k.out, &nodes.na.in, &nodes.atp}) {
        auto& column = values.emplace_back(impl_->field_nodes.size());
        for (std::size_t i = 0; i < column.size(); ++i) column[i] = (*a)[impl_->field_nodes[i]];
    }
    for (const auto& column : values) spans.emplace_back(column);
    impl_->fields->write(impl_->model.engine().time(), spans);
}

void Recorder::record_spikes() {
    const auto spikes = impl_->model.network->take_spikes();
    if (!impl_->spikes) return;
    for (const auto& s : spikes)
        impl_->spikes->add(impl_->spike_population[population_of(s.source)],
                           static_cast<double>(s.step) * impl_->model.parameters.dt, node_of(s.source));
    impl_->spikes->advance();
}

void Recorder::close() {
    record_spikes();
    for (auto& s : impl_->series) s.report.close();
    if (impl_->spikes) impl_->spikes->close();
    if (impl_->fields) impl_->fields->close();
}

std::int64_t Recorder::local_spikes() const {
    return impl_->spikes ? impl_->spikes->local_count() : 0;
}

}  // namespace ngv::neuron

#include "solvers/neuron/sonata/reports.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "ngv/error.hpp"
#include "solvers/common/hdf5.hpp"
#include "solvers/common/report.hpp"
#include "solvers/neuron/sonata/report_places.hpp"
#include "solvers/neuron/sonata/report_request.hpp"

namespace ngv::neuron {

namespace {

/// One column of a file: a sum of recorded values and of clamps' currents.
struct Term {
    std::size_t column;
    int probe;  ///< place in the recorder; -1: a clamp
    int clamp;
    double factor;
};

/// What a block of `reports` asks for, over all populations.
struct Asked {
    std::string name;
    Json block;
    std::map<std::string, int> variables = {};  ///< 1: some compartment of this rank has it
};

/// One file: one report of one population.
struct File {
    std::string name, population, unit;
    double start, dt;
    RecorderSpec spec;
    std::vector<ReportColumn> columns;
    std::vector<Term> terms;
    std::size_t request;  ///< place in Impl::asked
    int recorder = -1;
    std::unique_ptr<SonataReport> report = {};
};

std::string unit_in(const ngv_mechanism& m, const std::string& variable) {
    for (int i = 0; i < m.num_variables; ++i)
        if (m.variables[i].name == variable) return m.variables[i].unit;
    return "";
}

std::string unit_of(EngineBuilder& builder, const std::string& variable, const std::string& where) {
    if (variable == "v") return "mV";
    if (variable == "i_membrane" || variable == "i_membrane_") return "nA";
    if (variable == "i_cap") return "mA/cm2";
    if (const auto dot = variable.find('.'); dot != std::string::npos)
        return unit_in(*builder.mechanism(variable.substr(0, dot), where), variable.substr(dot + 1));
    for (auto at = variable.find('_'); at != std::string::npos; at = variable.find('_', at + 1))  // var_MECH
        if (const auto name = variable.substr(at + 1); builder.has_mechanism(name))
            return unit_in(*builder.mechanism(name, where), variable.substr(0, at));
    if (variable.find('_') != std::string::npos) return "";
    if (variable.size() > 1 && variable[0] == 'i') return "mA/cm2";
    if (variable.size() > 1 && variable[0] == 'e') return "mV";
    if (variable.size() > 1 && (variable.back() == 'i' || variable.back() == 'o')) return "mM";
    return "";
}

}  // namespace

struct Reports::Impl {
    Network& network;
    bool goes_on;
    std::vector<File> files = {};
    std::vector<Asked> asked = {};
    std::set<std::string> names = {"v", "i_membrane"};  ///< that reports of these cells may have

    int probe(File& file, Probe p) {
        file.spec.columns.push_back(std::move(p));
        return static_cast<int>(file.spec.columns.size()) - 1;
    }
    std::size_t column(File& file, std::int64_t node, std::int64_t element) {
        file.columns.push_back({node, element});
        return file.columns.size() - 1;
    }
    void simple(File& file, const LocalCell& cell, std::int64_t element, int node, const std::string& variable) {
        file.terms.push_back({column(file, cell.node_id, element),
                              probe(file, {.gid = cell.gid, .node = node, .variable = variable}), -1, 1});
    }

    /// One word of a summation on a cell.
    struct Word {
        const std::string* name;
        int* found;
        std::string variable;  ///< of point processes
        NamedPoints points;
        NodesWith nodes;
    };
    std::vector<Word> words_of(const File& file, const LocalCell& cell, const Blueprint& b) {
        std::vector<Word> result;
        for (auto& [word, found] : asked[file.request].variables) {
            const auto dot = word.find('.');
            result.push_back({&word, &found, dot == std::string::npos ? "i" : word.substr(dot + 1),
                              NamedPoints(cell, b, word.substr(0, dot)), NodesWith(b, word)});
        }
        return result;
    }

    /// Adds the currents of the words at a compartment to a column.
    void sum_at(File& file, const LocalCell& cell, const Blueprint& b, std::size_t compartment, std::size_t target,
                const std::vector<Word>& words, bool by_area) {
        const int node = b.node[compartment];
        for (const Word& word : words) {
            const bool points = word.points.on_section(b.section[compartment]);
            if (!points && !word.nodes.has(node)) continue;
            *word.found = 1;
            if (!points) {
                const bool density = *word.name != "i_membrane";  // as neurodamus: everything else, v too
                const double factor = density && by_area ? b.area[static_cast<std::size_t>(node)] / 100 : 1;
                file.terms.push_back(
                    {target, probe(file, {.gid = cell.gid, .node = node, .variable = *word.name}), -1, factor});
                continue;
            }
            for (const PlacedPoint* p : word.points.at(node)) {
                const std::string_view mechanism = p->mechanism;
                const double sign = mechanism == "IClamp" || mechanism == "SEClamp" ? -1 : 1;  // electrodes inject
                if (p->point.index < 0)
                    file.terms.push_back({target, -1, static_cast<int>(p->id), sign});
                else
                    file.terms.push_back(
                        {target, probe(file, {.variable = word.variable, .point = p->point}), -1, sign});
            }
        }
    }

    void add_cell(File& file, const LocalCell& cell, const ReportRequest& r) {
        const Blueprint& b = network.blueprint(cell.gid);
        for (const auto& d : b.densities) names.insert("i_" + d.mechanism);
        const auto compartments = compartments_of(b, r);
        if (r.type == "compartment") {
            const NodesWith nodes(b, r.variable);
            for (auto c : compartments)
                if (nodes.has(b.node[c])) {
                    asked[file.request].variables[r.variable] = 1;
                    simple(file, cell, r.sections == "soma" ? 0 : b.section[c], b.node[c], r.variable);
                }
        } else if (r.type == "summation") {
            const auto words = words_of(file, cell, b);
            if (r.sections == "soma") {  // one value a cell: everything of it
                const auto target = column(file, cell.node_id, 0);
                for (std::size_t c = 0; c < b.node.size(); ++c) sum_at(file, cell, b, c, target, words, r.by_area);
            } else {
                for (auto c : compartments)
                    sum_at(file, cell, b, c, column(file, cell.node_id, b.section[c]), words, r.by_area);
            }
        } else if (r.type == "synapse") {
            const auto dot = r.variable.find('.');
            if (dot == std::string::npos)
                throw r.block["variable_name"].error("'" + r.variable + "', expected MECHANISM.variable");
            const std::string mechanism = r.variable.substr(0, dot);
            std::set<int> nodes;
            for (auto c : compartments) nodes.insert(b.node[c]);
            for (const auto& p : cell.points)
                if (p.point.index >= 0 && p.mechanism == mechanism && nodes.contains(p.node)) {
                    asked[file.request].variables[r.variable] = 1;
                    file.terms.push_back({column(file, cell.node_id, p.id),
                                          probe(file, {.variable = r.variable.substr(dot + 1), .point = p.point}), -1,
                                          1});
                }
        }
    }

    void add_lfp(File& file, const SimulatedPopulation& population, const ReportRequest& r,
                 const std::vector<std::int64_t>& ids) {
        if (network.config().electrodes_file.empty())
            throw r.block.error("report '" + r.name + "' of type lfp needs run.electrodes_file");
        const auto h5 = h5::File::open(network.config().electrodes_file);
        const auto group = h5.group("/" + population.entry.name);
        const auto nodes = group.dataset("node_ids").read<std::int64_t>(),
                   offsets = group.dataset("offsets").read<std::int64_t>();
        const auto factors = h5.dataset("/electrodes/" + population.entry.name + "/scaling_factors");
        const auto electrodes = static_cast<std::size_t>(factors.shape().at(1));
        std::map<std::int64_t, std::size_t> places;
        for (std::size_t i = 0; i < nodes.size(); ++i) places.emplace(nodes[i], i);
        for (auto id : ids) {
            const auto place = places.find(id);
            if (place == places.end())
                throw UserError(Problem{group.where(), fmt::format("has no factors for cell {}", id),
                                        "make the electrodes file for all cells of the report"});
            const LocalCell& cell = network.cells().at(population.gid(id));
            const Blueprint& b = network.blueprint(cell.gid);
            const auto first = offsets.at(place->second), rows = offsets.at(place->second + 1) - first;
            if (rows != b.num_compartments())
                throw UserError(Problem{
                    group.where(),
                    fmt::format("has {} rows for cell {}, which has {} compartments", rows, id, b.num_compartments()),
                    "make the electrodes file for this circuit"});
            const auto values = factors.read_range<double>(first, first + rows);
            std::vector<int> probes;
            for (int node : b.node)
                probes.push_back(probe(file, {.gid = cell.gid, .node = node, .variable = "i_membrane"}));
            for (std::size_t e = 0; e < electrodes; ++e) {
                const auto target = column(file, id, static_cast<std::int64_t>(e));
                for (std::size_t c = 0; c < probes.size(); ++c)
                    file.terms.push_back({target, probes[c], -1, values[c * electrodes + e]});
            }
        }
    }

    void add(const ReportRequest& r) {
        const SimulationConfig& config = network.config();
        asked.push_back({r.name, r.block});
        if (r.type == "summation")
            for (const auto& word : r.variables()) asked.back().variables[word] = 0;
        else if (r.type == "compartment" || r.type == "synapse")
            asked.back().variables[r.variable] = 0;
        bool first = true;
        for (const auto& p : network.nodes().populations()) {
            const CompartmentSet* set = nullptr;
            std::vector<std::int64_t> ids;
            if (r.type == "compartment_set") {
                const auto it = network.compartment_sets().find(r.compartment_set);
                if (it == network.compartment_sets().end())
                    throw r.block["compartment_set"].error("there is no compartment set '" + r.compartment_set + "'");
                set = &it->second;
                if (set->population != p.entry.name) continue;
            } else {
                ids = r.cells.empty() ? p.simulated : network.nodes().resolve(r.cells, p, r.block.where());
                std::vector<std::int64_t> here;
                std::set_intersection(ids.begin(), ids.end(), p.simulated.begin(), p.simulated.end(),
                                      std::back_inserter(here));
                ids = std::move(here);
                if (ids.empty()) continue;
            }
            const std::int64_t shift = config.allen ? 1 : 0, every = r.every_steps;
            File file{first ? r.file : r.file + "_" + p.entry.name,
                      p.entry.name,
                      unit(r),
                      r.start,
                      r.dt,
                      {},
                      {},
                      {},
                      asked.size() - 1};
            file.spec.every = every;
            file.spec.first = r.first_step + shift;
            const bool with_end = config.allen || (goes_on && r.to_the_end);
            file.spec.last = static_cast<std::int64_t>(std::ceil(r.end / config.dt - 1e-9)) + (with_end ? 1 : 0);
            first = false;
            std::vector<std::int64_t> mine;
            for (auto id : p.mine)
                if (std::binary_search(ids.begin(), ids.end(), id) &&
                    network.cells().at(p.gid(id)).type.description->point.empty())
                    mine.push_back(id);
            if (set) {
                for (const auto& place : set->places) {
                    const auto cell = network.cells().find(p.gid(place.node_id));
                    if (cell == network.cells().end()) continue;
                    const int node = network.node_at(cell->second, place.section, place.position, r.block.where());
                    if (node >= 0) simple(file, cell->second, place.section, node, r.variable);
                }
            } else if (r.type == "lfp") {
                add_lfp(file, p, r, mine);
            } else {
                for (auto id : mine) add_cell(file, network.cells().at(p.gid(id)), r);
            }
            file.recorder = network.builder().add_recorder(file.spec);
            files.push_back(std::move(file));
        }
        if (first)
            throw r.block.error("report '" + r.name + "' has no cells: '" + r.cells + r.compartment_set +
                                "' selects none of this simulation");
    }

    /// Every variable asked for is somewhere. Collective.
    void check(MPI_Comm comm, Asked& request) const {
        for (auto& [variable, found] : request.variables) {
            MPI_Allreduce(MPI_IN_PLACE, &found, 1, MPI_INT, MPI_MAX, comm);
            if (found) continue;
            throw request.block["variable_name"].error(
                fmt::format("no compartment of the report '{}' has '{}'", request.name, variable),
                did_you_mean(variable, {names.begin(), names.end()}));
        }
    }

    std::string unit(const ReportRequest& r) {
        if (r.type == "lfp") return "mV";
        if (r.type == "synapse") return unit_of(network.builder(), r.variable, r.block.where());
        if (r.type != "summation") return unit_of(network.builder(), r.variable, r.block.where());
        const std::string single = unit_of(network.builder(), r.variables().at(0), r.block.where());
        return single == "mA/cm2" && !r.by_area ? single : single == "mV" ? (r.by_area ? "mV*um2/100" : "mV") : "nA";
    }
};

Reports::Reports(Network& network, bool goes_on) : impl_(new Impl{network, goes_on}) {
    for (const auto& block : network.config().reports)
        if (block.block.flag("enabled", true)) impl_->add(read_report_request(network.config(), block));
}

Reports::~Reports() = default;

void Reports::open(MPI_Comm comm, const std::filesystem::path& folder, std::int64_t resumed) {
    for (auto& request : impl_->asked) impl_->check(comm, request);
    for (auto& f : impl_->files) {
        const auto first = resumed > 0 && resumed >= f.spec.first ? (resumed - f.spec.first) / f.spec.every + 1 : 0;
        f.report = std::make_unique<SonataReport>(comm, folder / (f.name + ".h5"),
                                                  ReportOptions{.population = f.population,
                                                                .unit = f.unit,
                                                                .start_ms = f.start + static_cast<double>(first) * f.dt,
                                                                .dt_ms = f.dt,
                                                                .float64 = impl_->network.config().allen},
                                                  f.columns);
    }
}

void Reports::write(Simulation& simulation) {
    const double dt = impl_->network.config().dt;
    std::vector<double> row;
    for (auto& f : impl_->files) {
        const Frames frames = simulation.take_frames(f.recorder);
        for (std::int64_t k = 0; k < frames.count; ++k) {
            const auto* values = frames.values.data() + static_cast<std::size_t>(k) * frames.columns;
            // A clamp's current is that of the middle of the step before the frame, as NEURON keeps it.
            const auto step = f.spec.first + (frames.first + k) * f.spec.every;
            const double t = step == 0 ? 0 : (static_cast<double>(step) - 0.5) * dt;
            row.assign(f.columns.size(), 0.0);
            for (const auto& term : f.terms)
                row[term.column] +=
                    term.factor * (term.probe >= 0
                                       ? values[term.probe]
                                       : impl_->network.clamps()[static_cast<std::size_t>(term.clamp)].at(t));
            f.report->write(row);
        }
    }
}

void Reports::close() {
    for (auto& f : impl_->files) f.report->close();
}

}  // namespace ngv::neuron

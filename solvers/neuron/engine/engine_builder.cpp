#include "solvers/neuron/engine/engine_builder.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>

#include "ngv/error.hpp"
#include "solvers/neuron/engine/builder_impl.hpp"
#include "solvers/neuron/engine/variable_names.hpp"

namespace ngv::neuron {

namespace {

int slot_of(const char* const* names, int n, const std::string& name, const char* what,
            const ngv_mechanism& mechanism) {
    for (int i = 0; i < n; ++i)
        if (name == names[i]) return i;
    const std::vector<std::string> known(names, names + n);
    throw UserError(Problem{fmt::format("mechanism {}", mechanism.name), fmt::format("has no {} '", what) + name + "'",
                            did_you_mean(name, known)});
}

}  // namespace

EngineBuilder::EngineBuilder(SimulationOptions options) : impl_(std::make_unique<Impl>()) {
    if (!(options.dt > 0)) throw UserError(Problem{"time step", fmt::format("is {} ms, expected > 0", options.dt), ""});
    if (options.second_order < 0 || options.second_order > 2)
        throw UserError(Problem{"second_order", fmt::format("is {}, expected 0, 1 or 2", options.second_order), ""});
    impl_->options = options;
}
EngineBuilder::~EngineBuilder() = default;
EngineBuilder::EngineBuilder(EngineBuilder&&) noexcept = default;

const SimulationOptions& EngineBuilder::options() const {
    return impl_->options;
}

const ngv_mechanism& EngineBuilder::Impl::find(const std::string& name, const std::string& where) const {
    const auto it = mechanism_number.find(name);
    if (it != mechanism_number.end()) return *mechanisms[it->second];
    std::vector<std::string> known;
    for (const auto* m : mechanisms) known.emplace_back(m->name);
    throw UserError(Problem{where, "unknown mechanism '" + name + "'", did_you_mean(name, known)});
}

bool EngineBuilder::Impl::has_node(std::int64_t gid, int node) const {
    const auto it = cell_of_gid.find(gid);
    return it != cell_of_gid.end() && node >= 0 && node < cells[it->second].blueprint->num_nodes();
}

void EngineBuilder::Impl::check_node(std::int64_t gid, int node, const std::string& where) const {
    if (has_node(gid, node)) return;
    const auto it = cell_of_gid.find(gid);
    if (it == cell_of_gid.end())
        throw UserError(Problem{where, fmt::format("cell {} is not on this rank", gid), "add the cell first"});
    const int n = cells[it->second].blueprint->num_nodes();
    throw UserError(Problem{where, fmt::format("node {} of cell {}, which has nodes 0 to {}", node, gid, n - 1), ""});
}

Point EngineBuilder::Impl::add(std::int64_t gid, int node, const std::string& name, const Values& given) {
    const auto where = [&] {  // not made for each of millions of synapses
        return node < 0 ? fmt::format("artificial cell {}", gid)
                        : fmt::format("point process {} at node {} of cell {}", name, node, gid);
    };
    const auto number = mechanism_number.find(name);
    const ngv_mechanism& m = number == mechanism_number.end() ? find(name, where()) : *mechanisms[number->second];
    const int kind = node < 0 ? NGV_ARTIFICIAL_CELL : NGV_POINT_PROCESS;
    if (m.kind != kind)
        throw UserError(Problem{where(),
                                name + (m.kind == NGV_DENSITY           ? " is a density mechanism"
                                        : m.kind == NGV_FUNCTIONS       ? " has functions only (SUFFIX nothing)"
                                        : m.kind == NGV_ARTIFICIAL_CELL ? " is an artificial cell"
                                                                        : " is a point process"),
                                node < 0 ? "expected an artificial cell" : "expected a point process"});
    points.push_back({gid, node, number->second, static_cast<std::int64_t>(value.size())});
    for (const auto& [variable, x] : given) {
        const auto column = find_column(m, variable);
        if (!column)
            throw UserError(
                Problem{where(), "has no variable '" + variable + "'", did_you_mean(variable, variable_names(m))});
        value_column.push_back(static_cast<std::int16_t>(*column));
        value.push_back(x);
    }
    return {static_cast<int>(points.size()) - 1};
}

void EngineBuilder::add_catalogue(const ngv_catalogue* catalogue) {
    if (catalogue->abi != NGV_MECHANISM_ABI)
        throw UserError(
            Problem{"mechanism catalogue",
                    fmt::format("was built for interface {}, this solver has {}", catalogue->abi, NGV_MECHANISM_ABI),
                    "build it again with `ngv mechanisms build`"});
    for (int i = 0; i < catalogue->num_mechanisms; ++i) {
        const ngv_mechanism* m = catalogue->mechanisms[i];
        if (!impl_->mechanism_number.emplace(m->name, static_cast<int>(impl_->mechanisms.size())).second)
            throw UserError(Problem{
                fmt::format("mechanism {} of {}", m->name, m->source),
                fmt::format("the name is taken by {}", impl_->mechanisms[impl_->mechanism_number[m->name]]->source),
                "rename one of them"});
        impl_->mechanisms.push_back(m);
        int size = 0;
        for (int g = 0; g < m->num_globals; ++g) size = std::max(size, m->globals[g].index + m->globals[g].length);
        auto& values = impl_->globals.emplace_back(size);
        for (int g = 0; g < m->num_globals; ++g)
            std::fill_n(values.begin() + m->globals[g].index, m->globals[g].length, m->globals[g].value);
    }
}

bool EngineBuilder::has_mechanism(const std::string& name) const {
    return impl_->mechanism_number.contains(name);
}

const ngv_mechanism* EngineBuilder::mechanism(const std::string& name, const std::string& where) const {
    return &impl_->find(name, where);
}

void EngineBuilder::set_global(const std::string& mechanism, const std::string& name, double value) {
    const std::string where = "global variable '" + name + "' of mechanism '" + mechanism + "'";
    const ngv_mechanism& m = impl_->find(mechanism, where);
    std::vector<std::string> known;
    for (int g = 0; g < m.num_globals; ++g) {
        if (name == m.globals[g].name) {
            auto& values = impl_->globals[impl_->mechanism_number.at(mechanism)];
            std::fill_n(values.begin() + m.globals[g].index, m.globals[g].length, value);
            return;
        }
        known.emplace_back(m.globals[g].name);
    }
    throw UserError(Problem{where, "there is none of that name", did_you_mean(name, known)});
}

void EngineBuilder::set_function_table(const FunctionTable& table) {
    std::string where = "FUNCTION_TABLE " + table.function + " of mechanism '" + table.mechanism + "'";
    if (!table.where.empty()) where = table.where + ", " + where;
    const ngv_mechanism& m = impl_->find(table.mechanism, where);
    int number = -1, arguments = 0;
    std::vector<std::string> known;
    for (int f = 0; f < m.num_functions; ++f) {
        const std::string name = m.functions[f];
        if (!name.starts_with("table_")) continue;
        known.push_back(name.substr(6));
        if (known.back() != table.function) continue;
        const double none[1] = {-1};
        const ngv_run run{};
        const ngv_set set{};
        number = f;
        arguments = static_cast<int>(m.call(&run, nullptr, &set, 0, f, none));
    }
    if (number < 0)
        throw UserError(Problem{
            where, "there is none of that name",
            known.empty() ? m.name + std::string(" has no FUNCTION_TABLE") : did_you_mean(table.function, known)});
    auto axes = table.axes;
    if (axes.empty()) axes.assign(static_cast<std::size_t>(arguments), {0.0});
    if (static_cast<int>(axes.size()) != arguments)
        throw UserError(Problem{where,
                                fmt::format("{} axes of points, but the function has {} argument{}", axes.size(),
                                            arguments, arguments == 1 ? "" : "s"),
                                "give a list of rising points for each argument"});
    std::size_t size = 1;
    std::vector<double> given{static_cast<double>(axes.size())};
    for (const auto& points : axes) {
        if (points.empty() || std::adjacent_find(points.begin(), points.end(), std::greater_equal<>()) != points.end())
            throw UserError(
                Problem{where, "an axis of points that is empty or does not rise", "give points in rising order"});
        size *= points.size();
        given.push_back(static_cast<double>(points.size()));
    }
    if (size != table.values.size())
        throw UserError(Problem{where, fmt::format("{} values, expected {} for its points", table.values.size(), size),
                                "give one value for each point, the last axis fastest"});
    for (const auto& points : axes) given.insert(given.end(), points.begin(), points.end());
    given.insert(given.end(), table.values.begin(), table.values.end());
    const ngv_run run{};
    const ngv_set set{};
    m.call(&run, nullptr, &set, 0, number, given.data());
}

void EngineBuilder::add_cell(std::int64_t gid, std::shared_ptr<const Blueprint> blueprint) {
    NGV_ASSERT(blueprint && blueprint->num_nodes() > 0 && blueprint->parent[0] == -1);
    for (const auto& d : blueprint->densities) {
        const std::string where = fmt::format("cell {}", gid);
        const ngv_mechanism& m = impl_->find(d.mechanism, where);
        if (m.kind != NGV_DENSITY)
            throw UserError(Problem{where, d.mechanism + " is no density mechanism", "add it as a point process"});
        for (const auto& [name, values] : d.values) {
            if (!find_column(m, name))
                throw UserError(Problem{where, d.mechanism + " has no variable '" + name + "'",
                                        did_you_mean(name, variable_names(m))});
            NGV_ASSERT(values.size() == 1 || values.size() == d.nodes.size());
        }
    }
    if (!impl_->cell_of_gid.emplace(gid, static_cast<int>(impl_->cells.size())).second)
        throw UserError(Problem{fmt::format("cell {}", gid), "was added twice", ""});
    impl_->cells.push_back({gid, std::move(blueprint), {}});
}

bool EngineBuilder::has_cell(std::int64_t gid) const {
    return impl_->cell_of_gid.count(gid) > 0;
}

const Blueprint& EngineBuilder::blueprint(std::int64_t gid) const {
    impl_->check_node(gid, 0, "blueprint");
    return *impl_->cells[impl_->cell_of_gid.at(gid)].blueprint;
}

void EngineBuilder::set_value(std::int64_t gid, int node, const std::string& variable, double value) {
    impl_->check_node(gid, node, "value of '" + variable + "'");
    impl_->cells[impl_->cell_of_gid.at(gid)].overrides.push_back({node, variable, value});
}

Point EngineBuilder::add_point(std::int64_t gid, int node, const std::string& mechanism, const Values& values) {
    if (!impl_->has_node(gid, node)) impl_->check_node(gid, node, "point process " + mechanism);
    return impl_->add(gid, node, mechanism, values);
}

Point EngineBuilder::add_artificial_cell(std::int64_t gid, const std::string& mechanism, const Values& values) {
    const Point p = impl_->add(gid, -1, mechanism, values);
    add_net_event_source(gid, p);
    return p;
}

void EngineBuilder::set_random(Point point, const std::string& name, std::uint32_t id1, std::uint32_t id2,
                               std::uint32_t id3) {
    const int number = impl_->points.at(point.index).mechanism;
    const ngv_mechanism& m = *impl_->mechanisms[number];
    const int slot = slot_of(m.randoms, m.num_randoms, name, "random stream", m);
    impl_->randoms.push_back(
        {-1, point.index, -1, static_cast<std::int16_t>(number), static_cast<std::int16_t>(slot), {id1, id2, id3}});
}

void EngineBuilder::set_random(std::int64_t gid, int node, const std::string& mechanism, const std::string& name,
                               std::uint32_t id1, std::uint32_t id2, std::uint32_t id3) {
    const std::string where = "random stream of " + mechanism;
    impl_->check_node(gid, node, where);
    const ngv_mechanism& m = impl_->find(mechanism, where);
    const int slot = slot_of(m.randoms, m.num_randoms, name, "random stream", m);
    impl_->randoms.push_back({gid,
                              -1,
                              node,
                              static_cast<std::int16_t>(impl_->mechanism_number.at(mechanism)),
                              static_cast<std::int16_t>(slot),
                              {id1, id2, id3}});
}

void EngineBuilder::set_vector(Point point, const std::string& name, std::vector<double> values) {
    const ngv_mechanism& m = *impl_->mechanisms[impl_->points.at(point.index).mechanism];
    impl_->vectors.push_back({point.index, slot_of(m.objects, m.num_objects, name, "object", m), std::move(values)});
}

void EngineBuilder::set_pointer(Point point, const std::string& name, const Probe& target) {
    const int number = impl_->points.at(point.index).mechanism;
    const ngv_mechanism& m = *impl_->mechanisms[number];
    impl_->pointers.push_back({point, -1, -1, number, slot_of(m.pointers, m.num_pointers, name, "pointer", m), target});
}

void EngineBuilder::set_pointer(std::int64_t gid, int node, const std::string& mechanism, const std::string& name,
                                const Probe& target) {
    const std::string where = "pointer of " + mechanism;
    impl_->check_node(gid, node, where);
    const ngv_mechanism& m = impl_->find(mechanism, where);
    impl_->pointers.push_back({{},
                               gid,
                               node,
                               impl_->mechanism_number.at(mechanism),
                               slot_of(m.pointers, m.num_pointers, name, "pointer", m),
                               target});
}

void EngineBuilder::add_detector(std::int64_t source, const Probe& probe, double threshold) {
    impl_->detectors.push_back({source, probe, threshold});
}

void EngineBuilder::add_net_event_source(std::int64_t source, Point point) {
    impl_->net_event_sources.emplace_back(source, point.index);
}

void EngineBuilder::add_spikes(std::int64_t source, const std::vector<double>& times_ms) {
    for (double t : times_ms) impl_->spikes.emplace_back(t, source);
    impl_->given_sources.insert(source);
}

void EngineBuilder::add_spike_generator(SpikeGenerator generator, const std::vector<std::int64_t>& sources) {
    impl_->generators.push_back(std::move(generator));
    impl_->given_sources.insert(sources.begin(), sources.end());
}

std::int64_t EngineBuilder::add_connection(std::int64_t source, Point target, double delay_ms,
                                           const std::vector<double>& weights, std::int64_t order) {
    const ngv_mechanism& m = *impl_->mechanisms[impl_->points.at(target.index).mechanism];
    auto where = [&] {
        return fmt::format("connection from {} to {} of cell {}", source, m.name, impl_->points[target.index].gid);
    };
    if (!m.net_receive) throw UserError(Problem{where(), "the mechanism has no NET_RECEIVE", ""});
    if (!(delay_ms >= 0))
        throw UserError(Problem{where(), fmt::format("has a delay of {} ms, expected none below 0", delay_ms), ""});
    if (static_cast<int>(weights.size()) > std::max(1, m.num_weights))
        throw UserError(
            Problem{where(), fmt::format("has {} weights, the mechanism takes {}", weights.size(), m.num_weights), ""});
    impl_->source.push_back(source);
    impl_->order.push_back(order);
    impl_->target.push_back(target.index);
    impl_->delay.push_back(delay_ms);
    impl_->numbers.add(m, weights);
    return static_cast<std::int64_t>(impl_->source.size()) - 1;
}

void EngineBuilder::change_weight(std::int64_t connection, double time_ms, double weight) {
    NGV_ASSERT(connection >= 0 && connection < static_cast<std::int64_t>(impl_->source.size()));
    impl_->weight_changes.push_back({connection, time_ms, weight});
}

void EngineBuilder::add_current_clamp(std::int64_t gid, int node, Waveform amplitude_nA, bool electrode) {
    impl_->check_node(gid, node, "current clamp");
    impl_->clamps.push_back({gid, node, electrode ? 0 : 1, std::move(amplitude_nA), 1, 0, 1e300});
}

void EngineBuilder::add_voltage_clamp(std::int64_t gid, int node, const VoltageClamp& clamp) {
    impl_->check_node(gid, node, "voltage clamp");
    if (clamp.durations.size() != clamp.levels.size() || clamp.levels.empty() || !(clamp.rs > 0))
        throw UserError(Problem{
            fmt::format("voltage clamp of cell {}", gid),
            fmt::format("{} durations, {} levels, {} MOhm", clamp.durations.size(), clamp.levels.size(), clamp.rs),
            "expected one duration a level, and a positive resistance"});
    std::vector<double> times{0};
    for (double d : clamp.durations) times.push_back(times.back() + d);
    const double until = times.back();
    times.pop_back();
    impl_->clamps.push_back({gid, node, 2, Waveform::steps(times, clamp.levels), clamp.rs, 0, until});
}

void EngineBuilder::add_conductance(std::int64_t gid, int node, Waveform g_uS, double reversal_mV) {
    impl_->check_node(gid, node, "conductance");
    impl_->clamps.push_back({gid, node, 3, std::move(g_uS), 1, reversal_mV, 1e300});
}

void EngineBuilder::play(const Probe& target, Waveform waveform) {
    impl_->plays.push_back({target, std::move(waveform)});
}

void EngineBuilder::add_transfer(const Probe& target, std::int64_t source_gid, int source_node) {
    impl_->transfers.push_back({target, source_gid, source_node});
}

int EngineBuilder::add_recorder(RecorderSpec spec) {
    if (spec.every < 1) throw UserError(Problem{"recorder", "expected a frame at most every step", ""});
    impl_->recorders.push_back(std::move(spec));
    return static_cast<int>(impl_->recorders.size()) - 1;
}

void EngineBuilder::expose(const std::string& mechanism, const std::string& variable) {
    const ngv_mechanism& m = impl_->find(mechanism, "variable " + variable);
    const auto column = find_column(m, variable);
    if (!column)
        throw UserError(Problem{"mechanism " + mechanism, "has no variable '" + variable + "'",
                                did_you_mean(variable, variable_names(m))});
    impl_->exposed.emplace(impl_->mechanism_number.at(mechanism), *column);
}

void EngineBuilder::track_efflux(const std::string& ion) {
    impl_->efflux.insert(ion);
}

void EngineBuilder::own_concentrations(const std::string& ion, bool follow) {
    impl_->own[ion] = follow;
}

}  // namespace ngv::neuron

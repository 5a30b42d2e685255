#include "solvers/rd/simulation.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

namespace ngv::rd {

double Budget::defect() const {
    const double largest = std::max({std::abs(start), std::abs(end), std::abs(added), std::abs(removed)});
    return largest > 0.0 ? std::abs(end - start - added + removed) / largest : 0.0;
}

namespace {

// A model made by hand is tissue.
Model with_compartments(Model model) {
    if (!model.compartments.empty()) return model;
    Compartment tissue{.name = "tissue", .volume_fraction = model.volume_fraction, .tortuosity = model.tortuosity};
    for (int s = 0; s < model.num_species(); ++s) tissue.species.push_back(s);
    model.compartments.push_back(std::move(tissue));
    return model;
}

std::vector<double> solvent_of(const LocalMesh& mesh, const Model& model, const RegionMap& regions) {
    std::vector<double> volumes(mesh.volumes);
    for (std::size_t i = 0; i < volumes.size(); ++i)
        volumes[i] *= model.compartments[regions.compartment[i]].volume_fraction;
    return volumes;
}

std::vector<double> areas_of(const LocalMesh& mesh, const RegionMap& regions) {
    std::vector<double> areas;
    for (const auto& f : regions.faces) areas.push_back(norm(mesh.outward_area(f.inside, f.face)));
    return areas;
}

bool holds(const SpeciesList& list, int species) {
    return std::find(list.begin(), list.end(), species) != list.end();
}

bool is_ours(const Species& s) {
    return s.engine == Engine::deterministic;
}

}  // namespace

Simulation::Simulation(MPI_Comm comm, LocalMesh mesh, Model model)
    : comm_(comm),
      mesh_(std::move(mesh)),
      model_(with_compartments(std::move(model))),
      ns_(static_cast<std::size_t>(model_.num_species())),
      regions_(regions_of(mesh_, model_, comm)),
      surface_(model_),
      solvent_(solvent_of(mesh_, model_, regions_)),
      areas_(areas_of(mesh_, regions_)),
      kinetics_(mesh_, model_, regions_, surface_, solvent_, held_),
      reactions_(model_),
      start_(ns_, 0.0),
      added_(ns_, 0.0),
      removed_(ns_, 0.0) {
    for (const auto& s : model_.species) removes_ |= is_ours(s) && (s.clearance_rate > 0.0 || s.uptake_max > 0.0);
    state_.removed.assign(ns_, 0.0);
    prepare_contents();
    prepare_clamps();
    prepare_blocks();
    if (!model_.membranes.empty()) {
        potential_ = std::make_unique<MembranePotential>(comm_, mesh_, model_, regions_);
        state_.potential = potential_->at_vertices();
    }
    if (!model_.has_stochastic()) return;
    if (model_.error_bound > 0.0)
        throw UserError(Problem{"error_bound", "bounds the error of concentrations, and there are stochastic species",
                                "choose a `step` instead"});
    molecules_ = std::make_unique<Molecules>(comm_, mesh_, model_, regions_, solvent_);
    molecules_->show(state_.c);
}

void Simulation::set_constant(const std::string& name, const std::string& value) {
    model_.set_constant(name, value, name);
    if (molecules_) molecules_->engine().set_constant(name, value);
}

void Simulation::set_concentration(std::size_t i, int species, double mM) {
    if (is_ours(model_.species[species])) {
        state_.c[i * ns_ + species] = mM;
        return;
    }
    molecules_->set(i, species, mM);
    molecules_->show(state_.c);
}

void Simulation::prepare_contents() {
    state_.c.assign(num_owned() * ns_, 0.0);
    state_.densities.assign(regions_.faces.size() * surface_.size(), 0.0);
    const auto cells_of = [&](int compartment, const std::function<void(std::size_t)>& f) {
        for (std::size_t i = 0; i < num_owned(); ++i)
            if (regions_.compartment[i] == compartment) f(i);
    };
    for (int k = 0; k < static_cast<int>(model_.compartments.size()); ++k)
        for (const int s : model_.compartments[k].species)
            if (is_ours(model_.species[s]))
                cells_of(k, [&](std::size_t i) { state_.c[i * ns_ + s] = model_.species[s].initial; });
    for (const auto& content : model_.contents) {
        if (!is_ours(model_.species[content.species])) continue;
        double size = 0.0;  // of the whole region, when a number of molecules is spread over it
        if (content.measure == Content::Measure::molecules) {
            if (content.region.surface) {
                for (std::size_t k = 0; k < areas_.size(); ++k)
                    if (regions_.faces[k].patch == content.region.index) size += areas_[k];
            } else {
                cells_of(content.region.index, [&](std::size_t i) { size += solvent_[i]; });
            }
            MPI_Allreduce(MPI_IN_PLACE, &size, 1, MPI_DOUBLE, MPI_SUM, comm_);
        }
        // mM, or molecules a um2
        const double value = content.measure != Content::Measure::molecules ? content.value
                             : content.region.surface                       ? content.value / size
                                                      : content.value / (size * molecules_per_mM_um3);
        if (content.region.surface) {
            for (std::size_t k = 0; k < areas_.size(); ++k)
                if (regions_.faces[k].patch == content.region.index) set_density(k, content.species, value);
        } else {
            cells_of(content.region.index, [&](std::size_t i) { state_.c[i * ns_ + content.species] = value; });
        }
    }
}

void Simulation::prepare_clamps() {
    for (const auto& clamp : model_.clamps) {
        if (!is_ours(model_.species[clamp.species])) continue;
        if (clamp.region.surface)
            throw UserError(Problem{clamp.where, "species on patches cannot be clamped", "clamp it in a compartment"});
        if (held_.empty()) held_.assign(num_owned() * ns_, 0);
        for (std::size_t i = 0; i < num_owned(); ++i) {
            if (regions_.compartment[i] != clamp.region.index || !clamp.zone.contains(&mesh_.centroids[3 * i]))
                continue;
            held_[i * ns_ + clamp.species] = 1;
            if (clamp.value >= 0.0) state_.c[i * ns_ + clamp.species] = clamp.value;
        }
    }
}

Medium Simulation::medium_of(int species) const {
    Medium medium;
    medium.share.reserve(mesh_.ids.size());
    medium.ease.reserve(mesh_.ids.size());
    for (const auto k : regions_.compartment) {
        const Compartment& c = model_.compartments[k];
        medium.share.push_back(c.volume_fraction);
        medium.ease.push_back(1.0 / (c.tortuosity * c.tortuosity));
    }
    if (model_.compartments.size() > 1) {
        medium.closed.assign(mesh_.neighbours.size(), 0);
        for (std::size_t f = 0; f < mesh_.neighbours.size(); ++f)
            if (const auto j = mesh_.neighbours[f]; j >= 0)
                medium.closed[f] = regions_.compartment[f / 4] != regions_.compartment[j];
        for (std::size_t b = 0; b < model_.boundaries.size(); ++b)
            if (model_.boundaries[b].open && holds(model_.boundaries[b].species, species))
                for (const auto f : regions_.boundary_faces[b]) medium.closed[f] = 0;
    }
    for (std::size_t i = 0; !held_.empty() && i < num_owned(); ++i)
        if (held_[i * ns_ + species]) medium.held.push_back(static_cast<std::int32_t>(i));
    return medium;
}

void Simulation::prepare_blocks() {
    blocks_.clear();
    // Species share a block if they pass the same boundaries and the same clamps hold them.
    std::map<std::vector<int>, std::vector<int>> alike;
    for (int s = 0; s < model_.num_species(); ++s) {
        if (!is_ours(model_.species[s]) || !(model_.species[s].diffusion > 0.0)) continue;
        std::vector<int> key;
        for (const auto& b : model_.boundaries) key.push_back(b.open && holds(b.species, s));
        for (std::size_t k = 0; k < model_.clamps.size(); ++k)
            if (model_.clamps[k].species == s) key.push_back(static_cast<int>(1000 + k));
        alike[key].push_back(s);
    }
    const auto what = [&](const std::vector<int>& species, bool on_surface) {
        Diffusing d{.scheme = model_.scheme, .correct_faces = model_.correct_faces, .tolerance = model_.tolerance};
        for (const int s : species) {
            d.names.push_back(model_.species[s].name);
            d.diffusion.push_back(on_surface ? model_.species[s].surface_diffusion : model_.species[s].diffusion);
        }
        return d;
    };
    for (const auto& [key, species] : alike) {
        Block block{species, nullptr, {}};
        block.diffusion =
            std::make_unique<Diffusion>(comm_, mesh_, shape_of(mesh_), medium_of(species[0]), what(species, false));
        if (species.size() < ns_) block.values.resize(num_owned() * species.size());
        blocks_.push_back(std::move(block));
    }

    std::vector<int> on_surfaces;
    for (const int s : surface_.species)
        if (model_.species[s].surface_diffusion > 0.0) on_surfaces.push_back(s);
    if (on_surfaces.empty() || surface_block_.diffusion) return;
    surface_cells_ = std::make_unique<SurfaceCells>(mesh_, regions_, comm_);
    auto diffusing = what(on_surfaces, true);
    diffusing.unit = "mM um";
    diffusing.cell = "triangle";
    surface_block_ = {on_surfaces,
                      std::make_unique<Diffusion>(comm_, surface_cells_->cells, surface_cells_->shape(), Medium{},
                                                  std::move(diffusing)),
                      std::vector<double>(surface_cells_->face.size() * on_surfaces.size())};
}

void Simulation::set_open(int boundary, bool open) {
    if (model_.boundaries[boundary].open == open) return;
    model_.boundaries[boundary].open = open;
    prepare_blocks();
    if (molecules_) molecules_->engine().set_open(boundary, open);
}

double Simulation::density(std::size_t k, int species) const {
    return density_in(state_, k, species);
}

double Simulation::density_in(const State& state, std::size_t k, int species) const {
    if (!is_ours(model_.species[species])) return molecules_->density(k, species, areas_[k]);
    const int column = surface_.column_of[species];
    NGV_ASSERT(column >= 0);
    return state.densities[k * surface_.size() + column] * molecules_per_mM_um3;
}

void Simulation::set_density(std::size_t k, int species, double per_um2) {
    const int column = surface_.column_of[species];
    NGV_ASSERT(column >= 0);
    state_.densities[k * surface_.size() + column] = per_um2 / molecules_per_mM_um3;
}

double Simulation::molecules_on(int patch, int species) const {
    double sum = 0.0;
    for (std::size_t k = 0; k < areas_.size(); ++k)
        if (regions_.faces[k].patch == patch) sum += areas_[k] * density(k, species);
    MPI_Allreduce(MPI_IN_PLACE, &sum, 1, MPI_DOUBLE, MPI_SUM, comm_);
    return sum;
}

void Simulation::remember_start() {
    if (started_) return;
    started_ = true;
    for (std::size_t s = 0; s < ns_; ++s) start_[s] = moles(static_cast<int>(s));
}

void Simulation::add(int species, std::span<const double> mol, double time_ms, const Unmet& unmet) {
    NGV_ASSERT(mol.size() == num_owned());
    remember_start();
    if (!is_ours(model_.species[species])) {
        added_[species] += molecules_->add(species, mol, state_.c, unmet);
        return;
    }
    for (std::size_t i = 0; i < mol.size(); ++i) {
        if (mol[i] == 0.0) continue;
        const double capacity = mol_per_mM_um3 * extracellular_volume(i);
        double& c = state_.c[i * ns_ + species];
        const double after = c + mol[i] / capacity;
        if (!std::isfinite(after))
            throw PhysicsError(
                fmt::format("an amount of {} that is not a number ({} mol) arrived for tetrahedron {} at {:.6g} ms",
                            model_.species[species].name, mol[i], mesh_.ids[i], time_ms),
                model_.species[species].name, mesh_.ids[i], time_ms);
        if (after >= 0.0) {
            c = after;
            added_[species] += mol[i];
        } else {
            const double taken = c * capacity;
            c = 0.0;
            added_[species] -= taken;
            unmet(i, mol[i] + taken);
        }
    }
}

void Simulation::watch(Tick every, Watch callee, Tick from) {
    NGV_ASSERT(every > 0);
    watch_every_ = every;
    watch_next_ = (from / every + 1) * every;
    watch_ = std::move(callee);
}

// The size of each species over the mesh, for what the kinetics may leave wrong.
void Simulation::find_scale() {
    scale_.assign(ns_, 0.0);
    for (std::size_t at = 0; at < state_.c.size(); ++at) scale_[at % ns_] = std::max(scale_[at % ns_], state_.c[at]);
    const auto on_surfaces = kinetics_.surface_scale(state_.densities.data());
    scale_.insert(scale_.end(), on_surfaces.begin(), on_surfaces.end());
    MPI_Allreduce(MPI_IN_PLACE, scale_.data(), static_cast<int>(scale_.size()), MPI_DOUBLE, MPI_MAX, comm_);
}

void Simulation::remove(State& state, double dt) const {
    if (removes_) reactions_.advance(state.c.data(), solvent_.data(), num_owned(), dt, state.removed);
}

void Simulation::react_volumes(State& state, double dt, double time_ms) {
    if (!kinetics_.has_volumes()) return;
    add_contents(state, 1.0);
    kinetics_.in_volumes(state.c.data(), dt, scale_, time_ms);
    add_contents(state, -1.0);
}

void Simulation::react_surfaces(State& state, double dt, Kinetics::Sweep sweep, double time_ms) {
    if (!kinetics_.has_surfaces()) return;
    add_contents(state, 1.0);
    kinetics_.on_surfaces(state.c.data(), state.densities.data(), dt, sweep, scale_,
                          potential_ ? potential_->at_faces() : std::vector<double>{}, time_ms);
    add_contents(state, -1.0);
}

// What kinetics takes out of the volumes is the difference of what they hold before and after.
void Simulation::add_contents(State& state, double sign) const {
    for (std::size_t i = 0, at = 0; i < num_owned(); ++i)
        for (std::size_t s = 0; s < ns_; ++s, ++at) state.removed[s] += sign * solvent_[i] * state.c[at];
}

void Simulation::react_before(State& state, double dt, double time_ms) {
    remove(state, dt);
    react_volumes(state, dt, time_ms);
    react_surfaces(state, dt, Kinetics::Sweep::forward, time_ms);
}

void Simulation::react_after(State& state, double dt, double time_ms) {
    react_surfaces(state, dt, Kinetics::Sweep::backward, time_ms);
    react_volumes(state, dt, time_ms);
    remove(state, dt);
}

// The potential over dt, with the channels and what their ions carried as they are in the middle of the step.
void Simulation::polarise(State& state, double dt, double time_ms) {
    std::vector<double> conductance(areas_.size(), 0.0), drive(areas_.size(), 0.0);
    for (const auto& current : model_.ohmic_currents) {
        for (std::size_t f = 0; f < areas_.size(); ++f) {
            if (regions_.faces[f].patch != current.patch) continue;
            const double channels = areas_[f] * density_in(state, f, current.channel);
            const double uS = 1e6 * current.conductance * channels;
            conductance[f] += uS;
            drive[f] += uS * current.reversal;
        }
    }
    auto counted = kinetics_.counted();
    counted.charge.resize(areas_.size(), 0.0);
    constexpr double elementary = 1.602176634e-19;  // C; molecules count what leaves
    for (std::size_t f = 0; molecules_ && f < areas_.size(); ++f)
        counted.charge[f] -= elementary * molecules_->take_charge(f);
    potential_->advance(dt, conductance, drive, counted.charge, time_ms);
    std::fill(counted.charge.begin(), counted.charge.end(), 0.0);
    kinetics_.set_counted(counted);
    state.potential = potential_->at_vertices();
    if (molecules_) molecules_->set_potentials(potential_->at_faces());
}

void Simulation::diffuse(State& state, double dt, double time_ms) {
    if (potential_) polarise(state, dt, time_ms);
    for (auto& block : blocks_) {
        const std::size_t width = block.species.size();
        if (block.values.empty()) {
            block.diffusion->step(state.c.data(), dt, time_ms);
        } else {
            for (std::size_t i = 0; i < num_owned(); ++i)
                for (std::size_t k = 0; k < width; ++k)
                    block.values[i * width + k] = state.c[i * ns_ + block.species[k]];
            block.diffusion->step(block.values.data(), dt, time_ms);
            for (std::size_t i = 0; i < num_owned(); ++i)
                for (std::size_t k = 0; k < width; ++k)
                    state.c[i * ns_ + block.species[k]] = block.values[i * width + k];
        }
        for (std::size_t k = 0; k < width; ++k) state.removed[block.species[k]] += block.diffusion->absorbed()[k];
    }
    if (!surface_block_.diffusion) return;
    const std::size_t width = surface_block_.species.size(), columns = surface_.size();
    const auto& face = surface_cells_->face;
    const auto each = [&](const std::function<void(double&, double&)>& f) {
        for (std::size_t i = 0; i < face.size(); ++i)
            for (std::size_t k = 0; k < width; ++k)
                f(surface_block_.values[i * width + k],
                  state.densities[face[i] * columns + surface_.column_of[surface_block_.species[k]]]);
    };
    each([](double& block, double& all) { block = all; });
    surface_block_.diffusion->step(surface_block_.values.data(), dt, time_ms);
    each([](double& block, double& all) { all = block; });
}

void Simulation::step(State& state, double dt, double time_ms) {
    react_before(state, 0.5 * dt, time_ms);
    diffuse(state, dt, time_ms);
    react_after(state, 0.5 * dt, time_ms);
}

void Simulation::advance(Tick begin, Tick end) {
    NGV_ASSERT(end > begin);
    remember_start();
    // Changes of the model cut the steps.
    while (next_change_ < model_.changes.size() && model_.changes[next_change_].at < end) {
        const Tick at = model_.changes[next_change_].at;
        if (at > begin) advance_unchanged(begin, at);
        begin = std::max(begin, at);
        apply_changes(next_change_ + 1);
    }
    advance_unchanged(begin, end);
}

void Simulation::advance_unchanged(Tick begin, Tick end) {
    for (auto& x : state_.removed) x = 0.0;
    if (!kinetics_.empty()) find_scale();
    if (molecules_)
        advance_molecules(begin, end);
    else if (model_.error_bound > 0.0)
        advance_adaptive(begin, end);
    else
        advance_fixed(begin, end);
    for (std::size_t s = 0; s < ns_; ++s) removed_[s] += mol_per_mM_um3 * state_.removed[s];
}

Snapshot Simulation::snapshot() const {
    return {.concentrations = state_.c,
            .densities = state_.densities,
            .potential = state_.potential,
            .start = start_,
            .added = added_,
            .removed = removed_,
            .extents = kinetics_.counted().extents,
            .charge = kinetics_.counted().charge,
            .started = started_,
            .steps = steps_,
            .refused = refused_,
            .adaptive_step = adaptive_step_,
            .next_change = next_change_,
            .molecules = molecules_ ? molecules_->engine().state() : StochasticEngine::State{}};
}

std::vector<double> Simulation::extents() const {
    auto extents = kinetics_.counted().extents;
    if (!molecules_) return extents;
    extents.resize(model_.reactions.size(), 0.0);
    const auto events = molecules_->engine().extents_here();
    const auto& reactions = molecules_->engine().extent_reactions();
    for (std::size_t row = 0; row < events.size(); ++row)
        if (reactions[row] >= 0) extents[reactions[row]] += static_cast<double>(events[row]) / avogadro;
    return extents;
}

void Simulation::restore(const Snapshot& s) {
    NGV_ASSERT(s.concentrations.size() == state_.c.size() && s.densities.size() == state_.densities.size() &&
               s.potential.size() == state_.potential.size());
    apply_changes(s.next_change);
    state_.c = s.concentrations;
    state_.densities = s.densities;
    state_.potential = s.potential;
    if (potential_) potential_->set(state_.potential);
    start_ = s.start;
    added_ = s.added;
    removed_ = s.removed;
    kinetics_.set_counted({s.extents, s.charge});
    started_ = s.started;
    steps_ = s.steps;
    refused_ = s.refused;
    adaptive_step_ = s.adaptive_step;
    if (molecules_) molecules_->engine().set_state(s.molecules);
}

// Those before `end` in the order of their times.
void Simulation::apply_changes(std::size_t end) {
    for (; next_change_ < end; ++next_change_) {
        const Change& change = model_.changes[next_change_];
        for (const auto& [name, value] : change.constants) set_constant(name, value);
        for (const int b : change.open) set_open(b, true);
        for (const int b : change.close) set_open(b, false);
    }
}

void Simulation::show(Tick begin, Tick end, const std::vector<double>& before, const std::vector<double>& after) {
    for (; watch_next_ < end; watch_next_ += watch_every_) {
        const double share = static_cast<double>(watch_next_ - begin) / static_cast<double>(end - begin);
        std::vector<double> between(before);
        for (std::size_t i = 0; i < between.size(); ++i) between[i] += share * (after[i] - before[i]);
        watch_(to_ms(watch_next_), between);
    }
    if (watch_next_ != end) return;
    watch_(to_ms(watch_next_), after);
    watch_next_ += watch_every_;
}

// Where reaction is one operator, the second half of a step's and the first half of the next's are one: nothing stands
// between them.
bool Simulation::joins_halves() const {
    return kinetics_.empty() || (!kinetics_.has_surfaces() && !removes_);
}

void Simulation::advance_fixed(Tick begin, Tick end) {
    const Tick length = end - begin;
    const Tick steps = (length + model_.step - 1) / model_.step;
    const double dt = to_ms(length) / static_cast<double>(steps);
    const auto end_of_step = [&](Tick k) { return begin + (k + 1) * length / steps; };
    const bool joined = joins_halves();
    const auto complete = [&](double time_ms) {  // the state at the end of a step of which half a reaction is missing
        State state = state_;
        const auto counted = kinetics_.counted();
        react_after(state, 0.5 * dt, time_ms);
        kinetics_.set_counted(counted);
        return state.c;
    };
    std::vector<double> before;  // whole state at the begin of a step that is watched
    if (watch_ && watch_next_ < end_of_step(0)) before = state_.c;

    if (joined) react_before(state_, 0.5 * dt, to_ms(begin));
    for (Tick k = 0; k < steps; ++k) {
        const double from = to_ms(begin) + static_cast<double>(k) * dt;
        if (!joined) {
            step(state_, dt, from);
            if (watch_ && watch_next_ <= end_of_step(k)) show(end_of_step(k - 1), end_of_step(k), before, state_.c);
            if (watch_ && k + 1 < steps && watch_next_ < end_of_step(k + 1)) before = state_.c;
            continue;
        }
        diffuse(state_, dt, from);
        const bool last = k + 1 == steps;
        std::vector<double> now;
        if (watch_ && watch_next_ <= end_of_step(k)) {
            now = complete(from);
            show(end_of_step(k - 1), end_of_step(k), before, now);
        }
        if (watch_ && !last && watch_next_ < end_of_step(k + 1)) before = now.empty() ? complete(from) : std::move(now);
        react_before(state_, last ? 0.5 * dt : dt, from + dt);
    }
    steps_ += steps;
}

void Simulation::advance_molecules(Tick begin, Tick end) {
    const Tick length = end - begin;
    const Tick steps = (length + model_.step - 1) / model_.step;
    const double dt = to_ms(length) / static_cast<double>(steps);
    const auto end_of_step = [&](Tick k) { return begin + (k + 1) * length / steps; };
    for (Tick k = 0; k < steps; ++k) {
        const bool is_seen = watch_ && watch_next_ <= end_of_step(k);
        if (is_seen) molecules_->show(state_.c);
        const std::vector<double> before = is_seen ? state_.c : std::vector<double>();
        molecules_->react(state_.c, 0.5 * dt, state_.removed);
        const double time_ms = to_ms(begin) + static_cast<double>(k) * dt;
        if (model_.has_deterministic())
            step(state_, dt, time_ms);
        else if (potential_)
            polarise(state_, dt, time_ms);
        molecules_->diffuse(dt);
        molecules_->react(state_.c, 0.5 * dt, state_.removed);
        if (is_seen || k + 1 == steps) molecules_->show(state_.c);
        if (is_seen) show(end_of_step(k - 1), end_of_step(k), before, state_.c);
    }
    steps_ += steps;
}

// Largest difference of two states, relative to the species' largest value. Collective.
double Simulation::difference(const State& a, const State& b) const {
    const std::size_t nd = surface_.size();
    std::vector<double> numbers(2 * (ns_ + nd), 0.0);
    const auto compare = [&](const std::vector<double>& x, const std::vector<double>& y, std::size_t width,
                             std::size_t first) {
        for (std::size_t at = 0; at < x.size(); ++at) {
            double* const entry = &numbers[2 * (first + at % width)];
            entry[0] = std::max(entry[0], std::abs(x[at] - y[at]));
            entry[1] = std::max(entry[1], std::abs(y[at]));
        }
    };
    compare(a.c, b.c, ns_, 0);
    if (nd > 0) compare(a.densities, b.densities, nd, ns_);
    MPI_Allreduce(MPI_IN_PLACE, numbers.data(), static_cast<int>(numbers.size()), MPI_DOUBLE, MPI_MAX, comm_);
    double worst = 0.0;
    for (std::size_t s = 0; s < ns_ + nd; ++s)
        if (numbers[2 * s + 1] > 0.0) worst = std::max(worst, numbers[2 * s] / numbers[2 * s + 1]);
    return worst;
}

// The scheme is of order 2: its two half steps are off by a third of their difference from the whole step. A step is
// repeated until that is below the bound; the next one's length follows the cube root of the ratio.
void Simulation::advance_adaptive(Tick begin, Tick end) {
    if (adaptive_step_ == 0) adaptive_step_ = model_.step;
    for (Tick now = begin; now < end;) {
        Tick length = std::min(adaptive_step_, end - now);
        if (end - now - length < length / 8) length = end - now;  // no crumbs at the end of a window
        const double dt = to_ms(length), from = to_ms(now);
        State whole = state_, halves = state_;
        const auto counted = kinetics_.counted();
        step(whole, dt, from);
        kinetics_.set_counted(counted);
        if (potential_) potential_->set(state_.potential);
        step(halves, 0.5 * dt, from);
        step(halves, 0.5 * dt, from + 0.5 * dt);
        const double error = difference(whole, halves) / 3.0;
        const double factor = std::clamp(0.9 * std::cbrt(model_.error_bound / std::max(error, 1e-300)), 0.2, 3.0);
        const Tick next = std::max<Tick>(2, static_cast<Tick>(static_cast<double>(length) * factor));
        if (error > model_.error_bound && length > 2) {
            ++refused_;
            kinetics_.set_counted(counted);
            if (potential_) potential_->set(state_.potential);
            adaptive_step_ = std::min(next, length / 2);
            continue;
        }
        std::swap(state_, halves);
        if (watch_ && watch_next_ <= now + length) show(now, now + length, halves.c, state_.c);
        // A step cut short by the end of a window says little about how long the next may be.
        if (length >= adaptive_step_ || next < adaptive_step_) adaptive_step_ = next;
        now += length;
        steps_ += 2;
    }
}

Diffusion::Statistics Simulation::statistics() const {
    Diffusion::Statistics sum;
    for (const auto& block : blocks_) {
        const auto& s = block.diffusion->statistics();
        sum.solves += s.solves;
        sum.iterations += s.iterations;
        sum.limited_steps += s.limited_steps;
    }
    return sum;
}

double Simulation::share_of_limited_faces() const {
    double largest = 0.0;
    for (const auto& block : blocks_)
        largest = std::max(largest, block.diffusion->share_of_limited_faces(to_ms(model_.step)));
    return largest;
}

std::vector<double> Simulation::column(int species) const {
    std::vector<double> values(num_owned());
    for (std::size_t i = 0; i < values.size(); ++i) values[i] = concentration(i, species);
    return values;
}

Simulation::Extremes Simulation::extremes(int species, const std::vector<double>& c) const {
    double sums[2] = {0.0, 0.0};
    double worst[2] = {-std::numeric_limits<double>::max(), -std::numeric_limits<double>::max()};
    for (std::size_t i = 0; i < num_owned(); ++i) {
        const double x = c[i * ns_ + species];
        sums[0] += x * mesh_.volumes[i];
        sums[1] += mesh_.volumes[i];
        worst[0] = std::max(worst[0], -x);
        worst[1] = std::max(worst[1], x);
    }
    MPI_Allreduce(MPI_IN_PLACE, sums, 2, MPI_DOUBLE, MPI_SUM, comm_);
    MPI_Allreduce(MPI_IN_PLACE, worst, 2, MPI_DOUBLE, MPI_MAX, comm_);
    return {sums[0] / sums[1], -worst[0], worst[1]};
}

double Simulation::moles(int species) const {
    double sum = 0.0;
    for (std::size_t i = 0; i < num_owned(); ++i) sum += concentration(i, species) * extracellular_volume(i);
    return mol_per_mM_um3 * sum;
}

Budget Simulation::budget(int species) const {
    const double end = moles(species);
    const double start = started_ ? start_[species] : end;
    // Whole molecules are exact: what is not there any more has reacted.
    const double removed = is_ours(model_.species[species]) ? removed_[species] : start + added_[species] - end;
    double local[4] = {start, end, added_[species], removed};
    MPI_Allreduce(MPI_IN_PLACE, local, 4, MPI_DOUBLE, MPI_SUM, comm_);
    return {local[0], local[1], local[2], local[3]};
}

}  // namespace ngv::rd

#include "solvers/rd/stochastic/engine.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cmath>

#include "solvers/rd/simulation.hpp"
#include "solvers/rd/stochastic/draws.hpp"
#include "solvers/rd/stochastic/placement.hpp"

namespace ngv::rd {

namespace {

enum Purpose : std::uint64_t { diffusion = 1, chemistry = 2, start = 3, amounts = 4, on_surfaces = 5 };
constexpr int tag_arrivals = 31, tag_on_surfaces = 32;

Model with_compartments(Model model) {
    if (!model.compartments.empty()) return model;
    Compartment tissue{.name = "tissue", .volume_fraction = model.volume_fraction, .tortuosity = model.tortuosity};
    for (int s = 0; s < model.num_species(); ++s) tissue.species.push_back(s);
    model.compartments.push_back(std::move(tissue));
    return model;
}

}  // namespace

struct StochasticEngine::Surface {
    SurfaceCells cells;
    Halo halo;
    std::vector<std::int32_t> triangle;  // [owned cells]
    JumpGraph graph;
    Arrivals arrivals;
    Hops hops;

    Surface(MPI_Comm comm, const LocalMesh& mesh, const RegionMap& regions, const Elements& elements,
            std::vector<Hops::Mover> movers, Key key)
        : cells(mesh, regions, comm),
          halo(cells.cells, comm),
          triangle(triangles(elements)),
          graph(surface_graph(cells, elements, halo)),
          arrivals(cells.cells, triangle, comm, tag_on_surfaces),
          hops(comm, graph, arrivals, std::move(movers), key) {}

    std::vector<std::int32_t> triangles(const Elements& elements) const {
        std::vector<std::int32_t> of;
        for (const auto f : cells.face) of.push_back(elements.triangle_of[f]);
        return of;
    }
};

StochasticEngine::StochasticEngine(MPI_Comm comm, const LocalMesh& mesh, Model model, const RegionMap& regions)
    : comm_(comm),
      mesh_(mesh),
      model_(with_compartments(std::move(model))),
      halo_(mesh, comm),
      elements_(mesh, model_, regions),
      laws_(std::make_unique<LawBook>(model_)),
      populations_(model_.num_species(), *laws_, elements_),
      graph_(volume_graph(mesh, model_, regions, elements_, halo_, comm)),
      arrivals_(mesh_, elements_.from_mesh, comm, tag_arrivals),
      hops_(std::make_unique<Hops>(comm, graph_, arrivals_, volume_movers(), key_of(model_.seed, diffusion))) {
    for (std::size_t p = 0; p < laws_->patches.size(); ++p)
        for (const auto& law : laws_->patches[p])
            for (const auto& change : law.changes)
                moves_across_ = moves_across_ || (!laws_->two_sided[p] && change.side == Side::outside);
    check_sides();
    for (const auto* lists : {&laws_->compartment_species, &laws_->patch_species})
        for (const auto& list : *lists)
            for (const int s : list)
                if (!is_ours(s) && std::count(shared_.begin(), shared_.end(), s) == 0) shared_.push_back(s);
    if (auto movers = surface_movers(); !movers.empty())
        surface_ = std::make_unique<Surface>(comm, mesh_, regions, elements_, std::move(movers),
                                             key_of(model_.seed, on_surfaces));
    chemistry_ = std::make_unique<Chemistry>(model_, elements_, populations_, *laws_, key_of(model_.seed, chemistry),
                                             model_.leap_error);
    extents_before_.assign(laws_->extents.size(), 0);
    place_contents();
}

StochasticEngine::~StochasticEngine() = default;

// Where a law reads what is outside, both elements at a triangle must be here. Collective.
void StochasticEngine::check_sides() const {
    std::int64_t apart = 0;
    for (std::size_t p = 0; p < laws_->two_sided.size(); ++p)
        for (auto t = elements_.patch_begin[p]; laws_->two_sided[p] && t < elements_.patch_begin[p + 1]; ++t)
            apart += elements_.triangles[t].outside >= elements_.num_owned;
    MPI_Allreduce(MPI_IN_PLACE, &apart, 1, MPI_INT64_T, MPI_SUM, comm_);
    if (apart > 0)
        throw UserError(Problem{"patches", fmt::format("the two sides of {} triangles are on different ranks", apart),
                                "distribute the mesh by partition_rules(model)"});
}

std::vector<Hops::Mover> StochasticEngine::volume_movers() {
    std::vector<Hops::Mover> movers;
    for (int s = 0; s < model_.num_species(); ++s) {
        Hops::Mover mover{.species = s, .diffusion = model_.species[s].diffusion, .pool = &populations_.volume[s]};
        for (std::size_t c = 0; c < model_.compartments.size(); ++c) {
            const auto& list = laws_->compartment_species[c];
            if (std::binary_search(list.begin(), list.end(), s)) mover.ranges.push_back(elements_.ranges[c]);
        }
        for (std::size_t b = 0; b < model_.boundaries.size(); ++b) {
            const auto& boundary = model_.boundaries[b];
            if (boundary.open && std::count(boundary.species.begin(), boundary.species.end(), s) > 0)
                mover.open_boundaries |= std::uint64_t{1} << b;
        }
        if (is_ours(s) && mover.diffusion > 0.0 && !mover.ranges.empty()) movers.push_back(std::move(mover));
    }
    return movers;
}

std::vector<Hops::Mover> StochasticEngine::surface_movers() {
    std::vector<Hops::Mover> movers;
    for (int s = 0; s < model_.num_species(); ++s) {
        Hops::Mover mover{
            .species = s, .diffusion = model_.species[s].surface_diffusion, .pool = &populations_.surface[s]};
        for (std::size_t p = 0; p < model_.patches.size(); ++p) {
            const auto& list = laws_->patch_species[p];
            const auto begin = elements_.patch_begin[p], end = elements_.patch_begin[p + 1];
            // Triangles are few: all of them count as being at a border.
            if (std::binary_search(list.begin(), list.end(), s)) mover.ranges.push_back({begin, begin, end});
        }
        if (is_ours(s) && mover.diffusion > 0.0 && !mover.ranges.empty()) movers.push_back(std::move(mover));
    }
    return movers;
}

void StochasticEngine::place_contents() {
    const Key key = key_of(model_.seed, start);
    const auto fill = [&](Pool& pool, std::int32_t begin, std::int32_t end, const Content& c, const auto& size_of,
                          const auto& id_of, double per_size) {
        const auto tag = static_cast<std::uint32_t>(2 * c.species + c.region.surface);
        std::vector<double> sizes;
        std::vector<CounterId> ids;
        for (auto p = begin; p < end; ++p) {
            sizes.push_back(size_of(p));
            ids.push_back(id_of(p));
        }
        if (c.measure == Content::Measure::molecules) {
            const auto counts = placed(std::llround(c.value), sizes, ids, tag, key, comm_);
            for (auto p = begin; p < end; ++p) pool[p] += counts[p - begin];
            return;
        }
        for (auto p = begin; p < end; ++p) {
            Draws draws(key, ids[p - begin], tag, 1);
            pool[p] += rounded(c.value * per_size * sizes[p - begin], draws);
        }
    };
    const auto fill_region = [&](const Content& c) {
        if (c.region.surface)
            fill(
                populations_.surface[c.species], elements_.patch_begin[c.region.index],
                elements_.patch_begin[c.region.index + 1], c,
                [&](std::int32_t t) { return elements_.triangles[t].area; },
                [&](std::int32_t t) { return elements_.triangles[t].id; }, 1.0);
        else
            fill(
                populations_.volume[c.species], elements_.ranges[c.region.index].begin,
                elements_.ranges[c.region.index].end, c, [&](std::int32_t e) { return elements_.volume[e]; },
                [&](std::int32_t e) { return elements_.id[e]; }, molecules_per_mM_um3);
    };
    for (const auto& c : model_.contents)
        if (is_ours(c.species)) fill_region(c);
    for (std::size_t r = 0; r < model_.compartments.size(); ++r)
        for (const int s : laws_->compartment_species[r]) {
            if (!is_ours(s)) continue;
            const RegionId region{false, static_cast<int>(r)};
            const bool said = std::any_of(model_.contents.begin(), model_.contents.end(),
                                          [&](const auto& c) { return c.species == s && c.region == region; });
            if (!said && model_.species[s].initial > 0.0)
                fill_region({.species = s, .region = region, .value = model_.species[s].initial});
        }
    for (const auto& c : model_.clamps) {
        if (!is_ours(c.species)) continue;
        const auto& range = c.region.surface ? Elements::Range{elements_.patch_begin[c.region.index], 0,
                                                               elements_.patch_begin[c.region.index + 1]}
                                             : elements_.ranges[c.region.index];
        Pool& pool = (c.region.surface ? populations_.surface : populations_.volume)[c.species];
        for (auto p = range.begin; p < range.end; ++p) {
            const auto i = c.region.surface ? elements_.triangles[p].mesh_inside : elements_.to_mesh[p];
            const Point centre = mesh_.centroid(i);
            if (!c.zone.contains(centre.data())) continue;
            if (c.value >= 0.0) {
                const auto id = c.region.surface ? elements_.triangles[p].id : elements_.id[p];
                Draws draws(key, id, static_cast<std::uint32_t>(2 * c.species + c.region.surface), 2);
                pool[p] = rounded(c.value * (c.region.surface ? elements_.triangles[p].area
                                                              : molecules_per_mM_um3 * elements_.volume[p]),
                                  draws);
            }
            hold(c.species, c.region.surface, p);
        }
    }
}

void StochasticEngine::advance(Tick begin, Tick end) {
    NGV_ASSERT(end > begin);
    for (Tick now = begin; now < end;) {
        Tick next = end;
        for (; next_change_ < model_.changes.size(); ++next_change_) {
            const Change& change = model_.changes[next_change_];
            if (change.at > now) {
                next = std::min(next, change.at);
                break;
            }
            for (const auto& [name, value] : change.constants) set_constant(name, value);
            for (const int b : change.open) set_open(b, true);
            for (const int b : change.close) set_open(b, false);
        }
        const Tick steps = (next - now + model_.step - 1) / model_.step;
        const double dt = to_ms(next - now) / static_cast<double>(steps);
        for (Tick k = 0; k < steps; ++k) {
            react(0.5 * dt);
            diffuse(dt);
            react(0.5 * dt);
            if (watch_) watch_(to_ms(now + (k + 1) * (next - now) / steps));
        }
        now = next;
    }
}

void StochasticEngine::react(double dt) {
    moves_.clear();
    chemistry_->advance(dt, moves_, !changed_);
    changed_ = moves_across_;
    deliver(moves_);
}

void StochasticEngine::diffuse(double dt) {
    if (dt != planned_dt_) {
        hops_->plan(dt);
        if (surface_) surface_->hops.plan(dt);
        planned_dt_ = dt;
    }
    changed_ = true;
    hops_->window(steps_);
    if (surface_) surface_->hops.window(steps_);
    ++steps_;
}

// Products that reactions left outside of their patches.
void StochasticEngine::deliver(std::vector<Move>& moves) {
    if (!moves_across_) return;
    std::vector<Move> away;
    for (const Move& m : moves) {
        if (m.to >= elements_.num_owned)
            away.push_back(m);
        else
            populations_.volume[m.species][m.to] += m.count;
    }
    if (arrivals_.num_peers() > 0) {
        arrivals_.start(away, std::vector<char>(arrivals_.num_peers(), 1));
        for (const Move& m : arrivals_.finish()) populations_.volume[m.species][m.to] += m.count;
    }
    for (const auto& h : held_) populations_.volume[h.species][h.place] = h.value;
}

std::int64_t StochasticEngine::count(std::int32_t tetrahedron, int species) const {
    const Pool& pool = populations_.volume[species];
    const auto e = elements_.from_mesh[tetrahedron];
    return pool.holds(e) ? pool[e] : 0;
}

double StochasticEngine::concentration(std::int32_t tetrahedron, int species) const {
    return static_cast<double>(count(tetrahedron, species)) /
           (molecules_per_mM_um3 * elements_.volume[elements_.from_mesh[tetrahedron]]);
}

std::int64_t StochasticEngine::surface_count(std::int32_t triangle, int species) const {
    const Pool& pool = populations_.surface[species];
    return pool.holds(triangle) ? pool[triangle] : 0;
}

void StochasticEngine::set_count(std::int32_t tetrahedron, int species, std::int64_t n) {
    NGV_ASSERT(n >= 0 && populations_.volume[species].holds(elements_.from_mesh[tetrahedron]));
    populations_.volume[species][elements_.from_mesh[tetrahedron]] = n;
    changed_ = true;
}

void StochasticEngine::set_surface_count(std::int32_t triangle, int species, std::int64_t n) {
    NGV_ASSERT(n >= 0 && populations_.surface[species].holds(triangle));
    populations_.surface[species][triangle] = n;
    changed_ = true;
}

void StochasticEngine::clamp(std::int32_t tetrahedron, int species) {
    hold(species, false, elements_.from_mesh[tetrahedron]);
}

void StochasticEngine::hold(int species, bool surface, std::int32_t place) {
    chemistry_->clamp(species, surface, place);
    if (surface) {
        if (surface_)
            for (auto& mover : surface_->hops.movers())
                if (mover.species == species) mover.held.emplace_back(place, (*mover.pool)[place]);
        return;
    }
    const std::int64_t value = populations_.volume[species][place];
    held_.push_back({species, place, value});
    for (auto& mover : hops_->movers())
        if (mover.species == species) mover.held.emplace_back(place, value);
}

std::int64_t StochasticEngine::total(int species) const {
    std::int64_t n = 0;
    for (const auto* pool : {&populations_.volume[species], &populations_.surface[species]})
        for (const auto x : pool->counts) n += x;
    MPI_Allreduce(MPI_IN_PLACE, &n, 1, MPI_INT64_T, MPI_SUM, comm_);
    return n;
}

std::int64_t StochasticEngine::total(int species, RegionId region) const {
    const Pool& pool = (region.surface ? populations_.surface : populations_.volume)[species];
    const std::int32_t begin =
        region.surface ? elements_.patch_begin[region.index] : elements_.ranges[region.index].begin;
    const std::int32_t end =
        region.surface ? elements_.patch_begin[region.index + 1] : elements_.ranges[region.index].end;
    std::int64_t n = 0;
    for (auto p = std::max(begin, pool.begin); p < std::min(end, pool.end()); ++p) n += pool[p];
    MPI_Allreduce(MPI_IN_PLACE, &n, 1, MPI_INT64_T, MPI_SUM, comm_);
    return n;
}

std::vector<std::int64_t> StochasticEngine::extents() const {
    auto sums = extents_here();
    MPI_Allreduce(MPI_IN_PLACE, sums.data(), static_cast<int>(sums.size()), MPI_INT64_T, MPI_SUM, comm_);
    return sums;
}

std::vector<std::int64_t> StochasticEngine::extents_here() const {
    auto sums = chemistry_->extents();
    int rank = 0;
    MPI_Comm_rank(comm_, &rank);
    for (std::size_t i = 0; rank == 0 && i < sums.size(); ++i) sums[i] += extents_before_[i];
    return sums;
}

void StochasticEngine::add(int species, std::span<const double> mol,
                           const std::function<void(std::size_t, double)>& unmet) {
    NGV_ASSERT(mol.size() == static_cast<std::size_t>(elements_.num_owned));
    const Key key = key_of(model_.seed, amounts);
    ++adds_;
    changed_ = true;
    for (std::size_t i = 0; i < mol.size(); ++i) {
        if (mol[i] == 0.0) continue;
        const auto e = elements_.from_mesh[i];
        Pool& pool = populations_.volume[species];
        if (!pool.holds(e) || !std::isfinite(mol[i]))
            throw PhysicsError(fmt::format("{} mol of {} for tetrahedron {}, which cannot take them", mol[i],
                                           model_.species[species].name, mesh_.ids[i]),
                               model_.species[species].name, mesh_.ids[i], 0.0);
        Draws draws(key, elements_.id[e], static_cast<std::uint32_t>(species), adds_);
        const std::int64_t n = rounded(std::abs(mol[i]) * avogadro, draws);
        if (mol[i] > 0.0) {
            pool[e] += n;
            continue;
        }
        const std::int64_t taken = std::min(n, pool[e]);
        pool[e] -= taken;
        if (taken < n) unmet(i, -static_cast<double>(n - taken) / avogadro);
    }
}

void StochasticEngine::set_constant(const std::string& name, const std::string& value) {
    model_.set_constant(name, value, fmt::format("constant '{}'", name));
    laws_ = std::make_unique<LawBook>(model_);
    chemistry_->set_laws(*laws_);
    changed_ = true;
}

void StochasticEngine::set_open(int boundary, bool open) {
    model_.boundaries[boundary].open = open;
    const auto& species = model_.boundaries[boundary].species;
    for (auto& mover : hops_->movers()) {
        if (std::count(species.begin(), species.end(), mover.species) == 0) continue;
        const auto bit = std::uint64_t{1} << boundary;
        mover.open_boundaries = open ? mover.open_boundaries | bit : mover.open_boundaries & ~bit;
    }
    planned_dt_ = 0.0;  // the probabilities are made anew with the next step
}

StochasticEngine::Statistics StochasticEngine::statistics() const {
    return {hops_->num_jumps(),  chemistry_->num_events(),   chemistry_->num_leaps(), steps_,
            hops_->num_visits(), chemistry_->num_composed(), hops_->sub_steps()};
}

StochasticEngine::State StochasticEngine::state() const {
    State state;
    const auto put = [](std::vector<std::int64_t>& row, const std::vector<Pool>& pools, std::int32_t place) {
        for (const auto& pool : pools) row.push_back(pool.holds(place) ? pool[place] : 0);
    };
    for (std::int32_t i = 0; i < elements_.num_owned; ++i) {
        const auto e = elements_.from_mesh[i];
        state.tetrahedra.push_back(std::bit_cast<std::int64_t>(chemistry_->clocks()[e]));
        state.tetrahedra.push_back(chemistry_->events()[e]);
        put(state.tetrahedra, populations_.volume, e);
    }
    for (const auto t : elements_.triangle_of) {
        state.triangles.push_back(chemistry_->charges()[t]);
        state.triangles.push_back(std::bit_cast<std::int64_t>(chemistry_->potentials()[t]));
        put(state.triangles, populations_.surface, t);
    }
    state.common = {steps_, adds_};
    const auto sums = extents();
    state.common.insert(state.common.end(), sums.begin(), sums.end());
    return state;
}

void StochasticEngine::set_state(const State& state) {
    const std::size_t width = 2 + model_.species.size();
    NGV_ASSERT(state.tetrahedra.size() == width * static_cast<std::size_t>(elements_.num_owned));
    NGV_ASSERT(state.triangles.size() == width * elements_.triangles.size());
    NGV_ASSERT(state.common.size() == 2 + extents_before_.size());
    const auto get = [&](const std::vector<std::int64_t>& rows, std::size_t row, std::vector<Pool>& pools,
                         std::int32_t place) {
        for (std::size_t s = 0; s < pools.size(); ++s)
            if (pools[s].holds(place)) pools[s][place] = rows[width * row + 2 + s];
    };
    for (std::int32_t i = 0; i < elements_.num_owned; ++i) {
        const auto e = elements_.from_mesh[i];
        chemistry_->clocks()[e] = std::bit_cast<double>(state.tetrahedra[width * i]);
        chemistry_->events()[e] = state.tetrahedra[width * i + 1];
        get(state.tetrahedra, i, populations_.volume, e);
    }
    for (std::size_t f = 0; f < elements_.triangle_of.size(); ++f) {
        const auto t = elements_.triangle_of[f];
        chemistry_->charges()[t] = state.triangles[width * f];
        chemistry_->set_potential(t, std::bit_cast<double>(state.triangles[width * f + 1]));
        get(state.triangles, f, populations_.surface, t);
    }
    changed_ = true;
    steps_ = state.common[0];
    adds_ = state.common[1];
    extents_before_.assign(state.common.begin() + 2, state.common.end());
    std::fill(chemistry_->extents().begin(), chemistry_->extents().end(), 0);
    for (auto& h : held_) h.value = populations_.volume[h.species][h.place];
    for (auto* hops : {hops_.get(), surface_ ? &surface_->hops : nullptr})
        if (hops)
            for (auto& mover : hops->movers())
                for (auto& [place, value] : mover.held) value = (*mover.pool)[place];
}

}  // namespace ngv::rd

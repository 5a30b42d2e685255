// What a simulation starts with: contents, clamps, and which species diffuse together in which medium.
#include "solvers/rd/simulation.hpp"

#include <algorithm>
#include <map>

namespace ngv::rd {

namespace {

bool holds(const SpeciesList& list, int species) {
    return std::find(list.begin(), list.end(), species) != list.end();
}

}  // namespace

void Simulation::prepare_contents() {
    state_.c.assign(num_owned() * ns_, 0.0);
    state_.densities.assign(regions_.faces.size() * surface_.size(), 0.0);
    const auto cells_of = [&](int compartment, const std::function<void(std::size_t)>& f) {
        for (std::size_t i = 0; i < num_owned(); ++i)
            if (regions_.compartment[i] == compartment) f(i);
    };
    for (int k = 0; k < static_cast<int>(model_.compartments.size()); ++k)
        for (const int s : model_.compartments[k].species)
            if (is_concentration(s))
                cells_of(k, [&](std::size_t i) { state_.c[i * ns_ + s] = model_.species[s].initial; });
    for (const auto& content : model_.contents) {
        if (!is_concentration(content.species)) continue;
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
        if (!is_concentration(clamp.species)) continue;
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
        if (!is_concentration(s) || !(model_.species[s].diffusion > 0.0)) continue;
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

}  // namespace ngv::rd

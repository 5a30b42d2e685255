#include "solvers/rd/hybrid/molecules.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

namespace ngv::rd {

Molecules::Molecules(MPI_Comm comm, const LocalMesh& mesh, const Model& model, const RegionMap& regions,
                     const std::vector<double>& solvent)
    : solvent_(solvent), ns_(model.species.size()), engine_(comm, mesh, model, regions), gone_(ns_, 0) {
    for (int s = 0; s < model.num_species(); ++s)
        if (model.species[s].engine == Engine::stochastic) ours_.push_back(s);
    for (const auto& patch : model.patches)
        for (const int s : patch.species)
            if (std::count(engine_.shared_species().begin(), engine_.shared_species().end(), s) > 0)
                throw UserError(
                    Problem{model.species[s].where,
                            fmt::format("'{}' on patch '{}' is deterministic and reacts with stochastic species",
                                        model.species[s].name, patch.name),
                            "make it stochastic: what stands on patches is rare"});
    remainders_.resize(static_cast<std::size_t>(mesh.num_owned) * engine_.shared_species().size());
}

void Molecules::react(std::vector<double>& c, double dt, std::vector<double>& removed) {
    const auto& shared = engine_.shared_species();
    const std::size_t n = c.size() / ns_;
    const auto each = [&](const auto& f) {
        for (std::size_t i = 0, at = 0; i < n; ++i)
            for (std::size_t k = 0; k < shared.size(); ++k, ++at)
                if (engine_.holds(static_cast<std::int32_t>(i), shared[k]))
                    f(static_cast<std::int32_t>(i), shared[k], remainders_[at], c[i * ns_ + shared[k]]);
    };
    each([&](std::int32_t i, int s, double& remainder, double concentration) {
        const double amount = concentration * size(i), whole = std::floor(amount);
        remainder = amount - whole;
        engine_.set_count(i, s, static_cast<std::int64_t>(whole));
        gone_[s] += static_cast<std::int64_t>(whole);
    });
    engine_.react(dt);
    each([&](std::int32_t i, int s, double remainder, double& concentration) {
        concentration = (static_cast<double>(engine_.count(i, s)) + remainder) / size(i);
        gone_[s] -= engine_.count(i, s);
    });
    for (const int s : shared) removed[s] += static_cast<double>(std::exchange(gone_[s], 0)) / molecules_per_mM_um3;
}

void Molecules::show(std::vector<double>& c) const {
    for (std::size_t i = 0; i < c.size() / ns_; ++i)
        for (const int s : ours_)
            c[i * ns_ + s] = static_cast<double>(engine_.count(static_cast<std::int32_t>(i), s)) / size(i);
}

double Molecules::add(int species, std::span<const double> mol, std::vector<double>& c,
                      const std::function<void(std::size_t, double)>& unmet) {
    double before = 0.0, after = 0.0;
    for (std::size_t i = 0; i < mol.size(); ++i)
        before += static_cast<double>(engine_.count(static_cast<std::int32_t>(i), species));
    engine_.add(species, mol, unmet);
    for (std::size_t i = 0; i < mol.size(); ++i) {
        const auto count = static_cast<double>(engine_.count(static_cast<std::int32_t>(i), species));
        after += count;
        c[i * ns_ + species] = count / size(i);
    }
    return (after - before) / avogadro;
}

void Molecules::set(std::size_t i, int species, double mM) {
    engine_.set_count(static_cast<std::int32_t>(i), species, std::llround(mM * size(i)));
}

}  // namespace ngv::rd

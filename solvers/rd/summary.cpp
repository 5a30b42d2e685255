#include "solvers/rd/summary.hpp"

#include <algorithm>

#include "solvers/common/log.hpp"

namespace ngv::rd {

std::vector<std::pair<std::string, double>> summary_of(const Simulation& tissue, const MeshQuality& mesh) {
    std::vector<std::pair<std::string, double>> numbers{{"tetrahedra", static_cast<double>(mesh.num_tetrahedra)},
                                                        {"tissue_volume_um3", mesh.volume_um3},
                                                        {"worst_shape", mesh.worst_shape},
                                                        {"slivers", static_cast<double>(mesh.num_slivers)},
                                                        {"steps", static_cast<double>(tissue.steps())}};
    const auto& statistics = tissue.statistics();
    numbers.emplace_back("iterations_per_solve", static_cast<double>(statistics.iterations) /
                                                     static_cast<double>(std::max<std::int64_t>(1, statistics.solves)));
    numbers.emplace_back("limited_steps", static_cast<double>(statistics.limited_steps));
    for (int s = 0; s < tissue.model().num_species(); ++s) {
        const std::string name = tissue.model().species[s].name + "_o.";
        const auto extremes = tissue.extremes(s);
        const auto budget = tissue.budget(s);
        numbers.emplace_back(name + "mean_mM", extremes.mean);
        numbers.emplace_back(name + "lowest_mM", extremes.lowest);
        numbers.emplace_back(name + "highest_mM", extremes.highest);
        numbers.emplace_back(name + "start_mol", budget.start);
        numbers.emplace_back(name + "added_mol", budget.added);
        numbers.emplace_back(name + "removed_mol", budget.removed);
        numbers.emplace_back(name + "end_mol", budget.end);
        numbers.emplace_back(name + "mass_defect", budget.defect());
    }
    return numbers;
}

void report_mesh(const Simulation& tissue, const MeshQuality& mesh, int rank) {
    const double limited = tissue.share_of_limited_faces();
    if (rank != 0) return;
    for (const auto& problem : tissue.model().warnings) log_warning("{}", problem.text());
    log_info("mesh of {}", mesh.text());
    if (const auto* molecules = tissue.molecules()) {
        const auto& s = molecules->engine().spreading();
        if (s.before[0] > 0.0)
            log_info(
                "molecules that jump would spread with ({:.3f}) of their D (xx, yy, zz, xy, xz, yz) on this mesh; "
                "rates "
                "are put right to ({:.3f})",
                fmt::join(s.before, ", "), fmt::join(s.after, ", "));
    }
    if (limited > 0.01)
        log_warning(
            "at steps of {} ms {:.0f} % of the faces lose part of their correction: diffusion is a few per cent off "
            "there; "
            "a shorter step keeps it",
            to_ms(tissue.model().step), 100.0 * limited);
}

}  // namespace ngv::rd

#include "solvers/rd/source.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "coupler/config/attempt.hpp"

namespace ngv::rd {

std::vector<double> Source::shares(const LocalMesh& mesh, MPI_Comm comm) const {
    std::vector<double> result(static_cast<std::size_t>(mesh.num_owned), 0.0);
    const Point middle = sphere ? centre : 0.5 * (low + high);
    struct {
        double distance;
        int rank;
    } nearest{std::numeric_limits<double>::max(), 0};
    std::size_t nearest_index = 0;
    double volume = 0.0;
    for (std::size_t i = 0; i < result.size(); ++i) {
        const Point p = mesh.centroid(static_cast<std::int32_t>(i));
        bool inside = sphere && norm(p - centre) <= radius;
        if (!sphere)
            inside = p[0] >= low[0] && p[1] >= low[1] && p[2] >= low[2] && p[0] <= high[0] && p[1] <= high[1] &&
                     p[2] <= high[2];
        if (inside) volume += result[i] = mesh.volumes[i];
        if (const double d = norm(p - middle); d < nearest.distance) {
            nearest.distance = d;
            nearest_index = i;
        }
    }
    MPI_Allreduce(MPI_IN_PLACE, &volume, 1, MPI_DOUBLE, MPI_SUM, comm);
    if (volume > 0.0) {
        for (double& share : result) share /= volume;
        return result;
    }
    int rank = 0;
    MPI_Comm_rank(comm, &rank);
    nearest.rank = rank;
    MPI_Allreduce(MPI_IN_PLACE, &nearest, 1, MPI_DOUBLE_INT, MPI_MINLOC, comm);
    if (nearest.rank == rank) result[nearest_index] = 1.0;
    return result;
}

double Source::jump(Tick now) const {
    if (now < begin || now >= end || (now - begin) % every != 0) return 0.0;
    return rate * to_ms(std::min(every, end - now));
}

std::vector<Source> sources_from(const Config& config, const Model& model) {
    std::vector<Source> sources;
    std::vector<Problem> problems;
    const auto point = [&](const Config& at, const char* key) {
        const auto x = at.quantities(key, "um");
        if (x.size() == 3) return Point{x[0], x[1], x[2]};
        problems.push_back({at.where(key), fmt::format("'{}' has {} numbers, expected 3", key, x.size()),
                            "x, y and z, e.g. [50 um, 50 um, 50 um]"});
        return Point{};
    };
    for (const auto& at : config.list("sources")) {
        Source s;
        attempt(problems, [&] { s.species = model.index_of(at.text("species"), at.where("species")); });
        s.rate = at.quantity("rate", "mol/ms");
        s.begin = at.ticks("begin");
        s.end = at.has("end") ? at.ticks("end") : config.ticks("duration");
        s.every = at.ticks("every");
        if (s.every <= 0) problems.push_back({at.where("every"), "the interval must be positive", "e.g. 1 ms"});
        s.sphere = at.is_set("centre");
        if (s.sphere == (at.is_set("low") && at.is_set("high")))
            problems.push_back({at.where(), "a source is either a sphere or a box",
                                "give `centre` and `radius`, or `low` and `high`"});
        else if (s.sphere)
            s.centre = point(at, "centre");
        else
            s.low = point(at, "low"), s.high = point(at, "high");
        s.radius = at.quantity("radius", "um");
        sources.push_back(s);
    }
    if (!problems.empty()) throw UserError(std::move(problems));
    return sources;
}

}  // namespace ngv::rd

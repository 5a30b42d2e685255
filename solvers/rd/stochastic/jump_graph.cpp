#include "solvers/rd/stochastic/jump_graph.hpp"

#include <algorithm>

namespace ngv::rd {

void JumpGraph::settle() {
    top_class.assign(static_cast<std::size_t>(size), blocked);
    for (std::int32_t i = 0; i < size; ++i)
        for (int k = 0; k < 4; ++k) top_class[i] = std::max(top_class[i], face_class[4 * i + k]);
}

JumpGraph volume_graph(const LocalMesh& mesh, const Model& model, const RegionMap& regions, const Elements& elements,
                       Halo& halo) {
    JumpGraph graph;
    const auto n = static_cast<std::size_t>(elements.num_owned);
    graph.size = elements.num_owned;
    graph.neighbour.assign(4 * n, -1);
    graph.rate.assign(4 * n, 0.0);
    graph.face_class.assign(4 * n, JumpGraph::blocked);
    graph.id = elements.id;
    NGV_ASSERT(regions.boundary_faces.size() < 64);  // a mover has a bit for each
    if (!regions.boundary_faces.empty()) graph.boundary.assign(4 * n, 0);
    for (std::size_t b = 0; b < regions.boundary_faces.size(); ++b)
        for (const auto f : regions.boundary_faces[b])
            graph.boundary[4 * elements.from_mesh[f / 4] + f % 4] = static_cast<std::int8_t>(b + 1);

    const auto mobility = [&](std::int32_t e) {
        const auto& c = model.compartments[elements.compartment[e]];
        return c.volume_fraction / (c.tortuosity * c.tortuosity);
    };
    std::vector<double> total(static_cast<std::size_t>(elements.num_local), 0.0);  // by the mesh's index
    for (std::int32_t e = 0; e < elements.num_owned; ++e) {
        const auto i = elements.to_mesh[e];
        for (int k = 0; k < 4; ++k) {
            const auto j = mesh.neighbours[4 * i + k];
            if (j < 0) continue;
            const auto other = elements.from_mesh[j];
            if (elements.compartment[e] != elements.compartment[other] &&
                (graph.boundary.empty() || graph.boundary[4 * e + k] == 0))
                continue;
            const double a = mobility(e), b = mobility(other);
            const double conductance =
                norm(mesh.outward_area(i, k)) / norm(mesh.centroid(j) - mesh.centroid(i)) * (2.0 * a * b / (a + b));
            graph.neighbour[4 * e + k] = other;
            graph.rate[4 * e + k] = conductance / elements.volume[e];
            total[i] += graph.rate[4 * e + k];
        }
    }
    halo.exchange(total.data(), total.data() + n, 1);
    for (std::int32_t e = 0; e < elements.num_owned; ++e)
        for (int k = 0; k < 4; ++k) {
            const auto other = graph.neighbour[4 * e + k];
            if (other < 0) continue;
            const double larger = std::max(total[elements.to_mesh[e]], total[elements.to_mesh[other]]);
            graph.face_class[4 * e + k] =
                static_cast<std::int16_t>(std::ceil(JumpGraph::classes_per_octave * std::log2(larger)));
        }
    graph.settle();
    return graph;
}

}  // namespace ngv::rd

#include "solvers/rd/stochastic/jump_graph.hpp"

#include <algorithm>

namespace ngv::rd {

void JumpGraph::classify(const std::vector<std::int32_t>& cell_of, std::int32_t num_cells, Halo& halo) {
    std::vector<double> total(static_cast<std::size_t>(num_cells), 0.0);  // by the halo's numbering
    for (std::int32_t i = 0; i < size; ++i)
        for (int k = 0; k < 4; ++k) total[cell_of[i]] += rate[4 * i + k];
    halo.exchange(total.data(), total.data() + size, 1);
    face_class.assign(4 * static_cast<std::size_t>(size), blocked);
    top_class.assign(static_cast<std::size_t>(size), blocked);
    for (std::int32_t i = 0; i < size; ++i)
        for (int k = 0; k < 4; ++k) {
            const auto other = neighbour[4 * i + k];
            if (other < 0) continue;
            const double larger = std::max(total[cell_of[i]], total[other < size ? cell_of[other] : other]);
            face_class[4 * i + k] = static_cast<std::int16_t>(std::ceil(classes_per_octave * std::log2(larger)));
            top_class[i] = std::max(top_class[i], face_class[4 * i + k]);
        }
}

JumpGraph volume_graph(const LocalMesh& mesh, const Model& model, const RegionMap& regions, const Elements& elements,
                       Halo& halo, MPI_Comm comm) {
    JumpGraph graph;
    const bool diffuses = std::any_of(model.species.begin(), model.species.end(), [](const auto& s) {
        return s.engine == Engine::stochastic && s.diffusion > 0.0;
    });
    if (diffuses) graph.spreading = effective_conductances(mesh, elements, halo, comm);
    const auto n = static_cast<std::size_t>(elements.num_owned);
    graph.size = elements.num_owned;
    graph.neighbour.assign(4 * n, -1);
    graph.rate.assign(4 * n, 0.0);
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
    for (std::int32_t e = 0; e < elements.num_owned; ++e) {
        const auto i = elements.to_mesh[e];
        for (int k = 0; k < 4; ++k) {
            const auto j = mesh.neighbours[4 * i + k];
            if (j < 0 || !diffuses) continue;
            const auto other = elements.from_mesh[j];
            if (elements.compartment[e] != elements.compartment[other] &&
                (graph.boundary.empty() || graph.boundary[4 * e + k] == 0))
                continue;
            const double a = mobility(e), b = mobility(other);
            const double conductance = graph.spreading.conductance[4 * i + k] * (2.0 * a * b / (a + b));
            graph.neighbour[4 * e + k] = other;
            graph.rate[4 * e + k] = conductance / elements.volume[e];
        }
    }
    graph.spreading.conductance = {};
    graph.classify(elements.to_mesh, elements.num_local, halo);
    return graph;
}

JumpGraph surface_graph(const SurfaceCells& surface, const Elements& elements, Halo& halo) {
    const Cells& cells = surface.cells;
    const CellShape shape = surface.shape();
    JumpGraph graph;
    graph.size = cells.num_owned;
    graph.neighbour.assign(4 * static_cast<std::size_t>(graph.size), -1);
    graph.rate.assign(4 * static_cast<std::size_t>(graph.size), 0.0);
    std::vector<std::int32_t> cell_of(static_cast<std::size_t>(graph.size));
    for (const auto& t : elements.triangles) graph.id.push_back(t.id);
    for (std::int32_t i = 0; i < graph.size; ++i) {
        const std::int32_t t = elements.triangle_of[surface.face[i]];
        cell_of[t] = i;
        for (int k = 0; k < 3; ++k) {
            const auto j = cells.neighbours[4 * i + k];
            if (j < 0) continue;
            graph.neighbour[4 * t + k] = j < graph.size ? elements.triangle_of[surface.face[j]] : j;
            graph.rate[4 * t + k] = norm(shape.outward_area(i, k)) / norm(shape.to_neighbour(i, k)) / cells.volumes[i];
        }
    }
    graph.classify(cell_of, cells.num_local(), halo);
    return graph;
}

}  // namespace ngv::rd

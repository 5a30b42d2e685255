#include "solvers/rd/diffusion/finite_volumes.hpp"

#include <algorithm>
#include <cmath>

#include "solvers/rd/diffusion/kernels.hpp"

namespace ngv::rd {

namespace {

using Matrix3 = std::array<Point, 3>;

// Inverse of a symmetric positive matrix; false when it is singular to rounding.
bool invert(const Matrix3& m, Matrix3& inverse) {
    const Point c0 = cross(m[1], m[2]), c1 = cross(m[2], m[0]), c2 = cross(m[0], m[1]);
    const double determinant = dot(m[0], c0), trace = m[0][0] + m[1][1] + m[2][2];
    if (!(determinant > 1e-12 * trace * trace * trace)) return false;
    const double s = 1.0 / determinant;
    inverse = {s * c0, s * c1, s * c2};
    return true;
}

}  // namespace

CellShape shape_of(const LocalMesh& mesh) {
    return {.outward_area = [&mesh](std::int32_t i, int k) { return mesh.outward_area(i, k); },
            .to_neighbour = [&mesh](std::int32_t i,
                                    int k) { return mesh.centroid(mesh.neighbours[4 * i + k]) - mesh.centroid(i); }};
}

FiniteVolumes::FiniteVolumes(const Cells& mesh, const CellShape& shape, Medium medium, Halo& halo)
    : neighbours(mesh.neighbours), held(std::move(medium.held)), mesh_(mesh), halo_(halo) {
    const auto n = static_cast<std::size_t>(mesh.num_owned);
    for (std::size_t f = 0; f < medium.closed.size(); ++f)
        if (medium.closed[f]) neighbours[f] = -1;
    const auto share = [&](std::int32_t i) { return medium.share.empty() ? 1.0 : medium.share[i]; };
    const auto ease = [&](std::int32_t i) { return share(i) * (medium.ease.empty() ? 1.0 : medium.ease[i]); };
    volumes.resize(n);
    for (std::int32_t i = 0; i < mesh.num_owned; ++i) volumes[i] = share(i) * mesh.volumes[i];
    conductance.assign(4 * n, 0.0);
    gradient_weights.assign(12 * n, 0.0);
    correction_rate_.assign(static_cast<std::size_t>(mesh.num_local()), 0.0);
    find_faces();

    for (std::int32_t i = 0; i < mesh.num_owned; ++i) {
        Point to[4];
        double weight[4] = {0, 0, 0, 0};
        Matrix3 moments{};
        double tangents = 0.0;
        for (int k = 0; k < 4; ++k) {
            const std::int32_t j = neighbours[4 * i + k];
            const Point area = shape.outward_area(i, k);
            const double size = norm(area);
            if (size == 0.0) continue;  // a triangle has three
            if (j < 0) {
                to[k] = (shape.mirror * mesh.volumes[i] / (size * size)) * area;
            } else {
                to[k] = shape.to_neighbour(i, k);
                const double projected = dot(area, to[k]) / size;
                // Heights of the two cells over the face, for the harmonic mean of what they let pass.
                const double hi = mesh.volumes[i], hj = mesh.volumes[j];
                const double passes = ease(i) == ease(j) ? ease(i) : (hi + hj) / (hi / ease(i) + hj / ease(j));
                conductance[4 * i + k] = passes * size / projected;
                const Point tangent = passes * (area - (size / projected) * to[k]);
                tangents += norm(tangent);
                if (const auto f = cell_faces[4 * i + k]; f >= 0)
                    for (int d = 0; d < 3; ++d) full_tangents_[3 * f + d] = tangent[d];
            }
            weight[k] = 1.0 / dot(to[k], to[k]);
            for (int a = 0; a < 3; ++a) moments[a] = moments[a] + (weight[k] * to[k][a]) * to[k];
        }
        if (shape.normal) {
            const Point normal = shape.normal(i);
            for (int a = 0; a < 3; ++a) moments[a] = moments[a] + normal[a] * normal;
        }
        Matrix3 inverse;
        if (!invert(moments, inverse)) continue;
        double sum = 0.0;
        for (int k = 0; k < 4; ++k) {
            if (neighbours[4 * i + k] < 0) continue;
            const Point w = weight[k] * Point{dot(inverse[0], to[k]), dot(inverse[1], to[k]), dot(inverse[2], to[k])};
            for (int d = 0; d < 3; ++d) gradient_weights[12 * i + 3 * k + d] = w[d];
            sum += norm(w);
        }
        correction_rate_[i] = tangents * sum / volumes[i];
    }
    halo_.exchange(correction_rate_.data(), correction_rate_.data() + n, 1);
    face_tangents = full_tangents_;
    for (const auto i : held) volumes[i] *= 1e30;
}

void FiniteVolumes::find_faces() {
    cell_faces.assign(4 * static_cast<std::size_t>(mesh_.num_owned), no_face);
    for (const bool inner : {true, false}) {
        for (std::int32_t i = 0; i < mesh_.num_owned; ++i)
            for (int k = 0; k < 4; ++k) {
                const std::int32_t j = neighbours[4 * i + k];
                if (j < 0 || (j < mesh_.num_owned) != inner || cell_faces[4 * i + k] != no_face) continue;
                const auto face = static_cast<std::int32_t>(num_faces());
                cell_faces[4 * i + k] = face;
                for (int back = 0; inner && back < 4; ++back)
                    if (neighbours[4 * j + back] == i) cell_faces[4 * j + back] = ~face;
                face_cells.insert(face_cells.end(), {i, j});
                const double both = mesh_.volumes[i] + mesh_.volumes[j];
                face_shares.insert(face_shares.end(),
                                   {mesh_.volumes[j] / both, mesh_.volumes[i] / both});  // the nearer counts more
            }
        if (inner) num_inner_faces = num_faces();
    }
    full_tangents_.assign(3 * num_faces(), 0.0);
}

double FiniteVolumes::share_of_correction(std::size_t face, double diffusion_dt) const {
    // D dt times the rate bounds what the explicit part can change in a step. The implicit part, of about the same
    // size, damps what it excites: measured on distorted boxes and a mesher's output, growth begins between 40 and 80.
    constexpr double largest = 30.0;
    const double rate =
        std::max(correction_rate_[face_cells[2 * face]], correction_rate_[face_cells[2 * face + 1]]) * diffusion_dt;
    return rate > largest ? largest / rate : 1.0;
}

void FiniteVolumes::limit_corrections(double diffusion_dt) {
    for (std::size_t f = 0; f < num_faces(); ++f) {
        const double share = share_of_correction(f, diffusion_dt);
        for (int d = 0; d < 3; ++d) face_tangents[3 * f + d] = share * full_tangents_[3 * f + d];
    }
}

std::int64_t FiniteVolumes::num_limited(double diffusion_dt) const {
    std::int64_t n = 0;
    for (std::size_t f = 0; f < num_faces(); ++f) n += share_of_correction(f, diffusion_dt) < 1.0;
    return n;
}

}  // namespace ngv::rd

// What does not change while the potential does: numbers of the vertices, stiffness, capacity, leak, solver.
#include <map>

#include "solvers/rd/membrane/point_numbers.hpp"
#include "solvers/rd/membrane/potential_system.hpp"

namespace ngv::rd {

namespace {

constexpr double tolerance = 1e-12;                 // of a change in a step
constexpr PetscInt most_for_factorisation = 20000;  // unknowns a rank; beyond, an incomplete one

}  // namespace

void MembranePotential::number_vertices() {
    std::map<std::int64_t, Point> found;
    for (std::int32_t i = 0; i < mesh_.num_owned; ++i)
        if (conducts_[regions_.compartment[i]])
            for (int k = 0; k < 4; ++k) found.emplace(mesh_.nodes[4 * i + k], mesh_.corner(i, k));
    std::map<std::int64_t, std::int32_t> local;
    for (const auto& [node, place] : found) {
        local[node] = static_cast<std::int32_t>(nodes_.size());
        nodes_.push_back(node);
        places_.push_back(place);
    }
    for (const auto& f : regions_.faces) {
        areas_.push_back(norm(mesh_.outward_area(f.inside, f.face)));
        for (int k = 0; k < 4; ++k)
            if (k != f.face)
                face_vertices_.push_back(membrane_of_patch_[f.patch] < 0 ? -1
                                                                         : local.at(mesh_.nodes[4 * f.inside + k]));
    }
}

void MembranePotential::assemble() {
    System& s = *system_;
    int size = 1;
    MPI_Comm_size(comm_, &size);
    const auto mine = static_cast<PetscInt>(nodes_.size());
    const PointNumbers numbers = number_points(comm_, nodes_);
    num_unknowns_ = numbers.total;
    const std::vector<PetscInt> global(numbers.rows.begin(), numbers.rows.end());

    RD_PETSC(VecCreateMPI(comm_, static_cast<PetscInt>(numbers.num_owned), PETSC_DETERMINE, &s.v));
    for (auto* vec :
         {&s.change, &s.right, &s.capacity, &s.leak, &s.diagonal, &s.work, &s.held, &s.injected, &s.factored}) {
        RD_PETSC(VecDuplicate(s.v, &(*vec)));
        RD_PETSC(VecZeroEntries(*vec));
    }
    RD_PETSC(VecCreateSeq(PETSC_COMM_SELF, mine, &s.local));
    PetscOwned<IS, ISDestroy> indices;
    RD_PETSC(ISCreateGeneral(PETSC_COMM_SELF, mine, global.data(), PETSC_COPY_VALUES, &indices));
    RD_PETSC(VecScatterCreate(s.v, indices, s.local, nullptr, &s.scatter));

    PetscInt rows = 0;
    RD_PETSC(VecGetLocalSize(s.v, &rows));
    RD_PETSC(MatCreate(comm_, &s.stiffness));
    RD_PETSC(MatSetSizes(s.stiffness, rows, rows, PETSC_DETERMINE, PETSC_DETERMINE));
    RD_PETSC(MatSetType(s.stiffness, MATAIJ));
    RD_PETSC(MatSeqAIJSetPreallocation(s.stiffness, 32, nullptr));
    RD_PETSC(MatMPIAIJSetPreallocation(s.stiffness, 32, nullptr, 32, nullptr));
    RD_PETSC(MatSetOption(s.stiffness, MAT_NEW_NONZERO_ALLOCATION_ERR, PETSC_FALSE));
    std::map<std::int64_t, PetscInt> row_of;
    for (std::size_t k = 0; k < nodes_.size(); ++k) row_of[nodes_[k]] = global[k];
    for (std::int32_t i = 0; i < mesh_.num_owned; ++i) {
        const auto k = regions_.compartment[i];
        if (!conducts_[k]) continue;
        // grad of the function that is 1 at corner a: minus the outward area of the opposite face over 3 V.
        PetscInt at[4];
        Point gradient[4];
        for (int a = 0; a < 4; ++a) {
            at[a] = row_of.at(mesh_.nodes[4 * i + a]);
            gradient[a] = (-1.0 / (3.0 * mesh_.volumes[i])) * mesh_.outward_area(i, a);
        }
        double element[16];
        const double scale = uS_per_S_um * model_.compartments[k].conductivity * mesh_.volumes[i];
        for (int a = 0; a < 4; ++a)
            for (int b = 0; b < 4; ++b) element[4 * a + b] = scale * dot(gradient[a], gradient[b]);
        RD_PETSC(MatSetValues(s.stiffness, 4, at, 4, at, element, ADD_VALUES));
    }
    for (PetscInt row = 0, first = 0; row < rows; ++row) {  // a diagonal everywhere, for what is added to it later
        RD_PETSC(VecGetOwnershipRange(s.v, &first, nullptr));
        RD_PETSC(MatSetValue(s.stiffness, first + row, first + row, 0.0, ADD_VALUES));
    }
    RD_PETSC(MatAssemblyBegin(s.stiffness, MAT_FINAL_ASSEMBLY));
    RD_PETSC(MatAssemblyEnd(s.stiffness, MAT_FINAL_ASSEMBLY));
    RD_PETSC(MatDuplicate(s.stiffness, MAT_COPY_VALUES, &s.matrix));
    RD_PETSC(MatSetOption(s.matrix, MAT_SYMMETRIC, PETSC_TRUE));
    RD_PETSC(MatSetOption(s.matrix, MAT_SPD, PETSC_TRUE));

    const auto by_face = [&](Vec to, const std::function<double(const Membrane&)>& value) {
        s.fill_local([&](double* local) {
            for (std::size_t f = 0; f < areas_.size(); ++f) {
                const int m = membrane_of_patch_[regions_.faces[f].patch];
                for (int k = 0; m >= 0 && k < 3; ++k)
                    local[face_vertices_[3 * f + k]] += areas_[f] / 3.0 * value(model_.membranes[m]);
            }
        });
        s.add(to);
    };
    by_face(s.capacity, [](const Membrane& m) { return nF_per_F_um2 * m.capacitance; });
    by_face(s.leak, [](const Membrane& m) { return uS_per_S_um2 * m.leak_conductance; });

    // Each vertex starts from the mean of its membranes; one inside the volume from that of the first membrane.
    at_vertices_.assign(nodes_.size(), model_.membranes.front().potential);
    set(at_vertices_);
    RD_PETSC(VecZeroEntries(s.work));
    by_face(s.work, [](const Membrane& m) { return m.potential; });
    RD_PETSC(VecZeroEntries(s.right));
    by_face(s.right, [](const Membrane&) { return 1.0; });
    const double *sum = nullptr, *area = nullptr;
    double* v = nullptr;
    RD_PETSC(VecGetArrayRead(s.work, &sum));
    RD_PETSC(VecGetArrayRead(s.right, &area));
    RD_PETSC(VecGetArray(s.v, &v));
    for (PetscInt row = 0; row < rows; ++row)
        if (area[row] > 0.0) v[row] = sum[row] / area[row];
    RD_PETSC(VecRestoreArray(s.v, &v));
    RD_PETSC(VecRestoreArrayRead(s.right, &area));
    RD_PETSC(VecRestoreArrayRead(s.work, &sum));

    RD_PETSC(KSPCreate(comm_, &s.ksp));
    RD_PETSC(KSPSetType(s.ksp, KSPCG));
    RD_PETSC(KSPSetTolerances(s.ksp, tolerance, 1e-300, PETSC_DEFAULT, 10000));
    RD_PETSC(KSPSetOptionsPrefix(s.ksp, "rd_membrane_"));
    const char* factorisation = rows <= most_for_factorisation ? "cholesky" : "icc";
    if (size == 1) {
        RD_PETSC(PetscOptionsSetValue(nullptr, "-rd_membrane_pc_type", factorisation));
    } else {
        RD_PETSC(PetscOptionsSetValue(nullptr, "-rd_membrane_pc_type", "bjacobi"));
        RD_PETSC(PetscOptionsSetValue(nullptr, "-rd_membrane_sub_pc_type", factorisation));
    }
    RD_PETSC(KSPSetFromOptions(s.ksp));
    RD_PETSC(KSPSetOperators(s.ksp, s.matrix, s.matrix));
    s.keep_preconditioner(false);
}

}  // namespace ngv::rd

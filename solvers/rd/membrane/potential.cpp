#include "solvers/rd/membrane/potential.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "ngv/error.hpp"
#include "solvers/rd/diffusion/petsc.hpp"

namespace ngv::rd {

namespace {

// Lengths in um, potentials in mV, times in ms, currents in nA: conductances are uS, capacities nF.
constexpr double uS_per_S_um = 1.0;                 // S/m * um
constexpr double uS_per_S_um2 = 1e-6;               // S/m2 * um2
constexpr double nF_per_F_um2 = 1e-3;               // F/m2 * um2, nA ms/mV
constexpr double nA_per_C_ms = 1e12;                // C / ms
constexpr double held_weight = 1e20;                // on the diagonal of a vertex that keeps its potential
constexpr double tolerance = 1e-12;                 // of a change in a step
constexpr PetscInt most_for_factorisation = 20000;  // unknowns a rank; beyond, an incomplete one
constexpr PetscInt most_iterations_kept = 8;

const double gamma_ = 1.0 - 1.0 / std::sqrt(2.0);

}  // namespace

struct MembranePotential::System {
    std::shared_ptr<PetscSession> session;
    PetscMat stiffness, matrix;  // K; C + gamma dt (K + G)
    PetscVec v, change, right, capacity, leak, diagonal, work, held, injected;
    PetscVec local;                                     // sequential, [local vertices]
    PetscOwned<VecScatter, VecScatterDestroy> scatter;  // global -> local
    PetscKsp ksp;
    double dt = -1.0;

    void add(Vec to) {  // sums what the ranks have put into `local`
        RD_PETSC(VecScatterBegin(scatter, local, to, ADD_VALUES, SCATTER_REVERSE));
        RD_PETSC(VecScatterEnd(scatter, local, to, ADD_VALUES, SCATTER_REVERSE));
    }
    template <class F>
    void fill_local(F f) {
        RD_PETSC(VecZeroEntries(local));
        double* values = nullptr;
        RD_PETSC(VecGetArray(local, &values));
        f(values);
        RD_PETSC(VecRestoreArray(local, &values));
    }
};

MembranePotential::MembranePotential(MPI_Comm comm, const LocalMesh& mesh, const Model& model, const RegionMap& regions)
    : comm_(comm), mesh_(mesh), model_(model), regions_(regions), system_(std::make_unique<System>()) {
    system_->session = PetscSession::open(comm);
    membrane_of_patch_.assign(model.patches.size(), -1);
    for (std::size_t m = 0; m < model.membranes.size(); ++m)
        for (const int p : model.membranes[m].patches) membrane_of_patch_[p] = static_cast<int>(m);
    number_vertices();
    assemble();
    publish();
}

MembranePotential::~MembranePotential() = default;

void MembranePotential::number_vertices() {
    std::vector<bool> conducts(model_.compartments.size(), false);
    for (std::size_t p = 0; p < model_.patches.size(); ++p)
        if (membrane_of_patch_[p] >= 0) conducts[model_.patches[p].inside] = true;
    std::map<std::int64_t, Point> found;
    for (std::int32_t i = 0; i < mesh_.num_owned; ++i)
        if (conducts[regions_.compartment[i]])
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
    // Unknowns are all vertices in the order of their global index; for the moment of numbering every rank lists them.
    const int mine = static_cast<int>(nodes_.size());
    std::vector<int> counts(static_cast<std::size_t>(size)), begin(static_cast<std::size_t>(size), 0);
    MPI_Allgather(&mine, 1, MPI_INT, counts.data(), 1, MPI_INT, comm_);
    for (int r = 1; r < size; ++r) begin[r] = begin[r - 1] + counts[r - 1];
    std::vector<std::int64_t> all(static_cast<std::size_t>(begin.back() + counts.back()));
    MPI_Allgatherv(nodes_.data(), mine, MPI_INT64_T, all.data(), counts.data(), begin.data(), MPI_INT64_T, comm_);
    std::sort(all.begin(), all.end());
    all.erase(std::unique(all.begin(), all.end()), all.end());
    num_unknowns_ = static_cast<std::int64_t>(all.size());
    std::vector<PetscInt> global;
    for (const auto node : nodes_)
        global.push_back(static_cast<PetscInt>(std::lower_bound(all.begin(), all.end(), node) - all.begin()));

    RD_PETSC(VecCreateMPI(comm_, PETSC_DECIDE, static_cast<PetscInt>(num_unknowns_), &s.v));
    for (auto* vec : {&s.change, &s.right, &s.capacity, &s.leak, &s.diagonal, &s.work, &s.held, &s.injected}) {
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
    std::vector<bool> conducts(model_.compartments.size(), false);
    for (std::size_t p = 0; p < model_.patches.size(); ++p)
        if (membrane_of_patch_[p] >= 0) conducts[model_.patches[p].inside] = true;
    for (std::int32_t i = 0; i < mesh_.num_owned; ++i) {
        const auto k = regions_.compartment[i];
        if (!conducts[k]) continue;
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
    RD_PETSC(KSPSetReusePreconditioner(s.ksp, PETSC_FALSE));
}

void MembranePotential::publish() {
    System& s = *system_;
    RD_PETSC(VecScatterBegin(s.scatter, s.v, s.local, INSERT_VALUES, SCATTER_FORWARD));
    RD_PETSC(VecScatterEnd(s.scatter, s.v, s.local, INSERT_VALUES, SCATTER_FORWARD));
    const double* values = nullptr;
    RD_PETSC(VecGetArrayRead(s.local, &values));
    at_vertices_.assign(values, values + nodes_.size());
    RD_PETSC(VecRestoreArrayRead(s.local, &values));
    at_faces_.assign(areas_.size(), 0.0);
    for (std::size_t f = 0; f < areas_.size(); ++f)
        for (int k = 0; k < 3; ++k)
            if (face_vertices_[3 * f + k] >= 0) at_faces_[f] += at_vertices_[face_vertices_[3 * f + k]] / 3.0;
}

void MembranePotential::set(const std::vector<double>& mV) {
    System& s = *system_;
    s.fill_local([&](double* local) { std::copy(mV.begin(), mV.end(), local); });
    RD_PETSC(VecScatterBegin(s.scatter, s.local, s.v, INSERT_VALUES, SCATTER_REVERSE));
    RD_PETSC(VecScatterEnd(s.scatter, s.local, s.v, INSERT_VALUES, SCATTER_REVERSE));
    publish();
}

std::vector<std::int32_t> MembranePotential::vertices(const std::function<bool(const Point&)>& wanted) const {
    std::vector<std::int32_t> result;
    for (std::size_t k = 0; k < places_.size(); ++k)
        if (wanted(places_[k])) result.push_back(static_cast<std::int32_t>(k));
    return result;
}

void MembranePotential::inject(const std::vector<std::int32_t>& vertices, double nA) {
    System& s = *system_;
    // A vertex that several ranks list counts once.
    s.fill_local([&](double* local) {
        for (const auto k : vertices) local[k] = 1.0;
    });
    RD_PETSC(VecZeroEntries(s.work));
    RD_PETSC(VecScatterBegin(s.scatter, s.local, s.work, MAX_VALUES, SCATTER_REVERSE));
    RD_PETSC(VecScatterEnd(s.scatter, s.local, s.work, MAX_VALUES, SCATTER_REVERSE));
    double count = 0.0;
    RD_PETSC(VecSum(s.work, &count));
    if (count == 0.0)
        throw UserError(Problem{"injections", "a current is injected where there is no vertex", "enlarge its zone"});
    RD_PETSC(VecAXPY(s.injected, nA / count, s.work));
}

void MembranePotential::stop_injections() {
    RD_PETSC(VecZeroEntries(system_->injected));
}

void MembranePotential::hold(const std::vector<std::int32_t>& vertices, double mV) {
    System& s = *system_;
    auto values = at_vertices_;
    for (const auto k : vertices) values[k] = mV;
    // Every rank that has such a vertex must set it.
    s.fill_local([&](double* local) {
        for (const auto k : vertices) local[k] = held_weight;
    });
    RD_PETSC(VecScatterBegin(s.scatter, s.local, s.held, MAX_VALUES, SCATTER_REVERSE));
    RD_PETSC(VecScatterEnd(s.scatter, s.local, s.held, MAX_VALUES, SCATTER_REVERSE));
    s.dt = -1.0;
    set(values);
}

void MembranePotential::advance(double dt, const std::vector<double>& conductance, const std::vector<double>& drive,
                                const std::vector<double>& charge, double time_ms) {
    System& s = *system_;
    const double theta = gamma_ * dt;
    const bool new_step = dt != s.dt;
    s.dt = dt;

    // G and the currents that do not depend on V.
    const auto gather = [&](Vec to, const std::function<double(std::size_t, const Membrane&)>& value) {
        s.fill_local([&](double* local) {
            for (std::size_t f = 0; f < areas_.size(); ++f) {
                const int m = membrane_of_patch_[regions_.faces[f].patch];
                if (m < 0) continue;
                const double third = value(f, model_.membranes[m]) / 3.0;
                for (int k = 0; k < 3; ++k) local[face_vertices_[3 * f + k]] += third;
            }
        });
        s.add(to);
    };
    RD_PETSC(VecZeroEntries(s.work));
    gather(s.work, [&](std::size_t f, const Membrane& m) {
        return uS_per_S_um2 * m.leak_conductance * areas_[f] + (conductance.empty() ? 0.0 : conductance[f]);
    });
    RD_PETSC(VecCopy(s.injected, s.right));
    gather(s.right, [&](std::size_t f, const Membrane& m) {
        return uS_per_S_um2 * m.leak_conductance * areas_[f] * m.leak_reversal + (drive.empty() ? 0.0 : drive[f]) +
               (charge.empty() ? 0.0 : nA_per_C_ms * charge[f] / dt);
    });

    // theta (b - (K + G) V)
    RD_PETSC(MatMult(s.stiffness, s.v, s.change));
    RD_PETSC(VecPointwiseMult(s.diagonal, s.work, s.v));
    RD_PETSC(VecAXPY(s.right, -1.0, s.change));
    RD_PETSC(VecAXPY(s.right, -1.0, s.diagonal));
    RD_PETSC(VecScale(s.right, theta));

    // The matrix: only its diagonal changes unless dt does.
    if (new_step) {
        RD_PETSC(MatCopy(s.stiffness, s.matrix, SAME_NONZERO_PATTERN));
        RD_PETSC(MatScale(s.matrix, theta));
        RD_PETSC(KSPSetReusePreconditioner(s.ksp, PETSC_FALSE));
    }
    RD_PETSC(MatGetDiagonal(s.stiffness, s.diagonal));
    RD_PETSC(VecAXPY(s.diagonal, 1.0, s.work));
    RD_PETSC(VecScale(s.diagonal, theta));
    RD_PETSC(VecAXPY(s.diagonal, 1.0, s.capacity));
    RD_PETSC(VecAXPY(s.diagonal, 1.0, s.held));
    RD_PETSC(MatDiagonalSet(s.matrix, s.diagonal, INSERT_VALUES));
    RD_PETSC(KSPSetOperators(s.ksp, s.matrix, s.matrix));

    const auto solve = [&] {
        double* right = nullptr;
        const double* held = nullptr;
        PetscInt rows = 0;
        RD_PETSC(VecGetLocalSize(s.v, &rows));
        RD_PETSC(VecGetArray(s.right, &right));
        RD_PETSC(VecGetArrayRead(s.held, &held));
        for (PetscInt row = 0; row < rows; ++row)
            if (held[row] > 0.0) right[row] = 0.0;
        RD_PETSC(VecRestoreArrayRead(s.held, &held));
        RD_PETSC(VecRestoreArray(s.right, &right));
        RD_PETSC(KSPSolve(s.ksp, s.right, s.change));
        KSPConvergedReason reason = KSP_CONVERGED_ITERATING;
        PetscInt iterations = 0;
        RD_PETSC(KSPGetConvergedReason(s.ksp, &reason));
        RD_PETSC(KSPGetIterationNumber(s.ksp, &iterations));
        iterations_ += iterations;
        if (reason < 0)
            throw PhysicsError(fmt::format("the solver of the membrane potential gave up after {} iterations ({}) at "
                                           "{:.6g} ms",
                                           iterations, KSPConvergedReasons[reason], time_ms),
                               "potential", -1, time_ms);
        RD_PETSC(KSPSetReusePreconditioner(s.ksp, iterations > most_iterations_kept ? PETSC_FALSE : PETSC_TRUE));
        RD_PETSC(VecAXPY(s.v, 1.0, s.change));
    };
    solve();
    // The second stage starts from the first: what remains of its right side is C times the first change.
    RD_PETSC(VecPointwiseMult(s.right, s.capacity, s.change));
    RD_PETSC(VecScale(s.right, (1.0 - gamma_) / gamma_));
    solve();
    publish();
}

}  // namespace ngv::rd

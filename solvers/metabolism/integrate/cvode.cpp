#include "solvers/metabolism/integrate/cvode.hpp"

#include <cvode/cvode.h>
#include <nvector/nvector_serial.h>
#include <sunlinsol/sunlinsol_klu.h>
#include <sunmatrix/sunmatrix_sparse.h>

#include <algorithm>
#include <cmath>

#include "ngv/error.hpp"

namespace ngv::metabolism {

using model::lane_width;
using model::Lanes;

namespace {

void check(int flag) {
    NGV_ASSERT(flag >= 0);  // of calls that fail on wrong use only
}

}  // namespace

struct Cvode::Impl {
    const OdeSystem& system;
    Tolerances tolerances;
    std::unique_ptr<Equations> equations = system.equations();
    std::vector<std::pair<double, double>> ranges = {};
    SUNContext context = nullptr;
    N_Vector y = nullptr, atol = nullptr;
    SUNMatrix matrix = nullptr;
    SUNLinearSolver solver = nullptr;
    void* memory = nullptr;
    std::vector<Lanes> at, inputs, f, by_time, entries;
    /// By column, as KLU wants it: row and place among `entries` of each structural non-zero.
    std::vector<sunindextype> column_begin, row;
    std::vector<std::size_t> place;
    double begin = 0;

    void load(N_Vector from) {
        const double* v = N_VGetArrayPointer(from);
        for (std::size_t i = 0; i < system.size(); ++i) at[i][0] = v[i];
    }
    static int rate(double t, N_Vector from, N_Vector to, void* self) {
        auto& s = *static_cast<Impl*>(self);
        s.load(from);
        const Lanes time = Lanes::all(s.begin + t);
        s.equations->rates(&s.at[0][0], s.inputs.empty() ? nullptr : &s.inputs[0][0], &time[0], &s.f[0][0]);
        double* const out = N_VGetArrayPointer(to);
        bool finite = true;
        for (std::size_t i = 0; i < s.system.size(); ++i) {
            out[i] = s.f[i][0];
            finite = finite && std::isfinite(out[i]);
        }
        return finite ? 0 : 1;  // 1: try a smaller step
    }
    static int jacobian(double t, N_Vector from, N_Vector, SUNMatrix to, void* self, N_Vector, N_Vector, N_Vector) {
        auto& s = *static_cast<Impl*>(self);
        s.load(from);
        const Lanes time = Lanes::all(s.begin + t), zero = Lanes::all(0);
        s.equations->assemble(&s.at[0][0], s.inputs.empty() ? nullptr : &s.inputs[0][0], &time[0], &zero[0], &s.f[0][0],
                              s.by_time.empty() ? nullptr : &s.by_time[0][0], &s.entries[0][0]);
        std::copy(s.column_begin.begin(), s.column_begin.end(), SUNSparseMatrix_IndexPointers(to));
        std::copy(s.row.begin(), s.row.end(), SUNSparseMatrix_IndexValues(to));
        double* const values = SUNSparseMatrix_Data(to);
        for (std::size_t k = 0; k < s.place.size(); ++k) values[k] = -s.entries[s.place[k]][0];
        return 0;
    }
};

Cvode::Cvode(const OdeSystem& system, const Tolerances& tolerances)
    : impl_(new Impl{.system = system,
                     .tolerances = tolerances,
                     .at = {},
                     .inputs = {},
                     .f = {},
                     .by_time = {},
                     .entries = {},
                     .column_begin = {},
                     .row = {},
                     .place = {}}) {
    Impl& s = *impl_;
    const std::size_t n = system.size();
    const auto size = static_cast<sunindextype>(n);
    s.at.assign(n, Lanes::all(0));
    s.f = s.at;
    s.inputs.assign(system.inputs().size(), Lanes::all(0));
    s.by_time.assign(system.time_rows().size(), Lanes::all(0));
    s.entries.assign(system.lu().size(), Lanes::all(0));
    for (const auto& q : system.integrated()) s.ranges.emplace_back(q.min, q.max);

    std::vector<std::vector<std::size_t>> rows(n);
    for (const auto& [i, j] : system.pattern()) rows[j].push_back(i);
    for (std::size_t j = 0; j < n; ++j) {
        s.column_begin.push_back(static_cast<sunindextype>(s.row.size()));
        if (std::find(rows[j].begin(), rows[j].end(), j) == rows[j].end()) rows[j].push_back(j);
        std::sort(rows[j].begin(), rows[j].end());
        for (const std::size_t i : rows[j]) {
            s.row.push_back(static_cast<sunindextype>(i));
            s.place.push_back(system.lu().at(i, j));
        }
    }
    s.column_begin.push_back(static_cast<sunindextype>(s.row.size()));

    check(SUNContext_Create(nullptr, &s.context));
    s.y = N_VNew_Serial(size, s.context);
    s.atol = N_VNew_Serial(size, s.context);
    for (std::size_t i = 0; i < n; ++i)
        N_VGetArrayPointer(s.atol)[i] = tolerances.rtol * (i < system.num_states() ? system.integrated()[i].scale : 1);
    s.matrix = SUNSparseMatrix(size, size, static_cast<sunindextype>(s.row.size()), CSC_MAT, s.context);
    s.solver = SUNLinSol_KLU(s.y, s.matrix, s.context);
    s.memory = CVodeCreate(CV_BDF, s.context);
    check(CVodeInit(s.memory, Impl::rate, 0, s.y));
    check(CVodeSetErrFile(s.memory, nullptr));  // what fails is reported by us
    check(CVodeSetUserData(s.memory, &s));
    check(CVodeSVtolerances(s.memory, tolerances.rtol, s.atol));
    check(CVodeSetLinearSolver(s.memory, s.solver, s.matrix));
    check(CVodeSetJacFn(s.memory, Impl::jacobian));
    check(CVodeSetMaxNumSteps(s.memory, static_cast<long>(tolerances.max_steps)));
}

Cvode::~Cvode() {
    CVodeFree(&impl_->memory);
    SUNLinSolFree(impl_->solver);
    SUNMatDestroy(impl_->matrix);
    N_VDestroy(impl_->y);
    N_VDestroy(impl_->atol);
    SUNContext_Free(&impl_->context);
}

void Cvode::set_ranges(const std::vector<std::pair<double, double>>& ranges) {
    impl_->ranges = ranges;
}

void Cvode::run(std::span<Job> jobs) {
    Impl& s = *impl_;
    for (Job& job : jobs) {
        s.begin = job.begin;
        for (std::size_t i = 0; i < job.inputs.size(); ++i) s.inputs[i] = Lanes::all(job.inputs[i]);
        std::copy(job.values.begin(), job.values.end(), N_VGetArrayPointer(s.y));
        job.outcome = Outcome::done;
        job.reached = job.length;
        job.steps = job.rejected = 0;
        if (job.length <= 0) continue;
        check(CVodeReInit(s.memory, 0, s.y));
        check(CVodeSetStopTime(s.memory, job.length));
        const int flag = CVode(s.memory, job.length, s.y, &job.reached, CV_NORMAL);
        long steps = 0;
        CVodeGetNumSteps(s.memory, &steps);
        job.steps = steps;
        if (flag < 0) {
            job.outcome = flag == CV_TOO_MUCH_WORK ? Outcome::too_many_steps : Outcome::no_convergence;
            continue;
        }
        const double* const y = N_VGetArrayPointer(s.y);
        for (std::size_t i = 0; i < s.system.num_states() && job.ok(); ++i)
            if (!(y[i] >= s.ranges[i].first && y[i] <= s.ranges[i].second)) {
                job.outcome = Outcome::left_range;
                job.where = i;
                job.value = y[i];
            }
        if (job.ok()) std::copy_n(y, job.values.size(), job.values.begin());
    }
}

}  // namespace ngv::metabolism

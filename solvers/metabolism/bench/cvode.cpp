#include "solvers/metabolism/bench/cvode.hpp"

#include <cvode/cvode.h>
#include <nvector/nvector_serial.h>
#include <sunlinsol/sunlinsol_dense.h>
#include <sunmatrix/sunmatrix_dense.h>

#include <algorithm>
#include <stdexcept>
#include <string>

namespace ngv::metabolism {

using model::Lanes;

struct Cvode::Impl {
    const OdeSystem& system;
    SUNContext context = nullptr;
    N_Vector y = nullptr, atol = nullptr;
    SUNMatrix matrix = nullptr;
    SUNLinearSolver solver = nullptr;
    void* memory = nullptr;
    std::vector<Lanes> rates, derivatives;
    double begin = 0;

    void load(std::vector<Lanes>& registers, double t, N_Vector at) {
        const double* v = N_VGetArrayPointer(at);
        for (std::size_t i = 0; i < system.size(); ++i) registers[i] = Lanes::all(v[i]);
        registers[system.size() + system.inputs().size()] = Lanes::all(begin + t);
    }
    static int rate(double t, N_Vector at, N_Vector to, void* self) {
        auto& s = *static_cast<Impl*>(self);
        s.load(s.rates, t, at);
        s.system.rates().run(s.rates.data());
        for (std::size_t i = 0; i < s.system.size(); ++i)
            N_VGetArrayPointer(to)[i] = s.rates[s.system.rates().output(i)][0];
        return 0;
    }
    static int jacobian(double t, N_Vector at, N_Vector, SUNMatrix to, void* self, N_Vector, N_Vector, N_Vector) {
        auto& s = *static_cast<Impl*>(self);
        s.load(s.derivatives, t, at);
        const auto& tape = s.system.derivatives();
        tape.run(s.derivatives.data());
        SUNMatZero(to);
        for (std::size_t k = 0; k < s.system.pattern().size(); ++k) {
            const auto [i, j] = s.system.pattern()[k];
            SM_ELEMENT_D(to, static_cast<sunindextype>(i), static_cast<sunindextype>(j)) =
                s.derivatives[tape.output(s.system.size() + k)][0];
        }
        return 0;
    }
};

namespace {

void check(int flag) {
    if (flag < 0) throw std::runtime_error("CVODE failed with flag " + std::to_string(flag));
}

}  // namespace

Cvode::Cvode(const OdeSystem& system, double rtol) : impl_(new Impl{.system = system, .rates = {}, .derivatives = {}}) {
    Impl& s = *impl_;
    const auto n = static_cast<sunindextype>(system.size());
    check(SUNContext_Create(nullptr, &s.context));
    s.y = N_VNew_Serial(n, s.context);
    s.atol = N_VNew_Serial(n, s.context);
    for (std::size_t i = 0; i < system.size(); ++i)
        N_VGetArrayPointer(s.atol)[i] = rtol * (i < system.num_states() ? system.integrated()[i].scale : 1);
    s.matrix = SUNDenseMatrix(n, n, s.context);
    s.solver = SUNLinSol_Dense(s.y, s.matrix, s.context);
    s.memory = CVodeCreate(CV_BDF, s.context);
    s.rates = system.rates().registers();
    s.derivatives = system.derivatives().registers();
    check(CVodeInit(s.memory, Impl::rate, 0, s.y));
    check(CVodeSetUserData(s.memory, &s));
    check(CVodeSVtolerances(s.memory, rtol, s.atol));
    check(CVodeSetLinearSolver(s.memory, s.solver, s.matrix));
    check(CVodeSetJacFn(s.memory, Impl::jacobian));
    check(CVodeSetMaxNumSteps(s.memory, 1000000));
}

Cvode::~Cvode() {
    CVodeFree(&impl_->memory);
    SUNLinSolFree(impl_->solver);
    SUNMatDestroy(impl_->matrix);
    N_VDestroy(impl_->y);
    N_VDestroy(impl_->atol);
    SUNContext_Free(&impl_->context);
    delete impl_;
}

void Cvode::advance(std::span<double> values, std::span<const double> inputs, double begin_s, double length_s) {
    Impl& s = *impl_;
    s.begin = begin_s;
    for (std::size_t i = 0; i < inputs.size(); ++i)
        s.rates[s.system.size() + i] = s.derivatives[s.system.size() + i] = Lanes::all(inputs[i]);
    std::copy(values.begin(), values.end(), N_VGetArrayPointer(s.y));
    check(CVodeReInit(s.memory, 0, s.y));
    check(CVodeSetStopTime(s.memory, length_s));
    double reached = 0;
    check(CVode(s.memory, length_s, s.y, &reached, CV_NORMAL));
    std::copy_n(N_VGetArrayPointer(s.y), values.size(), values.begin());
    long steps = 0;
    CVodeGetNumSteps(s.memory, &steps);
    steps_ += steps;
}

}  // namespace ngv::metabolism

#include <algorithm>
#include <cstring>

#include "solvers/metabolism/model/equations.hpp"
#include "solvers/metabolism/model/ode_system.hpp"

namespace ngv::metabolism {

using model::lane_width;
using model::Lanes;

namespace {

class Interpreted : public Equations {
  public:
    explicit Interpreted(const OdeSystem& system)
        : system_(system), rates_(system.rates().registers()), derivatives_(system.derivatives().registers()) {
        for (const auto& [i, j] : system.pattern()) place_.push_back(system.lu().at(i, j));
        for (std::size_t i = 0; i < system.size(); ++i) diagonal_.push_back(system.lu().at(i, i));
    }

    void rates(const double* y, const double* inputs, const double* time, double* f) override {
        load(rates_, y, inputs, time);
        system_.rates().run(rates_.data());
        for (std::size_t i = 0; i < system_.size(); ++i) copy(f, i, rates_[system_.rates().output(i)]);
    }

    void assemble(const double* y, const double* inputs, const double* time, const double* per_gh, double* f,
                  double* by_time, double* matrix) override {
        const std::size_t n = system_.size();
        const auto& tape = system_.derivatives();
        load(derivatives_, y, inputs, time);
        tape.run(derivatives_.data());
        for (std::size_t i = 0; i < n; ++i) copy(f, i, derivatives_[tape.output(i)]);
        std::fill_n(matrix, lane_width * system_.lu().size(), 0.0);
        for (std::size_t i = 0; i < n; ++i) std::memcpy(matrix + lane_width * diagonal_[i], per_gh, sizeof(Lanes));
        for (std::size_t k = 0; k < place_.size(); ++k) {
            const Lanes& entry = derivatives_[tape.output(n + k)];
            double* const to = matrix + lane_width * place_[k];
            for (std::size_t l = 0; l < lane_width; ++l) to[l] -= entry[l];
        }
        for (std::size_t k = 0; k < system_.time_rows().size(); ++k)
            copy(by_time, k, derivatives_[tape.output(n + place_.size() + k)]);
    }

    void factor(double* matrix) override { system_.lu().factor(reinterpret_cast<Lanes*>(matrix)); }

    void solve(const double* matrix, double* b) override {
        system_.lu().solve(reinterpret_cast<const Lanes*>(matrix), reinterpret_cast<Lanes*>(b));
    }

  private:
    void load(std::vector<Lanes>& registers, const double* y, const double* inputs, const double* time) const {
        const std::size_t n = system_.size(), m = system_.inputs().size();
        std::memcpy(&registers[0], y, n * sizeof(Lanes));
        if (m > 0) std::memcpy(&registers[n], inputs, m * sizeof(Lanes));
        std::memcpy(&registers[n + m], time, sizeof(Lanes));
    }
    static void copy(double* to, std::size_t i, const Lanes& from) {
        std::memcpy(to + lane_width * i, &from, sizeof from);
    }

    const OdeSystem& system_;
    std::vector<Lanes> rates_, derivatives_;
    std::vector<std::size_t> place_, diagonal_;
};

}  // namespace

std::unique_ptr<Equations> interpreted(const OdeSystem& system) {
    return std::make_unique<Interpreted>(system);
}

}  // namespace ngv::metabolism

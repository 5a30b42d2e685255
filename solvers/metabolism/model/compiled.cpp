#include <fmt/format.h>

#include "ngv/error.hpp"
#include "solvers/common/model/emit.hpp"
#include "solvers/metabolism/model/equations.hpp"
#include "solvers/metabolism/model/ode_system.hpp"

namespace ngv::metabolism {

using model::Emitter;
using model::Expr;

namespace {

using Rates = void(const double*, const double*, const double*, double*);
using Jacobian = void(const double*, const double*, const double*, const double*, double*, double*, double*);
using Factor = void(double*);
using Solve = void(const double*, double*);

class Compiled : public Equations {
  public:
    explicit Compiled(std::shared_ptr<const native::Library> library)
        : library_(std::move(library)),
          rates_(library_->function<Rates>("ngv_rates")),
          jacobian_(library_->function<Jacobian>("ngv_jacobian")),
          factor_(library_->function<Factor>("ngv_factor")),
          solve_(library_->function<Solve>("ngv_solve")) {}

    void rates(const double* y, const double* inputs, const double* time, double* f) override {
        rates_(y, inputs, time, f);
    }
    void assemble(const double* y, const double* inputs, const double* time, const double* per_gh, double* f,
                  double* by_time, double* matrix) override {
        jacobian_(y, inputs, time, per_gh, f, by_time, matrix);
    }
    void factor(double* matrix) override { factor_(matrix); }
    void solve(const double* matrix, double* b) override { solve_(matrix, b); }

  private:
    std::shared_ptr<const native::Library> library_;
    Rates* rates_;
    Jacobian* jacobian_;
    Factor* factor_;
    Solve* solve_;
};

constexpr const char* head =
    "#define NGV_SIMD_HALF\n"  // functions run by passes: see simd.hpp
    "#include \"solvers/common/native/vector_math.hpp\"\n"
    "using namespace ngv::simd;\n";

/// A function of `pointers` whose body computes simd.hpp's `computed` lanes, called for all of them.
std::string function(const std::string& name, const std::vector<std::pair<std::string, std::string>>& pointers,
                     const std::string& body) {
    std::string parameters, arguments;
    for (const auto& [type, pointer] : pointers) {
        const char* comma = parameters.empty() ? "" : ", ";
        parameters += fmt::format("{}{}* __restrict {}", comma, type, pointer);
        arguments += fmt::format("{}{} + k * computed", comma, pointer);
    }
    return fmt::format(
        "[[gnu::noinline]] static void {0}_lanes({1}) {{\n{2}}}\n"
        "extern \"C\" void ngv_{0}({1}) {{\n    for (int k = 0; k < passes; ++k) {0}_lanes({3});\n}}\n",
        name, parameters, body, arguments);
}

std::string store(const std::string& array, std::size_t i, const std::string& value) {
    return fmt::format("store({} + {}, {});", array, model::lane_width * i, value);
}

}  // namespace

/// The text of the equations as C++: rates, Jacobian with rates, factors and solution.
class SystemText {
  public:
    explicit SystemText(const OdeSystem& system) : system_(system) {}

    std::string rates() const {
        auto out = emitter();
        for (std::size_t i = 0; i < system_.size(); ++i) out.line(store("f", i, out.value(system_.rate_exprs_[i])));
        return head +
               function("rates",
                        {{"const double", "y"}, {"const double", "inputs"}, {"const double", "time"}, {"double", "f"}},
                        out.text());
    }

    std::string jacobian() const {
        const auto& lu = system_.lu();
        auto out = emitter();
        out.line("const V8 shift = load(per_gh);");
        std::vector<bool> diagonal_done(system_.size());
        std::size_t k = 0;
        for (std::size_t i = 0; i < system_.size(); ++i) {
            out.line(store("f", i, out.value(system_.rate_exprs_[i])));
            for (; k < system_.pattern().size() && system_.pattern()[k].first == i; ++k) {
                const auto j = system_.pattern()[k].second;
                const auto value = out.value(system_.entry_exprs_[k]);
                out.line(store("matrix", lu.at(i, j), (i == j ? "shift - " : "broadcast(0.0) - ") + value));
                if (i == j) diagonal_done[i] = true;
            }
        }
        for (std::size_t i = 0; i < system_.size(); ++i)
            if (!diagonal_done[i]) out.line(store("matrix", lu.at(i, i), "shift"));
        for (std::size_t r = 0; r < system_.time_rows().size(); ++r)
            out.line(store("by_time", r, out.value(system_.time_exprs_[r])));
        return head + function("jacobian",
                               {{"const double", "y"},
                                {"const double", "inputs"},
                                {"const double", "time"},
                                {"const double", "per_gh"},
                                {"double", "f"},
                                {"double", "by_time"},
                                {"double", "matrix"}},
                               out.text());
    }

    std::string linear() const {
        const auto& lu = system_.lu();
        std::vector<std::string> entries(lu.size());
        const auto set = [&](std::size_t at) {
            entries[at] = fmt::format("load(matrix + {})", model::lane_width * at);
        };
        for (const auto& [i, j] : system_.pattern()) set(lu.at(i, j));
        for (std::size_t i = 0; i < system_.size(); ++i) set(lu.at(i, i));
        return head + function("factor", {{"double", "matrix"}}, emit_factor(lu, "matrix", entries)) +
               function("solve", {{"const double", "matrix"}, {"double", "b"}}, emit_solve(lu, "matrix", "b"));
    }

  private:
    Emitter emitter() const {
        Emitter out(*system_.graph_);
        const std::size_t n = system_.size(), m = system_.inputs().size();
        for (std::size_t i = 0; i < n; ++i) out.bind(system_.registers_[i], fmt::format("load(y + {})", 8 * i));
        for (std::size_t i = 0; i < m; ++i)
            out.bind(system_.registers_[n + i], fmt::format("load(inputs + {})", 8 * i));
        out.bind(system_.registers_[n + m], "load(time)");
        return out;
    }

    const OdeSystem& system_;
};

native::BuildOptions OdeSystem::build_options() const {
    const SystemText text(*this);
    return {.name = model_.name.empty() ? "model" : model_.name,
            .sources = {{"jacobian.cpp", text.jacobian()}, {"linear.cpp", text.linear()}, {"rates.cpp", text.rates()}}};
}

bool OdeSystem::is_in_cache() const {
    return native::is_built(build_options());
}

native::BuildReport OdeSystem::compile(bool for_one_cell) {
    native::BuildReport report;
    auto options = build_options();
    if (for_one_cell) options.flags += " -DNGV_SIMD_SCALAR";
    library_ = std::make_shared<native::Library>(native::build(options, &report));
    return report;
}

std::unique_ptr<Equations> OdeSystem::equations() const {
    return library_ ? std::make_unique<Compiled>(library_) : interpreted(*this);
}

}  // namespace ngv::metabolism

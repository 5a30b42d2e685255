#include "solvers/metabolism/integrate/rosenbrock.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace ngv::metabolism {
namespace {

// y' = -lambda (y - cos t) - sin t has the solution cos t, however stiff (Prothero and Robinson 1974); z' = -z^2 has
// 1/(1 + t); q is the integral of z.
constexpr const char* known_solution = R"yaml(
model: known
time_unit: s
parameters:
  lambda: {value: 3, unit: 1/s}
  limit: {value: 1, unit: "1"}
states:
  y: {start: 1, unit: mM, rate: "-lambda*(y*y*y - cos(t)**3) - sin(t)"}
  z: {start: 1, unit: mM, rate: "-z*z*limit"}
integrals:
  q: {unit: mM, rate: z}
)yaml";

ModelFile model() {
    return ModelFile::parse(known_solution, "test");
}

struct Result {
    double y, z, q;
    std::int64_t steps;
};

Result integrate(const Tableau& table, double step, double lambda, double length = 1) {
    const OdeSystem system(model(), {.parameters = {{"lambda", lambda}}});
    std::vector<double> values{1, 1, 0};
    std::vector<Job> jobs{{.values = values, .inputs = {}, .step = &step, .begin = 0, .length = length}};
    Rosenbrock(system, table, {.rtol = 1e-6, .adaptive = step == 0 ? true : false}).run(jobs);
    EXPECT_TRUE(jobs[0].ok());
    return {values[0], values[1], values[2], jobs[0].steps};
}

double slope_of(const Tableau& table, double step = 1.0 / 160) {
    const auto error = [&](double h) {
        const Result run = integrate(table, h, 3);
        return std::hypot(run.y - std::cos(1.0), run.z - 0.5, run.q - std::log(2.0));
    };
    return std::log2(error(step) / error(step / 2));
}

TEST(Rosenbrock, Rodas4IsOfOrderFourOnANonlinearProblemWithTime) {
    EXPECT_NEAR(slope_of(rodas4()), 4, 0.3);
}

TEST(Rosenbrock, Rodas5pIsOfOrderFiveOnANonlinearProblemWithTime) {
    EXPECT_NEAR(slope_of(rodas5p(), 1.0 / 40), 5, 0.3);
}

TEST(Rosenbrock, Ros23IsOfOrderTwoOnANonlinearProblemWithTime) {
    EXPECT_NEAR(slope_of(ros23()), 2, 0.2);
}

TEST(Rosenbrock, Rodas3IsOfOrderThreeOnANonlinearProblemWithTime) {
    EXPECT_NEAR(slope_of(rodas3()), 3, 0.3);
}

TEST(Rosenbrock, KeepsItsToleranceWhateverTheStiffness) {
    for (const double lambda : {1.0, 1e3, 1e6, 1e9}) {
        const Result run = integrate(rodas4(), 0, lambda, 10);

        EXPECT_NEAR(run.y, std::cos(10.0), 2e-5) << lambda;
        EXPECT_NEAR(run.z, 1.0 / 11, 1e-6);
        EXPECT_NEAR(run.q, std::log(11.0), 1e-5);
        EXPECT_LT(run.steps, 400) << lambda;  // an explicit method would need 1e9
    }
}

TEST(Rosenbrock, GivesACellTheSameBitsInAnyLaneBesideAnyOthers) {
    const OdeSystem system(model(), {.per_cell = {"lambda"}});
    const auto run = [&](const std::vector<double>& lambdas) {
        std::vector<std::vector<double>> values(lambdas.size(), {1, 1, 0});
        std::vector<double> steps(lambdas.size(), 0);
        std::vector<Job> jobs;
        for (std::size_t i = 0; i < lambdas.size(); ++i)
            jobs.push_back(
                {.values = values[i], .inputs = {&lambdas[i], 1}, .step = &steps[i], .begin = 0, .length = 3});
        Rosenbrock(system, rodas4(), {}).run(jobs);
        return values;
    };
    std::vector<double> many;
    for (int i = 0; i < 21; ++i) many.push_back(std::pow(10.0, i % 7) + i);

    const auto together = run(many);
    for (std::size_t i = 0; i < many.size(); ++i) EXPECT_EQ(run({many[i]})[0], together[i]) << i;
    std::vector<double> reversed(many.rbegin(), many.rend());
    const auto backwards = run(reversed);
    for (std::size_t i = 0; i < many.size(); ++i) EXPECT_EQ(backwards[many.size() - 1 - i], together[i]) << i;
}

TEST(Rosenbrock, StopsWhereAStateLeavesItsRangeAndSaysWhich) {
    const OdeSystem system(model(), {});
    std::vector<double> values{1, 1, 0};
    double step = 0;
    std::vector<Job> jobs{{.values = values, .inputs = {}, .step = &step, .begin = 0, .length = 3}};
    Rosenbrock method(system, rodas4(), {});
    method.set_ranges({{-2, 2}, {0.5, 2}, {-9, 9}});

    method.run(jobs);

    EXPECT_EQ(jobs[0].outcome, Outcome::left_range);
    EXPECT_EQ(jobs[0].where, system.state("z"));
    EXPECT_NEAR(jobs[0].reached, 1.0, 1e-5);  // z = 1/(1 + t) reaches 0.5 at t = 1
}

TEST(Rosenbrock, SaysWhenASolutionEndsInAPole) {
    const OdeSystem system(model(), {.parameters = {{"limit", -1}}});  // z = 1/(1 - t)
    std::vector<double> values{1, 1, 0};
    double step = 0;
    std::vector<Job> jobs{{.values = values, .inputs = {}, .step = &step, .begin = 0, .length = 3}};

    Rosenbrock(system, rodas4(), {.max_steps = 5000}).run(jobs);

    EXPECT_FALSE(jobs[0].ok());
    EXPECT_NEAR(jobs[0].reached, 1.0, 1e-3);
}

}  // namespace
}  // namespace ngv::metabolism

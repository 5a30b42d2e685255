// sbml-suite: the SBML semantic test suite, as a table (`ngv sbml suite` starts it).
//
//     ngv sbml suite sbml-test-suite/cases/semantic
#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "ngv/error.hpp"
#include "solvers/metabolism/sbml/suite.hpp"

int main(int argc, char** argv) {
    using namespace ngv::metabolism;
    CLI::App app{
        "Runs a folder of the SBML semantic test suite and counts what passes, by tag; exit code 1 if a case fails"};
    std::string folder;
    double rtol = 1e-7;
    app.add_option("FOLDER", folder, "folder of cases (cases/semantic), or of one case")->required();
    app.add_option("--rtol", rtol, "relative error of a step")->capture_default_str()->check(CLI::PositiveNumber);
    try {
        app.parse(argc, argv);
        std::vector<SuiteCase> cases;
        bool failed = false;
        for (const auto& path : suite_cases(folder)) {
            cases.push_back(run_suite_case(path, rtol));
            failed = failed || cases.back().outcome == SuiteCase::Outcome::failed;
        }
        fmt::print("{}", suite_report(cases));
        return failed ? 1 : 0;
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? 0 : static_cast<int>(ngv::ExitCode::user_error);
    } catch (const std::exception& error) {
        fmt::print(stderr, "{}\n", error.what());
        return static_cast<int>(ngv::exit_code(error));
    }
}

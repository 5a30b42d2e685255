// The SBML semantic test suite (Hucka et al.): a folder of cases, each with models, settings and expected results.
//
//     cases/00001/00001-model.m           tags: which features the case uses
//                 00001-sbml-l2v4.xml     the model, in one or several levels and versions
//                 00001-settings.txt      start, duration, steps, variables, tolerances, what is an amount
//                 00001-results.csv       expected values; a case passes if every model gives them at every row's time
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace ngv::metabolism {

struct SuiteCase {
    std::string name;
    std::vector<std::string> tags;
    enum class Outcome { passed, failed, unsupported } outcome = Outcome::passed;
    std::string reason;  ///< of a failure, or what is not supported

    /// SBML core without algebraic rules and fast reactions.
    bool is_core() const;
};

/// Runs the case in `folder`. UserError if files of it cannot be read as those of a case.
SuiteCase run_suite_case(const std::filesystem::path& folder, double rtol);

/// The folders of cases in `folder`, or itself if it is one, in the order of their names.
std::vector<std::filesystem::path> suite_cases(const std::filesystem::path& folder);

/// Counts by tag, reasons, and the share of core cases that pass.
std::string suite_report(const std::vector<SuiteCase>& cases);

}  // namespace ngv::metabolism

// The runner of the SBML semantic test suite, on two small cases of our own: one right, one with a wrong expectation.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "ngv/error.hpp"
#include "solvers/metabolism/sbml/suite.hpp"

namespace ngv::metabolism {
namespace {

using testing::HasSubstr;

class SbmlSuite : public testing::Test {
  protected:
    SbmlSuite() : folder_(std::filesystem::temp_directory_path() / fmt::format("ngv_sbml_suite_{}", ::getpid())) {
        std::filesystem::create_directories(folder_);
    }
    ~SbmlSuite() override { std::filesystem::remove_all(folder_); }

    /// x' = -x from 1; `results`: rows of results.csv.
    void write_case(const std::string& name, const std::string& results, const std::string& tags = "RateRule",
                    const std::string& rule = "rateRule variable=\"x\"") {
        const auto part = [&](const std::string& end) {
            std::filesystem::create_directories(folder_ / name);
            return std::ofstream(folder_ / name / (name + end));
        };
        part("-model.m") << "(*\ncomponentTags: Parameter, " << tags << "\ntestTags:      NonUnity\n*)\n";
        part("-settings.txt") << "start: 0\nduration: 2\nsteps: 2\nvariables: x\nabsolute: 1e-4\nrelative: 1e-4\n"
                                 "amount:\nconcentration:\n";
        part("-results.csv") << results;
        part("-sbml-l3v1.xml") << "<?xml version=\"1.0\" encoding=\"UTF-8\"?><sbml "
                                  "xmlns=\"http://www.sbml.org/sbml/level3/version1/core\" level=\"3\" version=\"1\">"
                                  "<model><listOfParameters><parameter id=\"x\" value=\"1\" constant=\"false\"/>"
                                  "</listOfParameters><listOfRules><"
                               << rule
                               << "><math xmlns=\"http://www.w3.org/1998/Math/MathML\"><apply><minus/><ci>x</ci>"
                                  "</apply></math></"
                               << rule.substr(0, rule.find(' ')) << "></listOfRules></model></sbml>";
    }
    std::filesystem::path folder_;
};

TEST_F(SbmlSuite, ComparesAndCountsByTag) {
    write_case("00001", "time,case00001`x\n0,1\n1,0.367879\n2,0.135335\n");
    write_case("00002", "time,x\n0,1\n1,0.367879\n2,0.1360\n");
    write_case("00003", "time,x\n0,0\n", "AlgebraicRule", "algebraicRule");
    std::vector<SuiteCase> cases;
    for (const auto& folder : suite_cases(folder_)) cases.push_back(run_suite_case(folder, 1e-7));
    ASSERT_EQ(cases.size(), 3u);
    EXPECT_EQ(cases[0].outcome, SuiteCase::Outcome::passed) << cases[0].reason;
    EXPECT_EQ(cases[1].outcome, SuiteCase::Outcome::failed);
    EXPECT_THAT(cases[1].reason, HasSubstr("x is 0.1353"));
    EXPECT_EQ(cases[2].outcome, SuiteCase::Outcome::unsupported);
    EXPECT_THAT(cases[2].reason, HasSubstr("algebraic"));
    EXPECT_THAT(suite_report(cases), HasSubstr("1 of 2 pass (50.0 %)"));
}

TEST_F(SbmlSuite, SaysWhatIsNotACase) {
    EXPECT_THROW(suite_cases(folder_), UserError);
    write_case("00001", "time,x\n0\n");
    EXPECT_THROW(run_suite_case(folder_ / "00001", 1e-7), UserError);
    write_case("00001", "time,x\n0,one\n");
    EXPECT_THROW(run_suite_case(folder_ / "00001", 1e-7), UserError);
}

}  // namespace
}  // namespace ngv::metabolism

#include "solvers/common/native/build.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>

#include "ngv/error.hpp"

namespace {

using namespace ngv::native;
using testing::HasSubstr;

class NativeBuild : public testing::Test {
  protected:
    NativeBuild() : folder_(std::filesystem::temp_directory_path() / ("ngv-native-" + std::to_string(getpid()))) {
        std::filesystem::remove_all(folder_);
    }
    ~NativeBuild() override { std::filesystem::remove_all(folder_); }

    BuildOptions two_sources(const std::string& first = "1") const {
        return {.name = "two",
                .sources = {{"one.cpp", "extern \"C\" double one() { return " + first + "; }"},
                            {"two.cpp", "extern \"C\" double one(); extern \"C\" double two() { return 2 * one(); }"}},
                .flags = "-O1",
                .cache = folder_};
    }

    std::filesystem::path folder_;
};

TEST_F(NativeBuild, CompilesWhatHasChangedAndNothingElse) {
    BuildReport report;

    const auto library = build(two_sources(), &report);
    EXPECT_EQ(library.function<double()>("two")(), 2);
    EXPECT_EQ(library.find("three"), nullptr);
    EXPECT_EQ(report.compiled, 2);

    build(two_sources(), &report);
    EXPECT_EQ(report.compiled, 0);

    EXPECT_EQ(build(two_sources("4"), &report).function<double()>("two")(), 8);
    EXPECT_EQ(report.compiled, 1);
    EXPECT_EQ(report.reused, 1);

    auto other_flags = two_sources();
    other_flags.flags = "-O0";
    build(other_flags, &report);
    EXPECT_EQ(report.compiled, 2);
}

TEST_F(NativeBuild, AChangedHeaderCompilesAnew) {
    auto options = two_sources();
    options.sources[0].text = "#include \"number.hpp\"\nextern \"C\" double one() { return number; }";
    options.headers = {{"number.hpp", "constexpr double number = 5;"}};
    EXPECT_EQ(build(options).function<double()>("two")(), 10);
    options.headers["number.hpp"] = "constexpr double number = 6;";
    EXPECT_EQ(build(options).function<double()>("two")(), 12);
}

TEST_F(NativeBuild, SeveralProcessesMayBuildTheSameAtOnce) {
    std::vector<pid_t> children;
    for (int i = 0; i < 3; ++i) {
        const pid_t child = fork();
        if (child == 0) {
            int exit_status = 1;
            try {
                exit_status = build(two_sources("7")).function<double()>("two")() == 14 ? 0 : 1;
            } catch (...) {
            }
            _exit(exit_status);
        }
        children.push_back(child);
    }
    for (const pid_t child : children) {
        int status = 0;
        waitpid(child, &status, 0);
        EXPECT_EQ(status, 0);
    }
}

TEST_F(NativeBuild, CodeThatDoesNotCompileIsABugThatNamesTheKeptFile) {
    try {
        build({.name = "broken", .sources = {{"broken.cpp", "int x = y;"}}, .cache = folder_});
        FAIL() << "compiled";
    } catch (const ngv::InternalError& error) {
        EXPECT_THAT(error.what(), HasSubstr("please report"));
        EXPECT_THAT(error.what(), HasSubstr("was not declared"));
        const std::string text = error.what();
        const auto begin = text.find(folder_.string()), end = text.find(" (kept");
        EXPECT_TRUE(std::filesystem::exists(text.substr(begin, end - begin)));
    }
}

TEST_F(NativeBuild, AFolderThatCannotBeWrittenSaysHowToNameAnother) {
    auto options = two_sources();
    options.cache = "/proc/no-such-cache";
    try {
        build(options);
        FAIL() << "built";
    } catch (const ngv::UserError& error) {
        EXPECT_THAT(error.what(), HasSubstr("NGV_CACHE"));
    }
}

TEST_F(NativeBuild, AMissingCompilerIsTheUsersErrorWithAFix) {
    setenv("NGV_CXX", "/no/such/compiler", 1);
    try {
        build(two_sources());
        ADD_FAILURE() << "built";
    } catch (const ngv::UserError& error) {
        EXPECT_THAT(error.what(), HasSubstr("NGV_CXX"));
        EXPECT_THAT(error.what(), HasSubstr("install g++"));
    }
    unsetenv("NGV_CXX");
    EXPECT_EQ(build(two_sources()).function<double()>("two")(), 2);
}

}  // namespace

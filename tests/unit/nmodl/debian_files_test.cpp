// Every .mod file that Debian's neuron packages ship is translated, compiled and run; the list is printed.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "solvers/neuron/nmodl/catalogue.hpp"
#include "tests/unit/nmodl/set_of_one.hpp"

namespace ngv::nmodl {
namespace {

namespace fs = std::filesystem;

TEST(NmodlDebianFiles, AllOfThemCompileAndRun) {
    const fs::path folder = "/usr/share/nrn";
    if (!fs::exists(folder)) GTEST_SKIP() << "Debian's package neuron is not installed";
    std::vector<fs::path> files;
    for (const auto& entry : fs::recursive_directory_iterator(folder))
        if (entry.path().extension() == ".mod") files.push_back(entry.path());
    ASSERT_FALSE(files.empty());

    const auto catalogue = build_catalogue(files);

    ASSERT_EQ(catalogue->num_mechanisms, static_cast<int>(files.size()));
    for (int i = 0; i < catalogue->num_mechanisms; ++i) {
        const auto* m = catalogue->mechanisms[i];
        test::SetOfOne s(m, 2);
        if (m->kind == NGV_ARTIFICIAL_CELL) {
            s.set.node = nullptr;
            s.initialise();
            double weight = 0.5;
            if (m->net_receive) m->net_receive(&s.run, nullptr, &s.set, 3, &weight, 0);
        } else {
            s.initialise();
            for (int n = 0; n < 40; ++n) s.step();
        }
        for (const auto& column : s.columns())
            for (const double x : column) ASSERT_TRUE(std::isfinite(x)) << m->name;
        for (const double x : s.rhs) ASSERT_TRUE(std::isfinite(x)) << m->name;
        fmt::print("{:<14} {}\n", m->name, m->source);
    }
}

}  // namespace
}  // namespace ngv::nmodl

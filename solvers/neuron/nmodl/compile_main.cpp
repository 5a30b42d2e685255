// ngv-nmodl: makes the project's own catalogues while the tree is built. Users have `ngv mechanisms build`.
//
//     ngv-nmodl OUTPUT.so MACHINE FOLDER...
#include <fmt/format.h>

#include <cstdio>

#include "ngv/error.hpp"
#include "solvers/neuron/nmodl/catalogue.hpp"

int main(int argc, char** argv) {
    if (argc < 4) {
        fmt::print(stderr, "ngv-nmodl OUTPUT.so MACHINE FOLDER...\n");
        return 2;
    }
    try {
        ngv::nmodl::CatalogueOptions options;
        options.machine = argv[2];
        ngv::nmodl::CatalogueReport report;
        const std::filesystem::path output = argv[1];
        const auto made = ngv::nmodl::compile_catalogue({argv + 3, argv + argc}, options, &report);
        std::filesystem::create_directories(output.parent_path());
        std::filesystem::copy_file(made, output.string() + ".part", std::filesystem::copy_options::overwrite_existing);
        std::filesystem::rename(output.string() + ".part", output);
        fmt::print("{}: {} files translated, {} compiled, {:.1f} s\n", output.filename().string(), report.translated,
                   report.compiled, report.seconds);
    } catch (const std::exception& error) {
        fmt::print(stderr, "{}\n", error.what());
        return static_cast<int>(ngv::exit_code(error));
    }
}

#include <fmt/format.h>

#include <cstdio>

#include "ngv/error.hpp"
#include "solvers/neuron/nmodl/catalogue.hpp"
#include "tools/ngv/commands.hpp"

namespace ngv {

void add_mechanisms_command(CLI::App& app, int&) {
    struct Arguments {
        std::vector<std::string> sources;
        std::string output;
        std::string machine = "native";
        bool neuron_arithmetic = false, neuron_slopes = false, allow_verbatim = false, quiet = false;
        int jobs = 0;
    };
    auto* group = app.add_subcommand("mechanisms", "Ion channels and synapses from .mod files");
    group->require_subcommand(1);

    auto build = std::make_shared<Arguments>();
    auto* command = group->add_subcommand(
        "build", "Translate and compile .mod files; list what each mechanism reads, writes and exports");
    command->add_option("SOURCES", build->sources, "Folders of .mod files, or single files")->required();
    command->add_option("--out", build->output, "Also copy the catalogue (a shared library) to this file");
    command->add_option("--march", build->machine, "Processor to compile for, as g++ calls it")->capture_default_str();
    command->add_option("--jobs", build->jobs, "Compilers at once (0: as many as processors)")->capture_default_str();
    command->add_flag(
        "--neuron-arithmetic", build->neuron_arithmetic,
        "Every operation as NEURON does it (differences for slopes, the C library's exp): slower, for comparisons");
    command->add_flag(
        "--neuron-slopes", build->neuron_slopes,
        "Slopes of currents by differences over 0.001 mV, as NEURON takes them: the one approximation that the "
        "fast arithmetic has not");
    command->add_flag("--allow-verbatim", build->allow_verbatim,
                      "Take C code of VERBATIM as it stands where it has no meaning of its own");
    command->add_flag("--quiet", build->quiet, "Only errors and the catalogue's file");
    command->callback([build] {
        nmodl::CatalogueOptions options;
        options.machine = build->machine;
        options.jobs = build->jobs;
        options.translation.allow_verbatim = build->allow_verbatim;
        options.translation.neuron_slopes = build->neuron_slopes;
        if (build->neuron_arithmetic) options.translation.arithmetic = nmodl::Arithmetic::neuron;
        nmodl::CatalogueReport report;
        const auto file = nmodl::compile_catalogue({build->sources.begin(), build->sources.end()}, options, &report);
        if (!build->quiet && build->machine == "native")
            fmt::print("{}", nmodl::listing(*nmodl::load_catalogue(file).get()));
        for (const auto& note : report.notes)
            if (!build->quiet) fmt::print("note: {}\n", note);
        if (!build->output.empty())
            std::filesystem::copy_file(file, build->output, std::filesystem::copy_options::overwrite_existing);
        fmt::print("{}: {} files translated, {} compiled, {:.2f} s\n",
                   build->output.empty() ? file.string() : build->output, report.translated, report.compiled,
                   report.seconds);
    });

    auto show = std::make_shared<Arguments>();
    auto* list = group->add_subcommand(
        "list", "What the mechanisms of a catalogue read, write and export; without a file: the project's own");
    list->add_option("CATALOGUES", show->sources, "Shared libraries that `build` made");
    list->callback([show] {
        if (show->sources.empty())
            for (const char* own : {"base", "bbp", "allen"})
                fmt::print("== {}\n{}", own, nmodl::listing(*nmodl::own_catalogue(own).get()));
        for (const auto& file : show->sources) fmt::print("{}", nmodl::listing(*nmodl::load_catalogue(file).get()));
    });
}

}  // namespace ngv

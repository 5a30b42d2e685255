#include "solvers/neuron/nmodl/catalogue.hpp"

#include <dlfcn.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <boost/uuid/detail/sha1.hpp>
#include <chrono>
#include <fstream>
#include <map>
#include <sstream>

#include "coupler/config/attempt.hpp"
#include "ngv/error.hpp"
#include "solvers/common/native/build.hpp"
#include "solvers/common/native/dispatch.hpp"
#include "solvers/neuron/nmodl/lexer.hpp"
#include "solvers/neuron/nmodl/parser.hpp"
#include "solvers/neuron/nmodl/runtime_headers.hpp"
#include "solvers/neuron/nmodl/verbatim.hpp"

namespace ngv::nmodl {

namespace fs = std::filesystem;

namespace {

Generated translate(Source source, const Options& options) {
    auto program = parse(source);
    auto notes = recognise_verbatim(source, program, options.allow_verbatim);
    const auto model = analyse(std::move(source), std::move(program));
    auto result = generate(*model, options);
    result.summary.scalar.insert(result.summary.scalar.begin(), notes.begin(), notes.end());
    return result;
}

std::vector<fs::path> mod_files(const std::vector<fs::path>& sources) {
    std::vector<fs::path> files;
    for (const auto& s : sources) {
        if (!fs::is_directory(s)) {
            files.push_back(s);
            continue;
        }
        const auto before = files.size();
        for (const auto& entry : fs::directory_iterator(s))
            if (entry.path().extension() == ".mod") files.push_back(entry.path());
        if (files.size() == before)
            throw UserError({s.string(), "this folder has no .mod files",
                             "name the folder that holds them (subfolders are not searched)"});
    }
    std::sort(files.begin(), files.end());
    files.erase(std::unique(files.begin(), files.end()), files.end());
    return files;
}

std::string describe(const CatalogueOptions& o) {
    return fmt::format("-march={}, {} arithmetic{}{}", o.machine,
                       o.translation.arithmetic == Arithmetic::fast ? "fast" : "neuron",
                       o.translation.neuron_slopes ? ", slopes by differences" : "",
                       o.translation.allow_verbatim ? ", C of VERBATIM allowed" : "");
}

/// Names a build by all that goes into it.
std::string key_of(const std::vector<Source>& sources, const CatalogueOptions& o) {
    boost::uuids::detail::sha1 sha;
    const auto add = [&](std::string_view text) {
        const auto size = text.size();
        sha.process_bytes(&size, sizeof size);
        sha.process_bytes(text.data(), size);
    };
    add(NGV_NMODL_VERSION);
    add(describe(o));
    for (const auto& s : sources)
        for (std::size_t f = 0; f < s.num_files(); ++f) {
            add(s.path(static_cast<std::int32_t>(f)).string());
            add(s.text(static_cast<std::int32_t>(f)));
        }
    unsigned int words[5];
    sha.get_digest(words);
    return fmt::format("{:08x}{:08x}{:08x}", words[0], words[1], words[2]);
}

std::string catalogue_text(const std::vector<Generated>& all, const CatalogueOptions& o) {
    std::string text = "#include \"solvers/neuron/mechanisms/abi.h\"\n\n", list;
    for (const auto& g : all) {
        text += "extern const ngv_mechanism " + g.symbol + ";\n";
        list += "    &" + g.symbol + ",\n";
    }
    return text + "static const ngv_mechanism* const mechanisms[] = {\n" + list +
           "};\nstatic const ngv_catalogue catalogue = {NGV_MECHANISM_ABI, " + std::to_string(all.size()) +
           ", mechanisms, \"" + describe(o) +
           "\"};\nextern \"C\" const ngv_catalogue* ngv_get_catalogue(void) {\n    return &catalogue;\n}\n";
}

std::vector<Generated> translate_all(std::vector<Source> sources, const Options& options) {
    std::vector<Generated> all;
    std::vector<Problem> problems;
    std::map<std::string, std::string> files;
    for (auto& s : sources) {
        const auto file = s.path(0).string();
        attempt(problems, [&] {
            all.push_back(translate(std::move(s), options));
            const auto [it, fresh] = files.emplace(all.back().symbol, file);
            if (!fresh)
                problems.push_back(
                    {file, "this file and " + it->second + " both define the mechanism " + all.back().summary.name,
                     "keep one of them in the catalogue"});
        });
    }
    if (!problems.empty()) throw UserError(std::move(problems));
    return all;
}

fs::path own_folder() {
    return fs::read_symlink("/proc/self/exe").parent_path();
}

}  // namespace

const ngv_mechanism* Catalogue::find(const std::string& name) const {
    for (int i = 0; i < catalogue_->num_mechanisms; ++i)
        if (catalogue_->mechanisms[i]->name == name) return catalogue_->mechanisms[i];
    return nullptr;
}

Generated translate(const fs::path& file, const Options& options) {
    return translate(Source::from_file(file), options);
}
Generated translate_text(const std::string& name, const std::string& text, const Options& options) {
    return translate(Source::from_text(name, text), options);
}

fs::path compile_catalogue(const std::vector<fs::path>& paths, const CatalogueOptions& options,
                           CatalogueReport* report) {
    const auto begin = std::chrono::steady_clock::now();
    CatalogueReport done;
    std::vector<Source> sources;
    std::vector<Problem> problems;
    for (const auto& file : mod_files(paths)) {
        attempt(problems, [&] {
            auto source = Source::from_file(file);
            tokenize(source);  // brings the included files in
            sources.push_back(std::move(source));
        });
    }
    if (!problems.empty()) throw UserError(std::move(problems));
    const auto folder = options.cache.empty() ? native::cache_folder() : options.cache;
    const auto stamp = folder / ("mechanisms-" + key_of(sources, options) + ".catalogue");
    fs::path library;
    if (std::ifstream in(stamp); in) {
        std::string line;
        std::getline(in, line);
        library = line;
        while (std::getline(in, line)) done.notes.push_back(line);
    }
    if (library.empty() || !fs::exists(library)) {
        done.notes.clear();
        for (auto& s : sources) s = Source::from_text(s.path(0).string(), std::string(s.text(0)));
        done.translated = static_cast<int>(sources.size());
        const auto all = translate_all(std::move(sources), options.translation);
        native::BuildOptions build{.name = "mechanisms",
                                   .sources = {},
                                   .headers = runtime_headers(),
                                   .flags = "-O2",
                                   .jobs = options.jobs,
                                   .cache = options.cache};
        build.for_this_machine = false;
        build.flags = "-O2 -fno-math-errno -fno-trapping-math -march=" + options.machine;
        if (options.translation.arithmetic == Arithmetic::neuron) build.flags += " -DNGV_VECTOR_LIBM";
        for (const auto& g : all) {
            build.sources.push_back({g.summary.name + ".cpp", g.text});
            for (const auto& s : g.summary.scalar) done.notes.push_back(g.summary.name + ": " + s);
        }
        build.sources.push_back({"catalogue.cpp", catalogue_text(all, options)});
        native::BuildReport built;
        native::build(build, &built);
        done.compiled = built.compiled;
        library = built.file;
        const auto part = fmt::format("{}.{}", stamp.string(), getpid());
        {
            std::ofstream out(part);
            out << library.string() << "\n";
            for (const auto& n : done.notes) out << n << "\n";
        }
        fs::rename(part, stamp);
    }
    done.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    if (report) *report = std::move(done);
    return library;
}

Catalogue build_catalogue(const std::vector<fs::path>& paths, const CatalogueOptions& options,
                          CatalogueReport* report) {
    return load_catalogue(compile_catalogue(paths, options, report));
}

Catalogue load_catalogue(const fs::path& file) {
    void* handle = dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (!handle)
        throw UserError({file.string(), std::string("this catalogue of mechanisms cannot be loaded: ") + dlerror(),
                         "build it again: ngv mechanisms build FOLDER"});
    const auto get = reinterpret_cast<const ngv_catalogue* (*)()>(dlsym(handle, "ngv_get_catalogue"));
    if (!get)
        throw UserError(
            {file.string(), "this library is no catalogue of mechanisms", "build one: ngv mechanisms build FOLDER"});
    const auto* catalogue = get();
    if (catalogue->abi != NGV_MECHANISM_ABI)
        throw UserError(
            {file.string(),
             fmt::format("this catalogue is of interface {}, this program of {}", catalogue->abi, NGV_MECHANISM_ABI),
             "build it again: ngv mechanisms build FOLDER"});
    return {catalogue, file};
}

Catalogue own_catalogue(const std::string& group) {
    const int set = native::instruction_set();
    if (set == 0)
        throw UserError({"this machine",
                         "its processor has neither AVX-512 nor AVX2 with FMA, for which the mechanisms are compiled",
                         "run on a processor made after 2013"});
    const std::string name = fmt::format("ngv-mechanisms-{}-{}.so", group, set == 2 ? "avx512" : "avx2");
    std::vector<fs::path> folders;
    if (const char* set = std::getenv("NGV_MECHANISMS"); set && *set)
        folders = {set};
    else
        folders = {own_folder() / ".." / "lib", own_folder() / ".." / NGV_LIBDIR};
    for (const auto& f : folders)
        if (fs::exists(f / name)) return load_catalogue(fs::canonical(f / name));
    throw UserError({(folders[0] / name).lexically_normal().string(), "the project's mechanisms are not there",
                     "build the target ngv_mechanisms, or set NGV_MECHANISMS to the folder that has them"});
}

std::string listing(const ngv_catalogue& c) {
    static constexpr const char* kinds[] = {"density", "point process", "artificial cell", "functions"};
    std::string text;
    for (int i = 0; i < c.num_mechanisms; ++i) {
        const auto& m = *c.mechanisms[i];
        std::string reads, writes, exports, globals;
        const auto add = [](std::string& to, const std::string& what) { to += (to.empty() ? "" : " ") + what; };
        for (int k = 0; k < m.num_ions; ++k) {
            const std::string ion = m.ions[k].ion;
            const std::string names[] = {"e" + ion, "i" + ion, ion + "i", ion + "o"};
            for (int bit = 0; bit < 4; ++bit) {
                if (m.ions[k].access & NGV_READ_E << bit) add(reads, names[bit]);
                if (m.ions[k].access & NGV_WRITE_E << bit) add(writes, names[bit]);
            }
        }
        if (m.nonspecific) add(writes, "nonspecific current");
        if (m.electrode) add(writes, "electrode current");
        for (int k = 0; k < m.num_pointers; ++k) add(reads, std::string("POINTER ") + m.pointers[k]);
        for (int k = 0; k < m.num_externals; ++k) add(reads, std::string("EXTERNAL ") + m.externals[k]);
        for (int k = 0; k < m.num_variables; ++k)
            if (m.variables[k].flags & NGV_VISIBLE)
                add(exports, m.variables[k].length > 1
                                 ? fmt::format("{}[{}]", m.variables[k].name, m.variables[k].length)
                                 : m.variables[k].name);
        for (int k = 0; k < m.num_globals; ++k)
            if (m.globals[k].settable) add(globals, m.globals[k].name);
        for (int k = 0; k < m.num_functions; ++k)
            if (const std::string f = m.functions[k]; f.starts_with("table_"))
                add(reads, "FUNCTION_TABLE " + f.substr(6));
        const auto or_nothing = [](const std::string& s) { return s.empty() ? std::string("-") : s; };
        if (m.kind == NGV_FUNCTIONS) {
            std::string functions;
            for (int k = 0; k < m.num_functions; ++k) add(functions, m.functions[k]);
            text += fmt::format("{} ({} of {}, for tools: no mechanism)\n    offers  {}\n    globals {}\n", m.name,
                                kinds[m.kind], m.source, or_nothing(functions), or_nothing(globals));
            continue;
        }
        text +=
            fmt::format("{} ({})\n    reads   {}\n    writes  {}\n    exports {}\n    globals {}\n", m.name,
                        kinds[m.kind], or_nothing(reads), or_nothing(writes), or_nothing(exports), or_nothing(globals));
    }
    return text;
}

}  // namespace ngv::nmodl

// Folders of .mod files as loaded catalogues of mechanisms.
//
//     Catalogue own = own_catalogue();                                   // what the project brings, built with the tree
//     Catalogue user = build_catalogue({"models/mod"}, {});              // translated and compiled, or found in the cache
//     for (int i = 0; i < user->num_mechanisms; ++i) puts(user->mechanisms[i]->name);
//
// A catalogue's library stays in the process until it ends: pointers into it never dangle.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "solvers/neuron/mechanisms/abi.h"
#include "solvers/neuron/nmodl/generate.hpp"

namespace ngv::nmodl {

struct CatalogueOptions {
    Options translation;
    int jobs = 0;                      ///< compilers at once; 0: as many as processors
    std::filesystem::path cache = {};  ///< empty: the cache of solvers/common/native/build.hpp
    std::string machine = "native";    ///< -march of the compiler
};

class Catalogue {
  public:
    Catalogue(const ngv_catalogue* catalogue, std::filesystem::path file)
        : catalogue_(catalogue), file_(std::move(file)) {}
    const ngv_catalogue* get() const { return catalogue_; }
    const ngv_catalogue* operator->() const { return catalogue_; }
    const std::filesystem::path& file() const { return file_; }  ///< the shared library
    /// nullptr if it has no mechanism of this name.
    const ngv_mechanism* find(const std::string& name) const;

  private:
    const ngv_catalogue* catalogue_;
    std::filesystem::path file_;
};

/// What a build did.
struct CatalogueReport {
    int translated = 0, compiled = 0;  ///< 0 when nothing has changed
    double seconds = 0;
    std::vector<std::string> notes;  ///< kernels that run instance by instance, and why
};

/// The .mod files of folders (without their subfolders) and single files, as one catalogue. Translated and compiled if they,
/// the translator, the compiler or the machine have changed; several processes may ask at once.
/// UserError with every mistake of every file (file, line, column); also when two files define one mechanism.
Catalogue build_catalogue(const std::vector<std::filesystem::path>& sources, const CatalogueOptions& options = {},
                          CatalogueReport* report = nullptr);

/// The same, without loading it: the shared library's file. It may be of another instruction set.
std::filesystem::path compile_catalogue(const std::vector<std::filesystem::path>& sources,
                                        const CatalogueOptions& options, CatalogueReport* report = nullptr);

/// A shared library made before. UserError if it is none, or of another version of the interface.
Catalogue load_catalogue(const std::filesystem::path& file);

/// The project's own mechanisms (solvers/neuron/mechanisms/mod), in the instruction set of this machine: AVX-512 or AVX2.
/// group: "base" (general, tissue, astrocyte), "bbp" (with thalamus and metabolic) or "allen": public circuits of the two
/// institutes call different channels by one name. Found in lib/ beside the bin/ of the running program, or in the folder
/// $NGV_MECHANISMS.
Catalogue own_catalogue(const std::string& group = "base");

/// One .mod file as C++; for tests and for those who want to look. Throws UserError.
Generated translate(const std::filesystem::path& file, const Options& options);
Generated translate_text(const std::string& name, const std::string& text, const Options& options);

/// A table of what each mechanism reads, writes and exports.
std::string listing(const ngv_catalogue& catalogue);

}  // namespace ngv::nmodl

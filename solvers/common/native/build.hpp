// Generated C++ to a shared library in this process: compiled by the system's g++ for the machine it runs on, kept in
// a cache, so that the same text is compiled once.
//
//     Library library = build({.name = "jolivet2015", .sources = {{"rates.cpp", text}}});
//     auto rates = library.function<void(const double*, double*)>("rates");
//
// Sources may include what `headers()` embeds (solvers/common/native/vector_math.hpp and what it needs): the text
// travels in our binaries, nothing has to be installed. Each source is an object of its own: compiled in parallel, and
// again only when its text, a header, the flags, the compiler or the machine's processor have changed.
//
// Cache: $NGV_CACHE, else $XDG_CACHE_HOME/ngv, else ~/.cache/ngv. Several processes may build the same thing at once:
// one compiles, the others wait for it; files appear by renaming, never half written.
// Compiler: the one of the project's build; NGV_CXX and NGV_CXXFLAGS (added to the flags) say otherwise, and NGV_SIMD asks
// for a smaller instruction set than the machine's (dispatch.hpp).
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace ngv::native {

struct Source {
    std::string name;  ///< file name, for messages: "rates.cpp"
    std::string text;
};

struct BuildOptions {
    std::string name;  ///< of the library, for messages and file names
    std::vector<Source> sources;
    std::map<std::string, std::string> headers = {};  ///< beside headers(): path as included -> text
    std::string flags = "-O2";                        ///< added to those of base_flags()
    int jobs = 0;                                     ///< compilers at once; 0: as many as processors
    std::filesystem::path cache = {};                 ///< another folder than cache_folder()
    bool for_this_machine = true;                     ///< -march=native; false: say -march in `flags`
};

/// What a build did.
struct BuildReport {
    int compiled = 0, reused = 0;  ///< objects; both 0 if the library itself was there
    double seconds = 0;
    std::filesystem::path file;  ///< the shared library
};

/// A loaded shared library; unloaded with the last copy of its handle.
class Library {
  public:
    explicit Library(const std::filesystem::path& file);
    ~Library();
    Library(Library&& other) noexcept;
    Library& operator=(Library&& other) noexcept;

    /// The symbol, or nullptr.
    void* find(const char* symbol) const;
    /// The function `symbol`, an extern "C" one; its absence is a bug of what generated the text.
    template <class F>
    F* function(const char* symbol) const {
        return reinterpret_cast<F*>(required(symbol));
    }

  private:
    void* required(const char* symbol) const;
    void* handle_ = nullptr;
    std::filesystem::path file_;
};

/// UserError if there is no compiler or the cache cannot be written; InternalError if generated text does not compile,
/// naming the file that was kept.
Library build(const BuildOptions& options, BuildReport* report = nullptr);

/// True if build() would compile nothing.
bool is_built(const BuildOptions& options);

/// Text of a header that was embedded at build time, by its path as included.
const std::map<std::string, std::string>& headers();
std::filesystem::path cache_folder();
/// C++20, position independent, no contraction of a*b + c, warnings of our own style off.
std::string base_flags();

}  // namespace ngv::native

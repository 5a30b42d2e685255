#include "solvers/common/native/build.hpp"

#include <dlfcn.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <boost/uuid/detail/sha1.hpp>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <utility>

#include "ngv/error.hpp"
#include "solvers/common/native/compiler.hpp"
#include "solvers/common/native/dispatch.hpp"

namespace ngv::native {

namespace fs = std::filesystem;

namespace {

std::string digest(const std::vector<std::string>& parts) {
    boost::uuids::detail::sha1 sha;
    for (const auto& part : parts) {
        const auto size = part.size();
        sha.process_bytes(&size, sizeof size);
        sha.process_bytes(part.data(), size);
    }
    unsigned int words[5];
    sha.get_digest(words);
    return fmt::format("{:08x}{:08x}{:08x}", words[0], words[1], words[2]);
}

/// Writes beside the final place and renames: whoever sees the file sees all of it.
void write_file(const fs::path& file, const std::string& text) {
    if (fs::exists(file)) return;
    fs::create_directories(file.parent_path());
    const fs::path part = fmt::format("{}.{}.part", file.string(), getpid());
    {
        std::ofstream out(part, std::ios::binary);
        out << text;
        if (!out) throw UserError({part.string(), "cannot be written", "free the disk, or set NGV_CACHE to a folder"});
    }
    fs::rename(part, file);
}

/// Holds a lock file while it lives; where locks are not supported, renaming alone keeps the cache sound.
class Lock {
  public:
    explicit Lock(const fs::path& file) : fd_(open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644)) {
        if (fd_ >= 0) flock(fd_, LOCK_EX);
    }
    ~Lock() {
        if (fd_ >= 0) close(fd_);
    }
    Lock(const Lock&) = delete;
    Lock& operator=(const Lock&) = delete;

  private:
    int fd_;
};

std::string read_text(const fs::path& file) {
    std::ifstream in(file);
    std::ostringstream text;
    text << in.rdbuf();
    return text.str();
}

[[noreturn]] void fail(const std::string& name, const Task& task, const fs::path& source) {
    const auto text = read_text(task.log);
    throw InternalError(
        fmt::format("generated code of '{}' compiles", name),
        fmt::format("{} (kept; messages in {}):\n{}\n", source.string(), task.log.string(), text.substr(0, 2000)), 0);
}

struct Object {
    fs::path source, object;
};

class Build {
  public:
    explicit Build(const BuildOptions& options) : options_(options) {
        folder_ = options.cache.empty() ? cache_folder() : options.cache;
        auto includes = headers();
        for (const auto& [path, text] : options.headers) includes[path] = text;
        const char* more = std::getenv("NGV_CXXFLAGS");
        const int set = instruction_set();
        const char* machine = set == 2 ? "-march=native" : set == 1 ? "-march=native -mno-avx512f" : "-march=x86-64";
        // With eight separate numbers a V8, gcc's -O2 takes minutes over the long straight functions of a large model; -O1 seconds.
        const char* level = options.for_this_machine && set == 0 ? "-O1" : "";
        flags_ = fmt::format("{} {} {} {} {}", base_flags(), options.for_this_machine ? machine : "", options.flags,
                             level, more ? more : "");
        std::vector<std::string> texts;
        for (const auto& [path, text] : includes) texts.insert(texts.end(), {path, text});
        const auto of_headers = digest(texts);
        include_ = folder_ / ("include-" + of_headers);
        includes_ = std::move(includes);
        std::vector<std::string> all;
        for (const auto& source : options.sources) {
            std::map<std::string, std::string> used;
            reach(source.text, used);
            std::vector<std::string> of_source{compiler().identity, flags_, source.text};
            for (const auto& [path, text] : used) of_source.insert(of_source.end(), {path, text});
            const auto key = digest(of_source);
            const fs::path stem = folder_ / fmt::format("{}-{}", fs::path(source.name).stem().string(), key);
            objects_.push_back({stem.string() + ".cpp", stem.string() + ".o"});
            all.push_back(key);
        }
        library_ = folder_ / fmt::format("{}-{}.so", options.name, digest(all));
    }

    bool is_built() const { return fs::exists(library_); }

    fs::path run(BuildReport& report) {
        if (fs::exists(library_)) return library_;
        std::error_code error;
        fs::create_directories(folder_, error);
        if (error || access(folder_.c_str(), W_OK) != 0)
            throw UserError({folder_.string(), "compiled models are kept here, but it cannot be written",
                             "set NGV_CACHE to a folder that can"});
        const Lock lock(library_.string() + ".lock");
        if (fs::exists(library_)) return library_;
        for (const auto& [path, text] : includes_) write_file(include_ / path, text);
        compile(report);
        link();
        return library_;
    }

  private:
    /// The headers that a text includes, directly or not: when another one changes, it need not be compiled again.
    void reach(const std::string& text, std::map<std::string, std::string>& used) const {
        static constexpr std::string_view directive = "#include \"";
        for (auto at = text.find(directive); at != std::string::npos; at = text.find(directive, at + 1)) {
            const auto begin = at + directive.size();
            const auto path = text.substr(begin, text.find('"', begin) - begin);
            const auto header = includes_.find(path);
            if (header != includes_.end() && used.insert(*header).second) reach(header->second, used);
        }
    }

    void compile(BuildReport& report) {
        std::vector<Task> tasks;
        std::vector<const Object*> made;
        for (std::size_t i = 0; i < objects_.size(); ++i) {
            const auto& object = objects_[i];
            if (fs::exists(object.object)) {
                ++report.reused;
                continue;
            }
            write_file(object.source, options_.sources[i].text);
            auto arguments = split(flags_);
            arguments.insert(arguments.end(), {"-I" + include_.string(), "-c", object.source.string(), "-o",
                                               part(object.object).string()});
            tasks.push_back({std::move(arguments), part(object.source.string() + ".log")});
            made.push_back(&object);
        }
        native::run(tasks, options_.jobs);
        for (std::size_t i = 0; i < tasks.size(); ++i) {
            if (tasks[i].exit_status != 0) fail(options_.name, tasks[i], made[i]->source);
            fs::rename(part(made[i]->object), made[i]->object);
            fs::remove(tasks[i].log);
            ++report.compiled;
        }
    }

    void link() {
        std::vector<std::string> arguments{"-shared", "-o", part(library_).string()};
        for (const auto& object : objects_) arguments.push_back(object.object.string());
        std::vector<Task> tasks{{std::move(arguments), part(library_.string() + ".log")}};
        native::run(tasks, 1);
        if (tasks[0].exit_status != 0) fail(options_.name, tasks[0], library_);
        fs::rename(part(library_), library_);
        fs::remove(tasks[0].log);
    }

    static fs::path part(const fs::path& file) { return fmt::format("{}.{}.part", file.string(), getpid()); }
    static std::vector<std::string> split(const std::string& text) {
        std::istringstream in(text);
        return {std::istream_iterator<std::string>(in), {}};
    }

    const BuildOptions& options_;
    fs::path folder_, include_, library_;
    std::string flags_;
    std::map<std::string, std::string> includes_;
    std::vector<Object> objects_;
};

}  // namespace

std::filesystem::path cache_folder() {
    const auto set = [](const char* name) -> const char* {
        const char* value = std::getenv(name);
        return value && *value ? value : nullptr;
    };
    if (const char* own = set("NGV_CACHE")) return own;
    if (const char* cache = set("XDG_CACHE_HOME")) return fs::path(cache) / "ngv";
    if (const char* home = set("HOME")) return fs::path(home) / ".cache" / "ngv";
    return fs::temp_directory_path() / fmt::format("ngv-cache-{}", getuid());
}

std::string base_flags() {
    return "-std=c++20 -fPIC -ffp-contract=off -fno-math-errno -w";
}

Library::Library(const std::filesystem::path& file)
    : handle_(dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL)), file_(file) {
    if (!handle_)
        throw UserError({file.string(), fmt::format("cannot be loaded: {}", dlerror()),
                         "delete it, and it will be compiled again"});
}

Library::~Library() {
    if (handle_) dlclose(handle_);
}

Library::Library(Library&& other) noexcept
    : handle_(std::exchange(other.handle_, nullptr)), file_(std::move(other.file_)) {}

Library& Library::operator=(Library&& other) noexcept {
    std::swap(handle_, other.handle_);
    std::swap(file_, other.file_);
    return *this;
}

void* Library::find(const char* symbol) const {
    return dlsym(handle_, symbol);
}

void* Library::required(const char* symbol) const {
    void* found = find(symbol);
    if (!found) throw InternalError(fmt::format("the generated library has '{}'", symbol), file_.string(), 0);
    return found;
}

bool is_built(const BuildOptions& options) {
    return Build(options).is_built();
}

Library build(const BuildOptions& options, BuildReport* report) {
    const auto begin = std::chrono::steady_clock::now();
    BuildReport done;
    done.file = Build(options).run(done);
    Library library(done.file);
    done.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    if (report) *report = done;
    return library;
}

}  // namespace ngv::native

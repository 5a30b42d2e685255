// The text of one .mod file and of the files that it includes, and errors that point into it.
//
//     hh.mod:14:9: found 'ina', expected ')' after the condition of IF
//         14 |     if (x ina) {
//            |           ^
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace ngv::nmodl {

/// Where something stands: file of the source, line and column from 1, offset in the file's text.
struct Position {
    std::int32_t file = 0, line = 1, column = 1, offset = 0;
};

class Source {
  public:
    /// Reads a file. Throws UserError when it cannot be read.
    static Source from_file(const std::filesystem::path& path);
    /// Takes a text as if it had been read from `name`.
    static Source from_text(std::string name, std::string text);

    /// Adds an included file and gives its number.
    std::int32_t include(std::filesystem::path path, std::string text);
    std::string_view text(std::int32_t file) const { return files_[static_cast<std::size_t>(file)].text; }
    const std::filesystem::path& path(std::int32_t file) const { return files_[static_cast<std::size_t>(file)].path; }
    std::size_t num_files() const { return files_.size(); }

    /// "hh.mod:14:9"
    std::string where(Position at) const;
    /// The line that `at` points into, with its number and a caret below.
    std::string excerpt(Position at) const;
    /// Throws UserError: what was found, what was expected, and what to do.
    [[noreturn]] void fail(Position at, const std::string& what, const std::string& fix = "") const;

  private:
    struct File {
        std::filesystem::path path;
        std::string text;
    };
    std::vector<File> files_;
};

/// The whole file as text. Throws UserError when it cannot be read.
std::string read_text(const std::filesystem::path& path);

}  // namespace ngv::nmodl

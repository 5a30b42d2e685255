#include "coupler/config/files.hpp"

namespace ngv {

UserError cannot_open(const std::filesystem::path& file) {
    auto folder = file.parent_path().empty() ? std::filesystem::path(".") : file.parent_path();
    auto name = file.filename();
    std::error_code ignored;
    while (!std::filesystem::is_directory(folder, ignored) && folder.has_parent_path() &&
           folder != folder.parent_path()) {
        name = folder.filename();
        folder = folder.parent_path();
    }
    std::vector<std::string> neighbours;
    for (const auto& entry : std::filesystem::directory_iterator(folder, ignored))
        neighbours.push_back(entry.path().filename().string());
    if (std::filesystem::exists(file, ignored))
        return UserError(Problem{file.string(), "cannot be opened: it is a folder, or may not be read", ""});
    const auto nearest = nearest_name(name.string(), neighbours);
    return UserError(Problem{file.string(), "is not there: " + folder.string() + " has no '" + name.string() + "'",
                             nearest.empty() ? "" : "did you mean '" + nearest + "'?"});
}

}  // namespace ngv

#include "solvers/common/manifest.hpp"

#include <fmt/format.h>

#include <cctype>
#include <vector>

namespace ngv {

namespace fs = std::filesystem;

namespace {

std::string bare(std::string name) {
    std::erase_if(name, [](char c) { return c == '$' || c == '{' || c == '}'; });
    return name;
}

}  // namespace

Manifest::Manifest(const Json& config) : folder_(config.file().parent_path()) {
    if (folder_.empty()) folder_ = ".";
    values_["configdir"] = ".";
    values_["workingdir"] = ".";
    if (!config.has("manifest") || config["manifest"].is_null()) return;
    for (const auto& key : config["manifest"].keys()) values_[bare(key)] = config["manifest"][key].text();
}

fs::path Manifest::path(const Json& value) const {
    auto text = value.text();
    for (int depth = 0; text.find('$') != std::string::npos; ++depth) {
        if (depth == 20) throw value.error("the manifest's variables refer to each other in a circle");
        text = replace_one(text, value);
    }
    const fs::path path(text);
    return (path.is_absolute() ? path : folder_ / path).lexically_normal();
}

std::string Manifest::replace_one(const std::string& text, const Json& value) const {
    const auto begin = text.find('$');
    const bool braces = begin + 1 < text.size() && text[begin + 1] == '{';
    std::size_t end = begin + 1 + braces;
    while (end < text.size() && (std::isalnum(static_cast<unsigned char>(text[end])) || text[end] == '_')) ++end;
    const auto name = text.substr(begin + 1 + braces, end - begin - 1 - braces);
    if (braces && end < text.size() && text[end] == '}') ++end;
    const auto variable = values_.find(name);
    if (variable == values_.end()) {
        std::vector<std::string> names;
        for (const auto& [n, v] : values_) names.push_back(n);
        throw value.error(fmt::format("the variable '${}' in '{}' is not in the manifest", name, value.text()),
                          did_you_mean(name, names));
    }
    return text.substr(0, begin) + variable->second + text.substr(end);
}

}  // namespace ngv

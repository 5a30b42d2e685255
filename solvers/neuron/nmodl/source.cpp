#include "solvers/neuron/nmodl/source.hpp"

#include <fmt/format.h>

#include <fstream>
#include <sstream>

#include "ngv/error.hpp"

namespace ngv::nmodl {

std::string read_text(const std::filesystem::path& path) {
    std::ostringstream text;
    std::ifstream in;
    if (std::filesystem::is_regular_file(path)) in.open(path, std::ios::binary);
    if (!in.is_open())
        throw UserError({path.string(), "this file cannot be read", "check that it exists and its permissions"});
    text << in.rdbuf();
    return text.str();
}

Source Source::from_file(const std::filesystem::path& path) {
    return from_text(path.string(), read_text(path));
}

Source Source::from_text(std::string name, std::string text) {
    Source source;
    source.include(std::move(name), std::move(text));
    return source;
}

std::int32_t Source::include(std::filesystem::path path, std::string text) {
    files_.push_back({std::move(path), std::move(text)});
    return static_cast<std::int32_t>(files_.size() - 1);
}

std::string Source::where(Position at) const {
    return fmt::format("{}:{}:{}", path(at.file).string(), at.line, at.column);
}

std::string Source::excerpt(Position at) const {
    const auto all = text(at.file);
    const auto offset = std::min<std::size_t>(static_cast<std::size_t>(at.offset), all.size());
    const auto begin = offset == 0 ? 0 : all.rfind('\n', offset - 1) + 1;
    const auto end = std::min(all.find('\n', offset), all.size());
    std::string line(all.substr(begin, std::min<std::size_t>(end - begin, 160)));
    for (char& c : line)
        if (static_cast<unsigned char>(c) < 32) c = ' ';
    const auto number = fmt::format("{:>5}", at.line);
    return fmt::format("{} | {}\n{} | {}^", number, line, std::string(number.size(), ' '),
                       std::string(std::min<std::size_t>(offset - begin, 160), ' '));
}

void Source::fail(Position at, const std::string& what, const std::string& fix) const {
    throw UserError({where(at), what + "\n" + excerpt(at), fix});
}

}  // namespace ngv::nmodl

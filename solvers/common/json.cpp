#include "solvers/common/json.hpp"

#include "coupler/config/files.hpp"

#include <yaml-cpp/yaml.h>

#include <fstream>
#include <sstream>

namespace ngv {

// JSON is YAML, but for tabs between tokens; so the YAML reader, which knows the line of every value, reads it.
struct Json::Node {
    YAML::Node value;
    std::filesystem::path file;
};

namespace {

std::string without_tabs(std::string text) {
    bool quoted = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '"') quoted = !quoted;
        if (quoted && text[i] == '\\')
            ++i;
        else if (!quoted && text[i] == '\t')
            text[i] = ' ';
    }
    return text;
}

}  // namespace

Json Json::load(const std::filesystem::path& file) {
    std::ifstream in(file);
    if (!in || std::filesystem::is_directory(file)) throw cannot_open(file);
    std::stringstream text;
    text << in.rdbuf();
    auto json = parse(text.str(), file.string());
    return json;
}

Json Json::parse(const std::string& text, const std::string& name) {
    try {
        const auto clean = without_tabs(text.starts_with("\xEF\xBB\xBF") ? text.substr(3) : text);
        return Json(std::make_shared<Node>(Node{YAML::Load(clean), name}));
    } catch (const YAML::ParserException& e) {
        throw UserError(Problem{name + ":" + std::to_string(e.mark.line + 1), "this is not JSON: " + e.msg,
                                "look for a missing comma, quote or bracket before this place"});
    }
}

bool Json::is_map() const {
    return node_->value.IsMap();
}
bool Json::is_list() const {
    return node_->value.IsSequence();
}
bool Json::is_null() const {
    return node_->value.IsNull();
}
bool Json::is_text() const {
    return node_->value.IsScalar() && node_->value.Tag() == "!";
}
bool Json::is_flag() const {
    return node_->value.IsScalar() && !is_text() &&
           (node_->value.Scalar() == "true" || node_->value.Scalar() == "false");
}
bool Json::is_number() const {
    double number;
    return node_->value.IsScalar() && !is_text() && YAML::convert<double>::decode(node_->value, number);
}

bool Json::has(const std::string& key) const {
    return is_map() && static_cast<const YAML::Node&>(node_->value)[key].IsDefined();
}

Json Json::operator[](const std::string& key) const {
    if (!is_map()) throw error("expected {...} with the key '" + key + "'");
    if (!has(key)) throw error("the key '" + key + "' is missing", did_you_mean(key, keys()));
    return Json(std::make_shared<Node>(Node{static_cast<const YAML::Node&>(node_->value)[key], node_->file}));
}

std::vector<std::string> Json::keys() const {
    std::vector<std::string> names;
    if (!is_map()) return names;
    for (const auto& entry : node_->value) names.push_back(entry.first.Scalar());
    return names;
}

std::vector<Json> Json::list() const {
    if (!is_list()) return {*this};
    std::vector<Json> items;
    for (const auto& item : node_->value) items.push_back(Json(std::make_shared<Node>(Node{item, node_->file})));
    return items;
}

std::string Json::text() const {
    if (!node_->value.IsScalar()) throw error("expected a text");
    return node_->value.Scalar();
}

double Json::number() const {
    double number = 0;
    if (!node_->value.IsScalar() || !YAML::convert<double>::decode(node_->value, number)) {
        throw error("expected a number" +
                    (node_->value.IsScalar() ? ", found '" + node_->value.Scalar() + "'" : std::string()));
    }
    return number;
}

std::int64_t Json::integer() const {
    const double number = this->number();
    std::int64_t integer = 0;
    if (YAML::convert<std::int64_t>::decode(node_->value, integer)) return integer;
    integer = static_cast<std::int64_t>(number);
    if (static_cast<double>(integer) != number)
        throw error("expected a whole number, found '" + node_->value.Scalar() + "'");
    return integer;
}

bool Json::flag() const {
    if (!is_flag())
        throw error("expected true or false" +
                    (node_->value.IsScalar() ? ", found '" + node_->value.Scalar() + "'" : std::string()));
    return node_->value.Scalar() == "true";
}

static bool given(const Json& json, const std::string& key) {
    return json.has(key) && !json[key].is_null();
}

std::string Json::text(const std::string& key, const std::string& fallback) const {
    return given(*this, key) ? (*this)[key].text() : fallback;
}
double Json::number(const std::string& key, double fallback) const {
    return given(*this, key) ? (*this)[key].number() : fallback;
}
std::int64_t Json::integer(const std::string& key, std::int64_t fallback) const {
    return given(*this, key) ? (*this)[key].integer() : fallback;
}
bool Json::flag(const std::string& key, bool fallback) const {
    return given(*this, key) ? (*this)[key].flag() : fallback;
}

std::string Json::where() const {
    return node_->file.string() + ":" + std::to_string(node_->value.Mark().line + 1);
}
const std::filesystem::path& Json::file() const {
    return node_->file;
}
UserError Json::error(std::string what, std::string fix) const {
    return UserError(Problem{where(), std::move(what), std::move(fix)});
}

}  // namespace ngv

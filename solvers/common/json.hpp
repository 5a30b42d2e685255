// JSON files of SONATA, read with the place of every value, so that a mistake is reported as file:line.
//
//     auto config = ngv::Json::load("simulation_config.json");
//     double dt = config["run"]["dt"].number();        // UserError with file:line when absent or not a number
//     for (auto& name : config["inputs"].keys()) ...
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "ngv/error.hpp"

namespace ngv {

/// One value of a JSON file. Cheap to copy; keeps the whole file alive.
class Json {
  public:
    static Json load(const std::filesystem::path& file);
    static Json parse(const std::string& text, const std::string& name = "<text>");

    bool is_map() const;
    bool is_list() const;
    bool is_null() const;
    bool is_text() const;  ///< a quoted string
    bool is_number() const;
    bool is_flag() const;

    bool has(const std::string& key) const;
    Json operator[](const std::string& key) const;  ///< UserError with the nearest key if absent
    std::vector<std::string> keys() const;          ///< of a map, in file order
    std::vector<Json> list() const;                 ///< of a list; a single value counts as a list of one

    std::string text() const;  ///< any scalar
    double number() const;
    std::int64_t integer() const;
    bool flag() const;

    /// The value of `key`, or `fallback` when absent or null.
    std::string text(const std::string& key, const std::string& fallback) const;
    double number(const std::string& key, double fallback) const;
    std::int64_t integer(const std::string& key, std::int64_t fallback) const;
    bool flag(const std::string& key, bool fallback) const;

    std::string where() const;  ///< "file:line"
    const std::filesystem::path& file() const;
    UserError error(std::string what, std::string fix = {}) const;

    struct Node;

  private:
    explicit Json(std::shared_ptr<const Node> node) : node_(std::move(node)) {}
    std::shared_ptr<const Node> node_;
};

}  // namespace ngv

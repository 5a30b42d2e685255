// Input files of ngv: YAML whose keys, types, units and defaults are described once, in configs/schema.yaml.
//
//     auto scenario = ngv::Config::load("tissue.yaml", "scenario");   // throws ONE UserError with every problem, each
//     with file:line double dt = scenario["participants"]["neuron"].quantity("dt", "ms"); ngv::Tick end =
//     scenario.ticks("duration");
//
// Values carry units in the file ("3 mM", "0.025 ms"); the caller names the unit it wants. Defaults come from the
// schema, so no solver has a default of its own. The same class reads the files of the solvers' --standalone mode
// (other top-level entries of the schema).
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "ngv/error.hpp"
#include "ngv/window.hpp"

namespace ngv {

/// One mapping of a validated input file. Cheap to copy; keeps the whole file alive.
class Config {
  public:
    /// Reads and validates `file` against the entry `schema` of configs/schema.yaml ("scenario", "flow_standalone",
    /// ...).
    static Config load(const std::filesystem::path& file, std::string_view schema);
    /// The same, but collects the problems instead of throwing; what is wrong in the file is as if it were not set.
    static Config load(const std::filesystem::path& file, std::string_view schema, std::vector<Problem>& problems);
    /// The same for text in memory; `name` stands for the file in messages.
    static Config parse(const std::string& text, std::string_view schema, const std::string& name = "<text>");

    /// True if the file sets the key, or the schema has a default for it.
    bool has(std::string_view key) const;
    /// True only if the file itself sets the key.
    bool is_set(std::string_view key) const;

    Config operator[](
        std::string_view key) const;  ///< a nested mapping; one whose keys are all absent has the defaults
    std::vector<Config> list(std::string_view key) const;  ///< a list of mappings
    std::vector<std::string> keys() const;                 ///< keys that the file sets, in its order

    double quantity(std::string_view key, std::string_view unit) const;  ///< converted to `unit`
    std::vector<double> quantities(std::string_view key, std::string_view unit) const;
    Tick ticks(std::string_view key) const;  ///< a time, exact in nanoseconds
    std::int64_t integer(std::string_view key) const;
    bool flag(std::string_view key) const;
    std::string text(std::string_view key) const;
    std::vector<std::string> texts(std::string_view key) const;
    std::filesystem::path path(std::string_view key) const;  ///< relative paths are relative to the file they stand in

    /// "file:line" of the key, or of this mapping when the key is not set.
    std::string where(std::string_view key = {}) const;
    /// A UserError that names this key's place.
    UserError error(std::string_view key, std::string what, std::string fix = {}) const;

    /// A digest of the file's bytes: what participants compare at the handshake.
    std::string digest() const;
    const std::filesystem::path& file() const;

    struct Node;

  private:
    explicit Config(std::shared_ptr<const Node> node);
    std::shared_ptr<const Node> node_;
};

/// What is wrong with the rows of `links` as far as the scenario alone tells: unknown participants, half of a pair,
/// kinds without the keys they need, intervals that do not divide that of `checkpoint`.
std::vector<Problem> check_links(const Config& scenario);

}  // namespace ngv

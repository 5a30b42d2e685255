// What may stand in an input file: configs/schema.yaml, read once.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ngv {

struct SchemaKey;

/// One key of the schema.
struct SchemaEntry {
    enum class Type {
        quantity,
        quantities,
        time,
        integer,
        number,
        flag,
        text,
        texts,
        path,
        choice,
        map,
        maps,
        named_maps,
        named_quantities,
        any
    };
    Type type = Type::any;
    std::string unit = "1";
    std::string help;
    std::optional<std::string> default_text;  ///< YAML text of the default
    bool required = false;
    std::optional<double> min, max;
    std::vector<std::string> values;  ///< choice
    std::vector<SchemaKey> keys;      ///< map, maps, named_maps
    std::vector<SchemaEntry> others;  ///< map: what keys beside `keys` must be (none or one)

    const SchemaEntry* find(std::string_view key) const;
    std::vector<std::string> key_names() const;
};

/// A key of a map and what it must be.
struct SchemaKey {
    std::string name;
    SchemaEntry entry;
};

/// The top-level entry `name` ("scenario", "rd_standalone", ...). Throws UserError with the nearest name.
const SchemaEntry& schema(std::string_view name);

/// The whole schema as it was compiled in, for `ngv check --schema`.
std::string_view schema_yaml();

}  // namespace ngv

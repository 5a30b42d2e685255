#include "solvers/rd/mesh/msh_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

#include "solvers/rd/mesh/msh_cursor.hpp"

namespace ngv::rd {

namespace {

// Nodes of each Gmsh element type, by type number; 0 where Gmsh has none.
constexpr int nodes_of_type[] = {0, 2,  3,  4,  4, 8,  6,  5,  3,  6,  9, 10, 27, 18, 14, 1,
                                 8, 20, 15, 13, 9, 10, 12, 15, 15, 21, 4, 5,  6,  20, 35, 56};
constexpr std::int64_t triangle = 2, triangle_6 = 9, tetrahedron = 4, tetrahedron_10 = 11;

// One or several files of the same mesh: the parts of a partitioned mesh number their nodes and elements together.
class Reader {
  public:
    Reader(std::string name, bool in_parts) : in_parts_(in_parts) { mesh_.name = std::move(name); }

    void read(const std::filesystem::path& file, std::string bytes) {
        MshCursor in(file.string(), std::move(bytes));
        in_ = &in;
        has_nodes_ = has_elements_ = false;
        for (auto& of_dimension : physical_of_entity_) of_dimension.clear();
        if (in.at_end()) in.truncated();
        if (in.line() != "$MeshFormat")
            in.fail("is not a Gmsh mesh: the first line is not $MeshFormat", "save as .msh, version 4.1 or 2.2");
        header();
        while (!in.at_end()) {
            const auto section = in.line();
            if (section.empty() || section.front() != '$') continue;
            const std::string end = "$End" + std::string(section.substr(1));
            if (section == "$Nodes")
                version_4_ ? nodes_4() : nodes_2();
            else if (section == "$Elements")
                version_4_ ? elements_4() : elements_2();
            else if (section == "$PhysicalNames")
                physical_names();
            else if (section == "$Entities")
                entities(false);
            else if (section == "$PartitionedEntities")
                entities(true);
            if (section.substr(0, 4) != "$End") in.skip_to(end);
        }
        if (!has_nodes_ || !has_elements_) in.truncated();
    }

    TetMesh finish() {
        use_indices();
        for (auto& [key, members] : members_) {
            const auto named = names_.find(key);
            mesh_.groups.push_back(
                {named != names_.end() ? named->second : std::to_string(key.second), key.first, std::move(members)});
        }
        return std::move(mesh_);
    }

  private:
    using GroupKey = std::pair<int, std::int64_t>;  // dimension, physical tag

    void header() {
        const auto version = in_->number<double>();
        binary_ = in_->number<int>() == 1;
        const auto data_size = in_->number<int>();
        if (version != 4.1 && !(version >= 2.0 && version < 3.0))
            in_->fail(fmt::format("is a Gmsh mesh of version {}, expected 2.2 or 4.1", version),
                      "convert it: gmsh FILE -save -format msh41");
        version_4_ = version == 4.1;
        if (data_size != 8)
            in_->fail(fmt::format("stores numbers of {} bytes, expected 8", data_size),
                      "convert it: gmsh FILE -save -format msh41");
        in_->line();
        if (binary_ && in_->raw<std::int32_t>() != 1)
            in_->fail("was written on a machine of the other byte order",
                      "save it as text: gmsh FILE -save -format msh41");
        in_->skip_to("$EndMeshFormat");
    }

    // One number that is a size_t (4.1) or an int (2.2) in binary files.
    std::int64_t size() { return binary_ ? in_->raw<std::uint64_t, std::int64_t>() : in_->number<std::int64_t>(); }
    std::int64_t integer() { return binary_ ? in_->raw<std::int32_t, std::int64_t>() : in_->number<std::int64_t>(); }
    double real() { return binary_ ? in_->raw<double>() : in_->number<double>(); }

    // Text in binary files as well.
    void physical_names() {
        for (auto n = in_->number<std::int64_t>(); n > 0; --n) {
            const auto dimension = in_->number<int>();
            const auto tag = in_->number<std::int64_t>();
            const auto rest = in_->line();
            const auto begin = rest.find('"'), end = rest.rfind('"');
            if (begin == std::string_view::npos || end <= begin)
                in_->fail("a physical group's name has no quotes", MshCursor::repair);
            names_[{dimension, tag}] = std::string(rest.substr(begin + 1, end - begin - 1));
        }
    }

    // Which physical groups each entity belongs to; a partitioned entity also names its parent and its parts.
    void entities(bool partitioned) {
        if (partitioned) {
            size();
            for (auto ghosts = size(); ghosts > 0; --ghosts) integer(), integer();
        }
        std::int64_t counts[4];
        for (auto& count : counts) count = size();
        for (int dimension = 0; dimension < 4; ++dimension)
            for (std::int64_t i = 0; i < counts[dimension]; ++i) {
                const auto tag = integer();
                if (partitioned) {
                    integer(), integer();
                    for (auto parts = size(); parts > 0; --parts) integer();
                }
                for (int d = 0; d < (dimension == 0 ? 3 : 6); ++d) real();
                auto& physical = physical_of_entity_[dimension][tag];
                physical.clear();
                for (auto n = size(); n > 0; --n) physical.push_back(integer());
                for (auto n = dimension == 0 ? 0 : size(); n > 0; --n) integer();
            }
    }

    void add_node(std::int64_t tag) {
        tags_.push_back(tag);
        for (int d = 0; d < 3; ++d) mesh_.points.push_back(real());
    }

    int nodes_of(std::int64_t type) {
        const int n = type > 0 && type < static_cast<std::int64_t>(std::size(nodes_of_type)) ? nodes_of_type[type] : 0;
        if (n == 0)
            in_->fail(fmt::format("element type {} is not known", type), "save linear tetrahedra (gmsh -order 1)");
        return n;
    }

    void nodes_2() {
        has_nodes_ = true;
        const auto count = in_->number<std::int64_t>();
        in_->line();
        for (std::int64_t i = 0; i < count; ++i) add_node(integer());
    }

    void elements_2() {
        has_elements_ = true;
        const auto count = in_->number<std::int64_t>();
        in_->line();
        std::vector<std::int64_t> physical(1);
        const auto one = [&](std::int64_t id, std::int64_t type, std::int64_t num_tags) {
            for (std::int64_t k = 0; k < num_tags; ++k) {
                const auto tag = integer();
                if (k == 0) physical[0] = tag;
            }
            const bool grouped = num_tags > 0 && physical[0] != 0;
            element(id, type, grouped ? physical : std::vector<std::int64_t>{}, [&] { return integer(); });
        };
        if (!binary_) {
            for (std::int64_t i = 0; i < count; ++i) {
                const auto id = integer(), type = integer(), num_tags = integer();
                one(id, type, num_tags);
            }
            return;
        }
        for (std::int64_t i = 0; i < count;) {
            const auto type = integer(), block = integer(), num_tags = integer();
            if (block <= 0 || num_tags < 0) in_->fail("a block of elements has no length", MshCursor::repair);
            for (std::int64_t j = 0; j < block; ++j, ++i) {
                const auto id = integer();
                one(id, type, num_tags);
            }
        }
    }

    void nodes_4() {
        has_nodes_ = true;
        const auto blocks = size();
        for (int i = 0; i < 3; ++i) size();  // number of nodes, smallest and largest tag
        for (std::int64_t b = 0; b < blocks; ++b) {
            const auto dimension = integer();
            integer();
            const auto parametric = integer();
            const auto count = size();
            const auto first = tags_.size();
            for (std::int64_t i = 0; i < count; ++i) tags_.push_back(size());
            for (auto i = first; i < tags_.size(); ++i) {
                for (int d = 0; d < 3; ++d) mesh_.points.push_back(real());
                for (std::int64_t d = 0; parametric != 0 && d < dimension; ++d) real();
            }
        }
    }

    void elements_4() {
        has_elements_ = true;
        const auto blocks = size();
        for (int i = 0; i < 3; ++i) size();
        for (std::int64_t b = 0; b < blocks; ++b) {
            const auto dimension = integer(), entity = integer(), type = integer();
            const auto count = size();
            if (dimension < 0 || dimension > 3) in_->fail("an element has an impossible dimension", MshCursor::repair);
            const auto& groups = physical_of_entity_[dimension];
            const auto found = groups.find(entity);
            const auto physical = found != groups.end() ? found->second : std::vector<std::int64_t>{};
            for (std::int64_t i = 0; i < count; ++i) {
                const auto id = size();
                element(id, type, physical, [&] { return size(); });
            }
        }
    }

    // Triangles matter only where they carry a name. An element that several parts of a partitioned mesh list counts
    // once.
    template <class NextNode>
    void element(std::int64_t id, std::int64_t type, const std::vector<std::int64_t>& physical, NextNode next) {
        const int n = nodes_of(type);
        const bool solid = type == tetrahedron || type == tetrahedron_10;
        const bool flat = (type == triangle || type == triangle_6) && !physical.empty();
        const bool wanted = (solid || flat) && (!in_parts_ || seen_.insert(id).second);
        auto& corners = solid ? mesh_.corners : mesh_.triangles;
        const int kept = solid ? 4 : 3;
        const auto index = static_cast<std::int64_t>(corners.size()) / kept;
        for (int k = 0; k < n; ++k) {
            const auto tag = next();
            if (wanted && k < kept) corners.push_back(tag);
        }
        if (!wanted) return;
        for (const auto tag : physical) members_[{solid ? 3 : 2, tag < 0 ? -tag : tag}].push_back(index);
    }

    // Tags become indices of the nodes in use.
    void use_indices() {
        std::unordered_map<std::int64_t, std::int64_t> by_tag;
        const auto largest = tags_.empty() ? 0 : *std::max_element(tags_.begin(), tags_.end());
        const bool dense = largest >= 0 && largest < 4 * static_cast<std::int64_t>(tags_.size()) + 1000;
        std::vector<std::int64_t> table(dense ? static_cast<std::size_t>(largest) + 1 : 0, -1);
        for (std::size_t i = 0; i < tags_.size(); ++i) {
            if (dense && tags_[i] >= 0)
                table[tags_[i]] = static_cast<std::int64_t>(i);
            else
                by_tag.emplace(tags_[i], i);
        }
        std::vector<std::int64_t> index(tags_.size(), -1);
        std::vector<double> points;
        const auto use = [&](std::int64_t& corner) {
            std::int64_t node = -1;
            if (dense && corner >= 0 && corner <= largest)
                node = table[corner];
            else if (const auto it = by_tag.find(corner); it != by_tag.end())
                node = it->second;
            if (node < 0)
                throw UserError(Problem{mesh_.name,
                                        fmt::format("an element names node {}, which does not exist", corner),
                                        MshCursor::repair});
            if (index[node] < 0) {
                index[node] = static_cast<std::int64_t>(points.size() / 3);
                points.insert(points.end(), &mesh_.points[3 * node], &mesh_.points[3 * node] + 3);
            }
            corner = index[node];
        };
        for (auto& corner : mesh_.corners) use(corner);
        for (auto& corner : mesh_.triangles) use(corner);
        mesh_.points = std::move(points);
    }

    MshCursor* in_ = nullptr;
    TetMesh mesh_;
    std::vector<std::int64_t> tags_;
    std::map<GroupKey, std::string> names_;
    std::map<GroupKey, std::vector<std::int64_t>> members_;
    std::unordered_map<std::int64_t, std::vector<std::int64_t>> physical_of_entity_[4];
    std::unordered_set<std::int64_t> seen_;
    bool in_parts_;
    bool version_4_ = true, binary_ = false, has_nodes_ = false, has_elements_ = false;
};

[[noreturn]] void cannot_open(const std::filesystem::path& file) {
    std::error_code ignored;
    const auto folder = file.parent_path().empty() ? std::filesystem::path(".") : file.parent_path();
    std::vector<std::string> neighbours;
    for (const auto& entry : std::filesystem::directory_iterator(folder, ignored))
        neighbours.push_back(entry.path().filename().string());
    throw UserError(Problem{file.string(), "cannot be opened", did_you_mean(file.filename().string(), neighbours)});
}

std::string bytes_of(const std::filesystem::path& file) {
    std::error_code ignored;
    std::ifstream in(file, std::ios::binary);
    if (!in || std::filesystem::is_directory(file, ignored)) cannot_open(file);
    std::string bytes(std::filesystem::file_size(file), '\0');
    in.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    if (!in) throw UserError(Problem{file.string(), "cannot be read to its end", ""});
    return bytes;
}

}  // namespace

// Gmsh names the parts of mesh.msh mesh_1.msh, mesh_2.msh, ...
static std::filesystem::path part_of(const std::filesystem::path& file, int k) {
    return file.parent_path() / fmt::format("{}_{}{}", file.stem().string(), k, file.extension().string());
}

void require_msh(const std::filesystem::path& file) {
    if (!std::filesystem::exists(file) && !std::filesystem::exists(part_of(file, 1))) cannot_open(file);
}

TetMesh read_msh(const std::filesystem::path& file, double unit_um) {
    const bool in_parts = !std::filesystem::exists(file) && std::filesystem::exists(part_of(file, 1));
    Reader reader(file.string(), in_parts);
    if (in_parts)
        for (int k = 1; std::filesystem::exists(part_of(file, k)); ++k)
            reader.read(part_of(file, k), bytes_of(part_of(file, k)));
    else
        reader.read(file, bytes_of(file));
    auto mesh = reader.finish();
    for (double& x : mesh.points) x *= unit_um;
    return mesh;
}

}  // namespace ngv::rd

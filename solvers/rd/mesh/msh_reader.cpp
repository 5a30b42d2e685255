#include "solvers/rd/mesh/msh_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <numeric>
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
    explicit Reader(std::string name) { mesh_.name = std::move(name); }

    void read(const std::filesystem::path& file, std::string bytes) {
        MshCursor in(file.string(), std::move(bytes));
        in_ = &in;
        ++num_files_;
        has_nodes_ = has_elements_ = false;
        for (auto& of_dimension : physical_of_entity_) of_dimension.clear();
        ghosts_.clear();
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

    /// Into how many parts the last file says that its mesh was cut; 0: it says nothing.
    std::int64_t num_parts() const { return num_parts_; }

    TetMesh finish() {
        number_points();
        sort_elements(mesh_.tetrahedron_tags, mesh_.corners, 3);
        sort_elements(mesh_.triangle_tags, mesh_.triangles, 2);
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

    // Which physical groups each entity belongs to; a partitioned entity also names its parent and its parts. Ghost
    // entities hold copies of other parts' tetrahedra.
    void entities(bool partitioned) {
        if (partitioned) {
            num_parts_ = size();
            for (auto ghosts = size(); ghosts > 0; --ghosts) {
                ghosts_.insert(integer());
                integer();
            }
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
            const bool ghost = dimension == 3 && ghosts_.count(entity) != 0;
            for (std::int64_t i = 0; i < count; ++i) {
                const auto id = size();
                if (ghost)
                    for (int k = nodes_of(type); k > 0; --k) size();
                else
                    element(id, type, physical, [&] { return size(); });
            }
        }
    }

    // Triangles matter only where they carry a name.
    template <class NextNode>
    void element(std::int64_t id, std::int64_t type, const std::vector<std::int64_t>& physical, NextNode next) {
        const int n = nodes_of(type);
        const bool solid = type == tetrahedron || type == tetrahedron_10;
        const bool flat = (type == triangle || type == triangle_6) && !physical.empty();
        const bool wanted = solid || flat;
        auto& corners = solid ? mesh_.corners : mesh_.triangles;
        const int kept = solid ? 4 : 3;
        const auto index = static_cast<std::int64_t>(corners.size()) / kept;
        for (int k = 0; k < n; ++k) {
            const auto tag = next();
            if (wanted && k < kept) corners.push_back(tag);
        }
        if (!wanted) return;
        (solid ? mesh_.tetrahedron_tags : mesh_.triangle_tags).push_back(id);
        for (const auto tag : physical) members_[{solid ? 3 : 2, tag < 0 ? -tag : tag}].push_back(index);
    }

    // Node tags become indices of the nodes in use, in the order of the tags. Parts list the nodes between them each.
    void number_points() {
        std::vector<std::int64_t> order(tags_.size());
        std::iota(order.begin(), order.end(), 0);
        const auto tag_of = [&](std::int64_t node) { return tags_[node]; };
        if (!std::is_sorted(tags_.begin(), tags_.end()))
            std::stable_sort(order.begin(), order.end(), [&](auto a, auto b) { return tags_[a] < tags_[b]; });
        order.erase(std::unique(order.begin(), order.end(), [&](auto a, auto b) { return tags_[a] == tags_[b]; }),
                    order.end());

        const auto largest = order.empty() ? 0 : tag_of(order.back());
        const bool dense = !order.empty() && largest < 4 * static_cast<std::int64_t>(order.size()) + 1000 &&
                           tag_of(order.front()) >= 0;
        std::vector<std::int64_t> table(dense ? static_cast<std::size_t>(largest) + 1 : 0, -1);
        for (std::size_t i = 0; dense && i < order.size(); ++i) table[tag_of(order[i])] = static_cast<std::int64_t>(i);
        const auto place_of = [&](std::int64_t tag) -> std::int64_t {
            if (dense) return tag >= 0 && tag <= largest ? table[tag] : -1;
            const auto it = std::lower_bound(order.begin(), order.end(), tag,
                                             [&](auto node, auto wanted) { return tag_of(node) < wanted; });
            return it != order.end() && tag_of(*it) == tag ? it - order.begin() : -1;
        };
        std::vector<std::int64_t> index(order.size(), -1);
        for (auto* corners : {&mesh_.corners, &mesh_.triangles})
            for (auto& corner : *corners) {
                const auto place = place_of(corner);
                if (place < 0)
                    throw UserError(Problem{mesh_.name,
                                            fmt::format("an element names node {}, which does not exist", corner),
                                            MshCursor::repair});
                index[place] = 0;
                corner = place;
            }
        std::vector<double> points;
        for (std::size_t i = 0; i < order.size(); ++i) {
            if (index[i] < 0) continue;
            index[i] = static_cast<std::int64_t>(mesh_.point_tags.size());
            mesh_.point_tags.push_back(tag_of(order[i]));
            points.insert(points.end(), &mesh_.points[3 * order[i]], &mesh_.points[3 * order[i]] + 3);
        }
        for (auto* corners : {&mesh_.corners, &mesh_.triangles})
            for (auto& corner : *corners) corner = index[corner];
        mesh_.points = std::move(points);
    }

    // Elements in the order of their tags, which does not depend on the partition of the file. One that several parts list
    // counts once.
    void sort_elements(std::vector<std::int64_t>& tags, std::vector<std::int64_t>& corners, int dimension) {
        if (num_files_ == 1 && std::is_sorted(tags.begin(), tags.end())) return;
        const std::int64_t width = dimension + 1;
        std::vector<std::int64_t> order(tags.size()), place(tags.size());
        std::iota(order.begin(), order.end(), 0);
        std::stable_sort(order.begin(), order.end(), [&](auto a, auto b) { return tags[a] < tags[b]; });
        std::vector<std::int64_t> sorted_tags, sorted;
        for (const auto from : order) {
            const bool again = num_files_ > 1 && !sorted_tags.empty() && sorted_tags.back() == tags[from];
            if (!again) {
                sorted_tags.push_back(tags[from]);
                sorted.insert(sorted.end(), &corners[width * from], &corners[width * from] + width);
            }
            place[from] = static_cast<std::int64_t>(sorted_tags.size()) - 1;
        }
        tags = std::move(sorted_tags);
        corners = std::move(sorted);
        for (auto& [key, members] : members_) {
            if (key.first != dimension) continue;
            for (auto& m : members) m = place[m];
            std::sort(members.begin(), members.end());
            members.erase(std::unique(members.begin(), members.end()), members.end());
        }
    }

    MshCursor* in_ = nullptr;
    TetMesh mesh_;
    std::vector<std::int64_t> tags_;
    std::map<GroupKey, std::string> names_;
    std::map<GroupKey, std::vector<std::int64_t>> members_;
    std::unordered_map<std::int64_t, std::vector<std::int64_t>> physical_of_entity_[4];
    std::unordered_set<std::int64_t> ghosts_;
    std::int64_t num_parts_ = 0;
    int num_files_ = 0;
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

TetMesh in_unit(Reader& reader, double unit_um) {
    auto mesh = reader.finish();
    for (double& x : mesh.points) x *= unit_um;
    return mesh;
}

}  // namespace

// Gmsh names the parts of mesh.msh mesh_1.msh, mesh_2.msh, ...
static std::filesystem::path part_of(const std::filesystem::path& file, int k) {
    return file.parent_path() / fmt::format("{}_{}{}", file.stem().string(), k, file.extension().string());
}

int num_msh_parts(const std::filesystem::path& file) {
    int parts = 0;
    if (std::filesystem::exists(file)) return parts;
    while (std::filesystem::exists(part_of(file, parts + 1))) ++parts;
    if (parts == 0) cannot_open(file);
    return parts;
}

TetMesh read_msh(const std::filesystem::path& file, double unit_um) {
    if (const int parts = num_msh_parts(file); parts > 0) return read_msh_parts(file, 0, parts, unit_um);
    Reader reader(file.string());
    reader.read(file, bytes_of(file));
    return in_unit(reader, unit_um);
}

TetMesh read_msh_parts(const std::filesystem::path& file, int begin, int end, double unit_um) {
    Reader reader(file.string());
    const int parts = num_msh_parts(file);
    for (int k = begin + 1; k <= end; ++k) {
        reader.read(part_of(file, k), bytes_of(part_of(file, k)));
        if (reader.num_parts() > 0 && reader.num_parts() != parts)
            throw UserError(
                Problem{part_of(file, k).string(),
                        fmt::format("belongs to a mesh of {} parts, of which {} are here", reader.num_parts(), parts),
                        "bring all parts of one mesh, and no others, into one folder"});
    }
    return in_unit(reader, unit_um);
}

}  // namespace ngv::rd

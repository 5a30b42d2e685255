#include <fstream>
#include <map>
#include <sstream>

#include "ngv/error.hpp"
#include "solvers/flow/network/point_lines.hpp"
#include "solvers/flow/network/read_network.hpp"

namespace ngv::flow {

namespace {

// The words of a legacy VTK file, one after the other.
class Words {
  public:
    explicit Words(const std::filesystem::path& file) : file_(file.string()), in_(file) {
        if (!in_ || std::filesystem::is_directory(file)) throw UserError({file_, "cannot be opened", ""});
        std::string line;
        std::getline(in_, line);
        if (line.rfind("# vtk DataFile", 0) != 0)
            throw UserError({file_, "does not begin with '# vtk DataFile'", "save it as legacy VTK"});
        std::getline(in_, line);
        std::getline(in_, line);
        if (line.rfind("ASCII", 0) != 0)
            throw UserError({file_, "is '" + line + "', not ASCII", "save it as ASCII legacy VTK"});
    }
    bool next(std::string& word) { return static_cast<bool>(in_ >> word); }
    std::string word(const char* what) {
        std::string w;
        if (!next(w))
            throw UserError({file_, std::string("ends where ") + what + " is expected", "the file is cut off"});
        return w;
    }
    template <class T>
    T number(const char* what) {
        const auto w = word(what);
        std::istringstream in(w);
        T value{};
        if (!(in >> value) || !in.eof())
            throw UserError({file_, "'" + w + "' is not a number, where " + what + " is expected", ""});
        return value;
    }
    const std::string& file() const { return file_; }

  private:
    std::string file_;
    std::ifstream in_;
};

// Lines of the old form, "count p0 p1 ...", or of VTK 5, OFFSETS and CONNECTIVITY. Returns the first vessel of each line.
std::vector<std::size_t> read_lines(Words& in, PointLines& lines) {
    const auto count = in.number<std::int64_t>("a number of lines");
    in.number<std::int64_t>("a number of integers");
    std::vector<std::vector<std::int64_t>> paths;
    auto first = in.word("lines");
    if (first == "OFFSETS") {
        in.word("a type");
        std::vector<std::int64_t> offset;
        for (std::int64_t i = 0; i < count; ++i) offset.push_back(in.number<std::int64_t>("an offset"));
        in.word("CONNECTIVITY"), in.word("a type");
        for (std::size_t i = 0; i + 1 < offset.size(); ++i) {
            auto& path = paths.emplace_back();
            for (auto k = offset[i]; k < offset[i + 1]; ++k) path.push_back(in.number<std::int64_t>("a point"));
        }
    } else {
        auto length = std::stoll(first);
        for (std::int64_t i = 0; i < count; ++i) {
            if (i > 0) length = in.number<std::int64_t>("a number of points");
            auto& path = paths.emplace_back();
            for (std::int64_t k = 0; k < length; ++k) path.push_back(in.number<std::int64_t>("a point"));
        }
    }
    std::vector<std::size_t> begins;
    for (const auto& path : paths) {
        begins.push_back(lines.segments.size());
        for (std::size_t k = 0; k + 1 < path.size(); ++k) lines.segments.push_back({path[k], path[k + 1]});
    }
    begins.push_back(lines.segments.size());
    return begins;
}

using Columns = std::map<std::string, std::vector<double>>;

void read_array(Words& in, Columns& columns, const std::string& name, std::int64_t width, std::int64_t count) {
    auto& values = columns[name];
    for (std::int64_t i = 0; i < width * count; ++i) values.push_back(in.number<double>("a value"));
}

}  // namespace

Vessels read_vtk(MPI_Comm comm, const std::filesystem::path& file) {
    Words in(file);
    PointLines lines;
    std::vector<std::size_t> begins;
    Columns cell, point, *data = nullptr;
    std::int64_t count = 0;
    for (std::string word; in.next(word);) {
        if (word == "DATASET") {
            if (const auto kind = in.word("a kind"); kind != "POLYDATA")
                throw UserError({in.file(), "holds " + kind, "vessels are lines of a POLYDATA"});
        } else if (word == "POINTS") {
            count = in.number<std::int64_t>("a number of points");
            in.word("a type");
            for (std::int64_t i = 0; i < 3 * count; ++i) lines.points.push_back(in.number<double>("a coordinate"));
        } else if (word == "LINES") {
            begins = read_lines(in, lines);
        } else if (word == "CELL_DATA" || word == "POINT_DATA") {
            data = word == "CELL_DATA" ? &cell : &point;
            count = in.number<std::int64_t>("a number of values");
        } else if (word == "FIELD") {
            in.word("a name");
            Columns here;
            for (auto arrays = in.number<std::int64_t>("a number of arrays"); arrays > 0; --arrays) {
                const auto name = in.word("a name");
                const auto width = in.number<std::int64_t>("a width"), rows = in.number<std::int64_t>("a length");
                in.word("a type");
                read_array(in, data ? *data : here, name, width, rows);
            }
            if (!data) cell.merge(here);
        } else if (word == "SCALARS" && data) {
            const auto name = in.word("a name");
            in.word("a type");
            auto next = in.word("LOOKUP_TABLE");
            if (next != "LOOKUP_TABLE") in.word("LOOKUP_TABLE");
            in.word("a table");
            read_array(in, *data, name, 1, count);
        }
    }
    if (lines.segments.empty()) throw UserError({in.file(), "has no LINES", "vessels are lines of a POLYDATA"});
    // A value of a line is one of each of its vessels.
    const auto spread = [&](const std::string& name, double factor) {
        std::vector<double> values;
        const auto it = cell.find(name);
        if (it == cell.end()) return values;
        if (it->second.size() + 1 != begins.size())
            throw UserError({in.file(),
                             "has " + std::to_string(it->second.size()) + " values of '" + name + "' for " +
                                 std::to_string(begins.size() - 1) + " lines",
                             "give one value a line"});
        for (std::size_t i = 0; i + 1 < begins.size(); ++i)
            values.insert(values.end(), begins[i + 1] - begins[i], factor * it->second[i]);
        return values;
    };
    lines.segment_radius = spread("radius", 1.0);
    if (lines.segment_radius.empty()) lines.segment_radius = spread("diameter", 0.5);
    for (const double t : spread("type", 1.0)) lines.type.push_back(static_cast<std::int64_t>(t));
    if (const auto d = point.find("diameter"); d != point.end()) lines.point_diameter = d->second;
    if (const auto r = point.find("radius"); r != point.end() && lines.point_diameter.empty())
        for (const double x : r->second) lines.point_diameter.push_back(2.0 * x);
    if (lines.segment_radius.empty() && lines.point_diameter.empty())
        throw UserError({in.file(), "has neither radius nor diameter of its lines or points",
                         "add CELL_DATA radius or POINT_DATA diameter"});
    if (!lines.point_diameter.empty() && 3 * lines.point_diameter.size() != lines.points.size())
        throw UserError({in.file(), "does not have one diameter a point", "give one value a point"});
    return vessels_of(comm, lines, in.file());
}

}  // namespace ngv::flow

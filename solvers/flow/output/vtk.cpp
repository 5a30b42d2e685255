#include "solvers/flow/output/vtk.hpp"

#include <fmt/format.h>

#include <cmath>
#include <fstream>
#include <map>

#include "ngv/error.hpp"

namespace ngv::flow {

namespace {

constexpr int tag = 72;

// One rank's rows at a time, so that rank 0 never holds more than one block.
template <class Use>
void rank_by_rank(MPI_Comm comm, const std::vector<double>& mine, Use use) {
    int rank = 0, size = 1;
    MPI_Comm_rank(comm, &rank);
    MPI_Comm_size(comm, &size);
    if (rank != 0) {
        MPI_Send(mine.data(), static_cast<int>(mine.size()), MPI_DOUBLE, 0, tag, comm);
        return;
    }
    use(mine);
    for (int from = 1; from < size; ++from) {
        MPI_Status status;
        int count = 0;
        MPI_Probe(from, tag, comm, &status);
        MPI_Get_count(&status, MPI_DOUBLE, &count);
        std::vector<double> theirs(count);
        MPI_Recv(theirs.data(), count, MPI_DOUBLE, from, tag, comm, MPI_STATUS_IGNORE);
        use(theirs);
    }
}

}  // namespace

void write_vtk(const std::filesystem::path& file, const Graph& graph,
               const std::vector<std::pair<std::string, std::span<const double>>>& columns) {
    const auto& v = graph.vessels();
    int rank = 0;
    MPI_Comm_rank(graph.comm(), &rank);
    std::vector<double> rows;  // id, junctions, ends, type, values
    for (std::size_t i = 0; i < v.size(); ++i) {
        rows.insert(rows.end(), {double(v.id[i]), double(v.start_node[i]), double(v.end_node[i])});
        rows.insert(rows.end(), &v.ends[6 * i], &v.ends[6 * i] + 6);
        rows.push_back(static_cast<double>(v.type[i]));
        for (const auto& [name, values] : columns) rows.push_back(values[i]);
    }
    const std::size_t width = 10 + columns.size();
    std::map<double, std::int64_t> point;  // of a junction
    std::string points, lines;
    std::vector<std::string> data(2 + columns.size());
    std::int64_t count = 0;
    rank_by_rank(graph.comm(), rows, [&](const std::vector<double>& part) {
        for (std::size_t at = 0; at < part.size(); at += width, ++count) {
            const double* row = &part[at];
            std::int64_t ends[2];
            for (int e = 0; e < 2; ++e) {
                const auto [it, fresh] = point.emplace(row[1 + e], static_cast<std::int64_t>(point.size()));
                ends[e] = it->second;
                if (fresh) points += fmt::format("{} {} {}\n", row[3 + 3 * e], row[4 + 3 * e], row[5 + 3 * e]);
            }
            lines += fmt::format("2 {} {}\n", ends[0], ends[1]);
            data[0] += fmt::format("{:.0f}\n", row[0]);
            data[1] += fmt::format("{:.0f}\n", row[9]);
            for (std::size_t c = 0; c < columns.size(); ++c) data[2 + c] += fmt::format("{}\n", row[10 + c]);
        }
    });
    if (rank != 0) return;
    std::ofstream out(file);
    out << "# vtk DataFile Version 3.0\nblood vessels\nASCII\nDATASET POLYDATA\nPOINTS " << point.size() << " double\n"
        << points << "LINES " << count << " " << 3 * count << "\n"
        << lines << "CELL_DATA " << count << "\nFIELD values " << data.size() << "\n";
    for (std::size_t c = 0; c < data.size(); ++c)
        out << (c == 0   ? "id"
                : c == 1 ? "type"
                         : columns[c - 2].first)
            << " 1 " << count << (c < 2 ? " long\n" : " double\n") << data[c];
    if (!out) throw UserError({file.string(), "cannot be written", "is the disk full?"});
}

}  // namespace ngv::flow

#include "solvers/metabolism/cells/checkpoint.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "ngv/error.hpp"

namespace ngv::metabolism {

namespace {

struct Header {
    char magic[8] = {'n', 'g', 'v', 'c', 'e', 'l', 'l', '1'};
    std::int64_t cells = 0, row = 0, now = 0;
    std::uint64_t model = 0;  ///< of the names of the integrated quantities
    std::int64_t unused[3] = {};
};
static_assert(sizeof(Header) == 64);

std::uint64_t names_digest(const OdeSystem& system) {
    std::uint64_t h = 1469598103934665603ULL;  // FNV-1a
    for (const auto& q : system.integrated())
        for (const char c : q.name + "\n") h = (h ^ static_cast<unsigned char>(c)) * 1099511628211ULL;
    return h;
}

Header header_of(MPI_Comm comm, const Cells& cells, Tick now, std::size_t beside) {
    Header header;
    std::int64_t sums[] = {static_cast<std::int64_t>(cells.size()), static_cast<std::int64_t>(beside)};
    MPI_Allreduce(MPI_IN_PLACE, sums, 2, MPI_INT64_T, MPI_SUM, comm);
    header.cells = sums[0];
    header.row = static_cast<std::int64_t>(cells.system().size()) + 3 + (sums[0] > 0 ? sums[1] / sums[0] : 0);
    header.now = now;
    header.model = names_digest(cells.system());
    return header;
}

MPI_Offset my_offset(MPI_Comm comm, const Cells& cells, const Header& header) {
    int rank = 0;
    MPI_Comm_rank(comm, &rank);
    auto mine = static_cast<std::int64_t>(cells.size());
    std::int64_t before = 0;
    MPI_Exscan(&mine, &before, 1, MPI_INT64_T, MPI_SUM, comm);
    if (rank == 0) before = 0;
    return static_cast<MPI_Offset>(sizeof(Header)) + before * header.row * static_cast<MPI_Offset>(sizeof(double));
}

class File {
  public:
    File(MPI_Comm comm, const std::filesystem::path& path, int mode) {
        if (MPI_File_open(comm, path.c_str(), mode, MPI_INFO_NULL, &file_) != MPI_SUCCESS)
            throw UserError({path.string(), mode & MPI_MODE_CREATE ? "cannot be written" : "no such checkpoint",
                             "check the path and its permissions"});
    }
    ~File() { MPI_File_close(&file_); }
    File(const File&) = delete;
    File& operator=(const File&) = delete;
    MPI_File get() const { return file_; }

  private:
    MPI_File file_ = MPI_FILE_NULL;
};

}  // namespace

void write_checkpoint(MPI_Comm comm, const std::filesystem::path& path, const Cells& cells, Tick now,
                      std::span<const double> beside) {
    int rank = 0;
    MPI_Comm_rank(comm, &rank);
    const Header header = header_of(comm, cells, now, beside.size());
    const std::size_t width = beside.size() / std::max<std::size_t>(1, cells.size());
    std::vector<double> rows;
    for (std::size_t i = 0; i < cells.size(); ++i) {
        double id = 0;
        std::memcpy(&id, &cells.ids()[i], sizeof id);
        rows.push_back(id);
        for (std::size_t q = 0; q < cells.system().size(); ++q) rows.push_back(cells.value(q, i));
        rows.insert(rows.end(), {cells.next_step(i), cells.is_set_aside(i) ? 1.0 : 0.0});
        for (const double x : beside.subspan(i * width, width)) rows.push_back(x);
    }
    const std::filesystem::path part = path.string() + ".part";
    {
        const File file(comm, part, MPI_MODE_CREATE | MPI_MODE_WRONLY);
        if (rank == 0) MPI_File_write_at(file.get(), 0, &header, sizeof header, MPI_BYTE, MPI_STATUS_IGNORE);
        MPI_File_write_at_all(file.get(), my_offset(comm, cells, header), rows.data(), static_cast<int>(rows.size()),
                              MPI_DOUBLE, MPI_STATUS_IGNORE);
    }
    if (rank == 0) std::filesystem::rename(part, path);
    MPI_Barrier(comm);
}

Tick read_checkpoint(MPI_Comm comm, const std::filesystem::path& path, Cells& cells, std::span<double> beside) {
    const Header expected = header_of(comm, cells, 0, beside.size());
    const std::size_t width = beside.size() / std::max<std::size_t>(1, cells.size());
    Header header;
    const File file(comm, path, MPI_MODE_RDONLY);
    MPI_File_read_at_all(file.get(), 0, &header, sizeof header, MPI_BYTE, MPI_STATUS_IGNORE);
    if (std::memcmp(header.magic, expected.magic, sizeof header.magic) != 0)
        throw UserError({path.string(), "is not a checkpoint of metabolism-solver", ""});
    if (header.model != expected.model || header.row != expected.row)
        throw UserError(
            {path.string(), "was written for another model or variant", "start from it with the model that wrote it"});
    if (header.cells != expected.cells)
        throw UserError({path.string(), fmt::format("has {} cells, the run {}", header.cells, expected.cells),
                         "start from it with the same cells"});
    std::vector<double> rows(cells.size() * static_cast<std::size_t>(header.row));
    MPI_File_read_at_all(file.get(), my_offset(comm, cells, header), rows.data(), static_cast<int>(rows.size()),
                         MPI_DOUBLE, MPI_STATUS_IGNORE);
    const double* p = rows.data();
    for (std::size_t i = 0; i < cells.size(); ++i, p += header.row) {
        std::int64_t id = 0;
        std::memcpy(&id, p, sizeof id);
        if (id != cells.ids()[i])
            throw UserError(
                {path.string(), fmt::format("has cell {} where the run has cell {}", id, cells.ids()[i]), ""});
        const std::size_t n = cells.system().size();
        cells.restore(i, {p + 1, n}, p[n + 1], p[n + 2] != 0);
        std::copy_n(p + n + 3, width, beside.begin() + static_cast<std::ptrdiff_t>(i * width));
    }
    return header.now;
}

}  // namespace ngv::metabolism

#include "solvers/common/appendable.hpp"

#include <algorithm>

#include "ngv/error.hpp"

namespace ngv {

namespace {

void require(herr_t result, const std::string& where, const char* action) {
    if (result < 0)
        throw UserError(
            Problem{where, std::string("cannot ") + action, "is the disk full, or was the folder removed?"});
}

h5::Handle transfer(bool parallel) {
    h5::Handle list(H5Pcreate(H5P_DATASET_XFER));
    if (parallel) H5Pset_dxpl_mpio(list.get(), H5FD_MPIO_COLLECTIVE);
    return list;
}

// Chunks of about 64 KiB: small reports do not waste space, large ones are not cut into too many pieces.
std::vector<hsize_t> chunk_of(std::int64_t width) {
    constexpr std::int64_t values = 8192;
    if (width == 0) return {values};
    const auto columns = std::clamp<std::int64_t>(width, 1, values);
    return {static_cast<hsize_t>(std::clamp<std::int64_t>(values / columns, 1, 1024)), static_cast<hsize_t>(columns)};
}

template <class T>
void write_blocks_as(const h5::File& file, bool parallel, const std::string& path, hid_t file_type, hid_t memory_type,
                     const std::vector<std::int64_t>& shape, std::int64_t begin, std::span<const T> block) {
    const std::vector<hsize_t> dims(shape.begin(), shape.end());
    const auto where = file.file().string() + ":" + path;
    const h5::Handle links(H5Pcreate(H5P_LINK_CREATE));
    H5Pset_create_intermediate_group(links.get(), 1);
    const h5::Handle space(H5Screate_simple(static_cast<int>(dims.size()), dims.data(), nullptr));
    const h5::Handle dataset(
        H5Dcreate2(file.id(), path.c_str(), file_type, space.get(), links.get(), H5P_DEFAULT, H5P_DEFAULT));
    require(static_cast<herr_t>(dataset ? 0 : -1), where, "make a dataset");
    hsize_t width = 1;
    for (std::size_t d = 1; d < dims.size(); ++d) width *= dims[d];
    std::vector<hsize_t> start(dims.size(), 0), count = dims;
    start[0] = static_cast<hsize_t>(begin);
    count[0] = width ? block.size() / width : 0;
    const hsize_t n = std::max<hsize_t>(block.size(), 1);
    const h5::Handle memory(H5Screate_simple(1, &n, nullptr));
    if (block.empty()) {
        H5Sselect_none(memory.get());
        H5Sselect_none(space.get());
    } else {
        require(H5Sselect_hyperslab(space.get(), H5S_SELECT_SET, start.data(), nullptr, count.data(), nullptr), where,
                "select a block");
    }
    const T nothing{};
    require(H5Dwrite(dataset.get(), memory_type, memory.get(), space.get(), transfer(parallel).get(),
                     block.empty() ? &nothing : block.data()),
            where, "write");
}

}  // namespace

Appendable::Appendable(const h5::File& file, bool parallel, const std::string& path, hid_t file_type,
                       std::int64_t width, const std::string& unit)
    : where_(file.file().string() + ":" + path), parallel_(parallel), width_(width) {
    const int rank = width > 0 ? 2 : 1;
    const hsize_t dims[2] = {0, static_cast<hsize_t>(width)}, most[2] = {H5S_UNLIMITED, static_cast<hsize_t>(width)};
    const h5::Handle space(H5Screate_simple(rank, dims, most));
    const h5::Handle links(H5Pcreate(H5P_LINK_CREATE)), creation(H5Pcreate(H5P_DATASET_CREATE));
    H5Pset_create_intermediate_group(links.get(), 1);
    H5Pset_chunk(creation.get(), rank, chunk_of(width).data());
    H5Pset_fill_time(creation.get(), H5D_FILL_TIME_NEVER);
    dataset_ = h5::Handle(
        H5Dcreate2(file.id(), path.c_str(), file_type, space.get(), links.get(), creation.get(), H5P_DEFAULT));
    require(static_cast<herr_t>(dataset_ ? 0 : -1), where_, "make a dataset");
    if (!unit.empty()) file.dataset(path).set_attribute("units", unit);
}

void Appendable::write(std::int64_t new_rows, const hsize_t* start, const hsize_t* count, hid_t memory_type,
                       const void* values) {
    const int rank = width_ > 0 ? 2 : 1;
    const hsize_t dims[2] = {static_cast<hsize_t>(rows_ + new_rows), static_cast<hsize_t>(width_)};
    require(H5Dset_extent(dataset_.get(), dims), where_, "grow a dataset");
    rows_ += new_rows;
    const h5::Handle space(H5Dget_space(dataset_.get()));
    const hsize_t n = count[0] * (rank == 2 ? count[1] : 1), at_least_one = std::max<hsize_t>(n, 1);
    const h5::Handle memory(H5Screate_simple(1, &at_least_one, nullptr));
    if (n == 0) {
        H5Sselect_none(memory.get());
        H5Sselect_none(space.get());
    } else {
        require(H5Sselect_hyperslab(space.get(), H5S_SELECT_SET, start, nullptr, count, nullptr), where_,
                "select a block");
    }
    const double nothing = 0;
    require(H5Dwrite(dataset_.get(), memory_type, memory.get(), space.get(), transfer(parallel_).get(),
                     n == 0 ? &nothing : values),
            where_, "write");
}

void Appendable::append_rows(std::int64_t rows, std::int64_t begin, std::int64_t size, std::span<const double> values) {
    NGV_ASSERT(width_ > 0 && static_cast<std::int64_t>(values.size()) == rows * size);
    const hsize_t start[2] = {static_cast<hsize_t>(rows_), static_cast<hsize_t>(begin)};
    const hsize_t count[2] = {static_cast<hsize_t>(rows), static_cast<hsize_t>(size)};
    write(rows, start, count, H5T_NATIVE_DOUBLE, values.data());
}

void Appendable::append(std::int64_t total, std::int64_t begin, std::span<const double> values) {
    const hsize_t start = static_cast<hsize_t>(rows_ + begin), count = values.size();
    write(total, &start, &count, H5T_NATIVE_DOUBLE, values.data());
}

void Appendable::append(std::int64_t total, std::int64_t begin, std::span<const std::int64_t> values) {
    const hsize_t start = static_cast<hsize_t>(rows_ + begin), count = values.size();
    write(total, &start, &count, H5T_NATIVE_INT64, values.data());
}

void write_blocks(const h5::File& file, bool parallel, const std::string& path, hid_t file_type,
                  std::vector<std::int64_t> shape, std::int64_t begin, std::span<const std::int64_t> block) {
    write_blocks_as(file, parallel, path, file_type, H5T_NATIVE_INT64, shape, begin, block);
}
void write_blocks(const h5::File& file, bool parallel, const std::string& path, hid_t file_type,
                  std::vector<std::int64_t> shape, std::int64_t begin, std::span<const double> block) {
    write_blocks_as(file, parallel, path, file_type, H5T_NATIVE_DOUBLE, shape, begin, block);
}

bool FlushClock::due() {
    int due = timer_.seconds() >= seconds_;
    int size = 1;
    MPI_Comm_size(comm_, &size);
    if (size > 1) MPI_Bcast(&due, 1, MPI_INT, 0, comm_);
    if (due) timer_.reset();
    return due;
}

OwnComm::~OwnComm() {
    int finalized = 0;
    MPI_Finalized(&finalized);
    if (!finalized && comm_ != MPI_COMM_NULL) MPI_Comm_free(&comm_);
}
int OwnComm::rank() const {
    int rank = 0;
    MPI_Comm_rank(comm_, &rank);
    return rank;
}
int OwnComm::size() const {
    int size = 1;
    MPI_Comm_size(comm_, &size);
    return size;
}

void give_up(h5::File& file, bool parallel) {
    if (parallel) {
        file.abandon();
        return;
    }
    try {
        file.close();
    } catch (const UserError&) {
        // The file stays as the last flush left it; the error that brought us here is the one to report.
    }
}

}  // namespace ngv

#include "coupler/mapping/cache_file.hpp"

#include <fmt/format.h>
#include <hdf5.h>

#include <stdexcept>
#include <utility>
#include <vector>

#include "coupler/mapping/routing.hpp"

namespace ngv::mapping {

namespace {

/// An HDF5 handle that closes itself.
class Handle {
  public:
    Handle(hid_t id, herr_t (*close)(hid_t), const char* what) : id_(id), close_(close) {
        if (id < 0) throw std::runtime_error(what);
    }
    ~Handle() {
        if (id_ >= 0) close_(id_);
    }
    Handle(const Handle&) = delete;
    Handle& operator=(const Handle&) = delete;
    operator hid_t() const { return id_; }
    herr_t close() { return close_(std::exchange(id_, -1)); }

  private:
    hid_t id_;
    herr_t (*close_)(hid_t);
};

void check(herr_t status, const char* what) {
    if (status < 0) throw std::runtime_error(what);
}

/// After a collective call: all ranks go on, or all throw, so that none waits for another in the next one.
void agree(MPI_Comm comm, bool succeeded, const char* what) {
    if (anywhere(comm, !succeeded)) throw std::runtime_error(what);
}

/// Failures are told by our own message; HDF5 does not print its stack.
class Quiet {
  public:
    Quiet() {
        H5Eget_auto2(H5E_DEFAULT, &function_, &data_);
        H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
    }
    ~Quiet() { H5Eset_auto2(H5E_DEFAULT, function_, data_); }

  private:
    H5E_auto2_t function_ = nullptr;
    void* data_ = nullptr;
};

void write_numbers(hid_t file, const char* name, hid_t type, const void* values, hsize_t count) {
    const Handle space(H5Screate_simple(1, &count, nullptr), H5Sclose, "cannot make an attribute");
    const Handle attribute(H5Acreate2(file, name, type, space, H5P_DEFAULT, H5P_DEFAULT), H5Aclose,
                           "cannot make an attribute");
    check(H5Awrite(attribute, type, values), "cannot write an attribute");
}

void read_numbers(hid_t file, const char* name, hid_t type, void* values, hssize_t count) {
    const Handle attribute(H5Aopen(file, name, H5P_DEFAULT), H5Aclose, "an attribute is missing");
    const Handle space(H5Aget_space(attribute), H5Sclose, "an attribute is damaged");
    if (H5Sget_simple_extent_npoints(space) != count) throw std::runtime_error("an attribute is damaged");
    check(H5Aread(attribute, type, values), "an attribute is damaged");
}

void write_text(hid_t file, const char* name, const std::string& text) {
    const Handle type(H5Tcopy(H5T_C_S1), H5Tclose, "cannot make an attribute");
    check(H5Tset_size(type, text.size() + 1), "cannot make an attribute");
    const Handle space(H5Screate(H5S_SCALAR), H5Sclose, "cannot make an attribute");
    const Handle attribute(H5Acreate2(file, name, type, space, H5P_DEFAULT, H5P_DEFAULT), H5Aclose,
                           "cannot make an attribute");
    check(H5Awrite(attribute, type, text.c_str()), "cannot write an attribute");
}

std::string read_text(hid_t file, const char* name) {
    const Handle attribute(H5Aopen(file, name, H5P_DEFAULT), H5Aclose, "an attribute is missing");
    const Handle type(H5Aget_type(attribute), H5Tclose, "an attribute is damaged");
    if (H5Tget_class(type) != H5T_STRING || H5Tis_variable_str(type) > 0)
        throw std::runtime_error("an attribute is damaged");
    std::string text(H5Tget_size(type), '\0');
    check(H5Aread(attribute, type, text.data()), "an attribute is damaged");
    return text.substr(0, text.find('\0'));
}

std::string joined(const std::vector<std::string>& lines) {
    std::string text;
    for (const auto& line : lines) text += line + '\n';
    return text;
}

std::vector<std::string> split(const std::string& text) {
    std::vector<std::string> lines;
    for (std::size_t at = 0; at < text.size();) {
        const auto end = text.find('\n', at);
        lines.push_back(text.substr(at, end - at));
        at = end == std::string::npos ? text.size() : end + 1;
    }
    return lines;
}

// Calls use(name, type, access to the value of an entry).
template <class Entries, class Use>
void for_each_column(Entries&, Use use) {
    use(
        "line", H5T_NATIVE_INT64, [](auto& e) -> auto& { return e.target; });
    use(
        "tetrahedron", H5T_NATIVE_INT64, [](auto& e) -> auto& { return e.source; });
    use(
        "length", H5T_NATIVE_DOUBLE, [](auto& e) -> auto& { return e.value; });
}

}  // namespace

CachePart::CachePart(const std::filesystem::path& path, int part, int parts) {
    const Quiet quiet;
    const Handle file(H5Fopen(path.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT), H5Fclose,
                      "it cannot be opened (not complete, or not HDF5)");
    read_numbers(file, "version", H5T_NATIVE_INT, &header.version, 1);
    if (header.version != builder_version)
        throw std::runtime_error(fmt::format("it was written by version {} of the builder, this is version {}",
                                             header.version, builder_version));
    header.lines = read_text(file, "lines");
    header.tetrahedra = read_text(file, "tetrahedra");
    header.checksum = read_text(file, "checksum");
    read_numbers(file, "num_entries", H5T_NATIVE_INT64, &header.num_entries, 1);
    std::int64_t counts[5];
    double lengths[2];
    read_numbers(file, "counts", H5T_NATIVE_INT64, counts, 5);
    read_numbers(file, "lengths", H5T_NATIVE_DOUBLE, lengths, 2);
    found.num_lines = counts[0], found.num_outside = counts[1], found.num_partly = counts[2];
    found.num_holes = counts[3], found.num_flat = counts[4];
    found.length_total_um = lengths[0], found.length_covered_um = lengths[1];
    found.examples = split(read_text(file, "examples"));

    const hsize_t first = header.num_entries * part / parts;
    const hsize_t count = header.num_entries * (part + 1) / parts - first;
    found.entries.resize(count);
    for_each_column(found.entries, [&](const char* name, hid_t type, auto value) {
        const Handle dataset(H5Dopen2(file, name, H5P_DEFAULT), H5Dclose, "a dataset is missing");
        const Handle space(H5Dget_space(dataset), H5Sclose, "a dataset is damaged");
        if (H5Sget_simple_extent_npoints(space) != header.num_entries)
            throw std::runtime_error("a dataset has another size than it should");
        if (count == 0) return;
        const Handle memory(H5Screate_simple(1, &count, nullptr), H5Sclose, "no memory");
        check(H5Sselect_hyperslab(space, H5S_SELECT_SET, &first, nullptr, &count, nullptr), "a dataset is damaged");
        std::vector<std::remove_reference_t<decltype(value(found.entries[0]))>> values(count);
        check(H5Dread(dataset, type, memory, space, H5P_DEFAULT, values.data()), "a dataset is damaged");
        for (hsize_t i = 0; i < count; ++i) value(found.entries[i]) = values[i];
    });
}

void write_cache_file(MPI_Comm comm, const std::filesystem::path& path, CacheHeader header, const Intersection& found) {
    const Quiet quiet;
    const hsize_t count = found.entries.size();
    std::int64_t first = 0, mine = static_cast<std::int64_t>(count);
    MPI_Exscan(&mine, &first, 1, MPI_INT64_T, MPI_SUM, comm);
    int rank = 0;
    MPI_Comm_rank(comm, &rank);
    if (rank == 0) first = 0;
    MPI_Allreduce(&mine, &header.num_entries, 1, MPI_INT64_T, MPI_SUM, comm);

    const Handle access(H5Pcreate(H5P_FILE_ACCESS), H5Pclose, "no memory");
    check(H5Pset_fapl_mpio(access, comm, MPI_INFO_NULL), "HDF5 cannot write in parallel");
    const hid_t created = H5Fcreate(path.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, access);
    agree(comm, created >= 0, "the file cannot be made");
    Handle file(created, H5Fclose, "the file cannot be made");
    write_numbers(file, "version", H5T_NATIVE_INT, &header.version, 1);
    write_text(file, "lines", header.lines);
    write_text(file, "tetrahedra", header.tetrahedra);
    write_text(file, "checksum", header.checksum);
    write_numbers(file, "num_entries", H5T_NATIVE_INT64, &header.num_entries, 1);
    const std::int64_t counts[5] = {found.num_lines, found.num_outside, found.num_partly, found.num_holes,
                                    found.num_flat};
    const double lengths[2] = {found.length_total_um, found.length_covered_um};
    write_numbers(file, "counts", H5T_NATIVE_INT64, counts, 5);
    write_numbers(file, "lengths", H5T_NATIVE_DOUBLE, lengths, 2);
    write_text(file, "examples", joined(found.examples));

    const Handle together(H5Pcreate(H5P_DATASET_XFER), H5Pclose, "no memory");
    check(H5Pset_dxpl_mpio(together, H5FD_MPIO_COLLECTIVE), "HDF5 cannot write in parallel");
    for_each_column(found.entries, [&](const char* name, hid_t type, auto value) {
        const hsize_t all = header.num_entries, start = first;
        const Handle space(H5Screate_simple(1, &all, nullptr), H5Sclose, "no memory");
        const Handle memory(H5Screate_simple(1, &count, nullptr), H5Sclose, "no memory");
        const hid_t made = H5Dcreate2(file, name, type, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
        agree(comm, made >= 0, "a dataset cannot be made");
        const Handle dataset(made, H5Dclose, "a dataset cannot be made");
        std::vector<std::decay_t<decltype(value(found.entries[0]))>> values;
        values.reserve(count);
        for (const auto& e : found.entries) values.push_back(value(e));
        if (count > 0)
            check(H5Sselect_hyperslab(space, H5S_SELECT_SET, &start, nullptr, &count, nullptr), "no memory");
        else
            check(H5Sselect_none(space), "no memory");
        const herr_t written = H5Dwrite(dataset, type, memory, space, together, values.data());
        agree(comm, written >= 0, "its values cannot be written (is the disk full?)");
    });
    agree(comm, file.close() >= 0, "it cannot be completed (is the disk full?)");
}

}  // namespace ngv::mapping

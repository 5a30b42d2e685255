#include "tools/circuit/sonata_file.hpp"

#include <algorithm>
#include <array>

#include "ngv/error.hpp"

namespace ngv::circuit {

namespace {

class Id {  // closes what it holds
  public:
    Id(hid_t id, herr_t (*close)(hid_t)) : id_(id), close_(close) {
        if (id_ < 0) throw UserError{Problem{"HDF5", "cannot write a circuit file", "is the disk full?"}};
    }
    Id(const Id&) = delete;
    Id& operator=(const Id&) = delete;
    ~Id() { close_(id_); }
    operator hid_t() const { return id_; }

  private:
    hid_t id_;
    herr_t (*close_)(hid_t);
};

void check(herr_t status) {
    if (status < 0) throw UserError{Problem{"HDF5", "cannot write a circuit file", "is the disk full?"}};
}

hid_t text_type() {
    const hid_t type = H5Tcopy(H5T_C_S1);
    H5Tset_size(type, H5T_VARIABLE);
    H5Tset_cset(type, H5T_CSET_UTF8);
    return type;
}

// Datasets without times of change: the same data must be the same bytes.
hid_t timeless() {
    const hid_t list = H5Pcreate(H5P_DATASET_CREATE);
    H5Pset_obj_track_times(list, false);
    return list;
}

constexpr hsize_t chunk = 65536;

}  // namespace

PlainFile::PlainFile(const std::filesystem::path& file) : make_groups_(H5Pcreate(H5P_LINK_CREATE)) {
    H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);  // failures are said once, as UserError
    file_ = H5Fcreate(file.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
    if (file_ < 0)
        throw UserError{Problem{file.string(), "cannot be written", "does the folder exist, and may you write there?"}};
    H5Pset_create_intermediate_group(make_groups_, 1);
}

PlainFile::~PlainFile() {
    H5Pclose(make_groups_);
    H5Fclose(file_);
}

template <class T>
void PlainFile::write(const std::string& path, const std::vector<T>& values, std::size_t columns) {
    const std::array<hsize_t, 2> shape{values.size() / columns, columns};
    const Id space(H5Screate_simple(columns > 1 ? 2 : 1, shape.data(), nullptr), H5Sclose);
    const Id properties(timeless(), H5Pclose);
    const Id data(H5Dcreate2(file_, path.c_str(), native_type<T>(), space, make_groups_, properties, H5P_DEFAULT),
                  H5Dclose);
    if (!values.empty()) check(H5Dwrite(data, native_type<T>(), H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()));
}
template void PlainFile::write(const std::string&, const std::vector<float>&, std::size_t);
template void PlainFile::write(const std::string&, const std::vector<double>&, std::size_t);
template void PlainFile::write(const std::string&, const std::vector<std::int32_t>&, std::size_t);
template void PlainFile::write(const std::string&, const std::vector<std::int64_t>&, std::size_t);
template void PlainFile::write(const std::string&, const std::vector<std::uint32_t>&, std::size_t);
template void PlainFile::write(const std::string&, const std::vector<std::uint64_t>&, std::size_t);

void PlainFile::write_texts(const std::string& path, const std::vector<std::string>& texts) {
    std::vector<const char*> pointers;
    for (const auto& t : texts) pointers.push_back(t.c_str());
    const hsize_t n = texts.size();
    const Id space(H5Screate_simple(1, &n, nullptr), H5Sclose);
    const Id properties(timeless(), H5Pclose);
    const Id type(text_type(), H5Tclose);
    const Id data(H5Dcreate2(file_, path.c_str(), type, space, make_groups_, properties, H5P_DEFAULT), H5Dclose);
    if (n > 0) check(H5Dwrite(data, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, pointers.data()));
}

void PlainFile::attribute(const std::string& object, const std::string& name, const std::string& text) {
    const Id space(H5Screate(H5S_SCALAR), H5Sclose);
    const Id type(text_type(), H5Tclose);
    const Id at(H5Oopen(file_, object.c_str(), H5P_DEFAULT), H5Oclose);
    const Id attribute(H5Acreate2(at, name.c_str(), type, space, H5P_DEFAULT, H5P_DEFAULT), H5Aclose);
    const char* pointer = text.c_str();
    check(H5Awrite(attribute, type, &pointer));
}

void PlainFile::create_growing(const std::string& path, hid_t type) {
    const hsize_t none = 0, unlimited = H5S_UNLIMITED, piece = chunk;
    const Id space(H5Screate_simple(1, &none, &unlimited), H5Sclose);
    const Id properties(timeless(), H5Pclose);
    check(H5Pset_chunk(properties, 1, &piece));
    // Chunks of columns that end early are stored short instead of full of zeros.
    check(H5Pset_deflate(properties, 1));
    const Id data(H5Dcreate2(file_, path.c_str(), type, space, make_groups_, properties, H5P_DEFAULT), H5Dclose);
}

void PlainFile::append(const std::string& path, hid_t type, const void* values, std::size_t count) {
    const Id data(H5Dopen2(file_, path.c_str(), H5P_DEFAULT), H5Dclose);
    hsize_t old = 0;
    {
        const Id space(H5Dget_space(data), H5Sclose);
        H5Sget_simple_extent_dims(space, &old, nullptr);
    }
    const hsize_t total = old + count, n = count;
    check(H5Dset_extent(data, &total));
    const Id space(H5Dget_space(data), H5Sclose), memory(H5Screate_simple(1, &n, nullptr), H5Sclose);
    check(H5Sselect_hyperslab(space, H5S_SELECT_SET, &old, nullptr, &n, nullptr));
    check(H5Dwrite(data, type, memory, space, H5P_DEFAULT, values));
}

NodeFile::NodeFile(const std::filesystem::path& file, const std::string& population, std::size_t size)
    : file_(file), group_("/nodes/" + population), size_(size) {
    file_.write(group_ + "/node_type_id", std::vector<std::int64_t>(size, -1));
}

void NodeFile::text_column(const std::string& name, const std::vector<std::uint32_t>& values,
                           const std::vector<std::string>& library) {
    file_.write(group_ + "/0/" + name, values);
    file_.write_texts(group_ + "/0/@library/" + name, library);
}

EdgeFile::EdgeFile(const std::filesystem::path& file, const std::string& population, const std::string& sources,
                   const std::string& targets)
    : file_(file), group_("/edges/" + population) {
    for (const auto& [name, nodes] : {std::pair{"/source_node_id", sources}, std::pair{"/target_node_id", targets}}) {
        file_.create_growing(group_ + name, native_type<std::uint64_t>());
        file_.attribute(group_ + name, "node_population", nodes);
    }
    file_.create_growing(group_ + "/edge_type_id", native_type<std::int64_t>());
}

void EdgeFile::add(std::uint64_t source, std::uint64_t target) {
    sources_.push_back(static_cast<std::uint32_t>(source));
    targets_.push_back(static_cast<std::uint32_t>(target));
}

void EdgeFile::finish(std::uint64_t num_sources, std::uint64_t num_targets) {
    NGV_ASSERT(std::is_sorted(targets_.begin(), targets_.end()));
    for (auto& [name, column] : columns_) column->flush();
    const std::vector<std::uint64_t> source(sources_.begin(), sources_.end()), target(targets_.begin(), targets_.end());
    if (!source.empty()) {
        file_.append(group_ + "/source_node_id", native_type<std::uint64_t>(), source.data(), source.size());
        file_.append(group_ + "/target_node_id", native_type<std::uint64_t>(), target.data(), target.size());
        const std::vector<std::int64_t> type(source.size(), -1);
        file_.append(group_ + "/edge_type_id", native_type<std::int64_t>(), type.data(), type.size());
    }
    write_index("source_to_target", sources_, num_sources);
    write_index("target_to_source", targets_, num_targets);
}

// For each node a half-open range of rows of range_to_edge_id, each of which is a half-open range of edges.
void EdgeFile::write_index(const std::string& name, const std::vector<std::uint32_t>& nodes, std::uint64_t num_nodes) {
    std::vector<std::uint64_t> next(num_nodes + 1, 0);
    for (std::size_t e = 0; e < nodes.size(); ++e)
        if (e == 0 || nodes[e] != nodes[e - 1]) ++next[nodes[e] + 1];
    for (std::size_t n = 0; n < num_nodes; ++n) next[n + 1] += next[n];
    std::vector<std::uint64_t> node_ranges;
    for (std::size_t n = 0; n < num_nodes; ++n) node_ranges.push_back(next[n]), node_ranges.push_back(next[n + 1]);
    std::vector<std::uint64_t> ranges(2 * next[num_nodes]);
    for (std::size_t begin = 0, end = 0; begin < nodes.size(); begin = end) {
        for (end = begin; end < nodes.size() && nodes[end] == nodes[begin];) ++end;
        const std::uint64_t row = next[nodes[begin]]++;
        ranges[2 * row] = begin, ranges[2 * row + 1] = end;
    }
    file_.write(group_ + "/indices/" + name + "/node_id_to_ranges", node_ranges, 2);
    file_.write(group_ + "/indices/" + name + "/range_to_edge_id", ranges, 2);
}

void write_spikes(const std::filesystem::path& file, const std::string& population,
                  std::vector<std::pair<double, std::uint64_t>> spikes) {
    std::sort(spikes.begin(), spikes.end());
    std::vector<double> times;
    std::vector<std::uint64_t> nodes;
    for (const auto& [t, n] : spikes) times.push_back(t), nodes.push_back(n);
    PlainFile out(file);
    const std::string group = "/spikes/" + population;
    out.write(group + "/timestamps", times);
    out.write(group + "/node_ids", nodes);
    out.attribute(group + "/timestamps", "units", "ms");
    // `sorting` is an HDF5 enumeration in SONATA.
    const Id type(H5Tenum_create(H5T_NATIVE_UINT8), H5Tclose);
    for (const auto& [name, number] : {std::pair<const char*, std::uint8_t>{"none", 0}, {"by_id", 1}, {"by_time", 2}})
        check(H5Tenum_insert(type, name, &number));
    const Id space(H5Screate(H5S_SCALAR), H5Sclose);
    const Id at(H5Oopen(out.id(), group.c_str(), H5P_DEFAULT), H5Oclose);
    const Id attribute(H5Acreate2(at, "sorting", type, space, H5P_DEFAULT, H5P_DEFAULT), H5Aclose);
    const std::uint8_t by_time = 2;
    check(H5Awrite(attribute, type, &by_time));
}

}  // namespace ngv::circuit

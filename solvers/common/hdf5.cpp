#include "solvers/common/hdf5.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <numeric>
#include <optional>

#include "ngv/error.hpp"

namespace ngv::h5 {

namespace {

// Errors are reported by us, with the file's name; and a process that dies must not hang in HDF5's exit handler, which
// would close parallel files together with ranks that are gone.
void prepare_library() {
    static const bool done = [] {
        H5dont_atexit();
        H5open();
        H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
        return true;
    }();
    (void)done;
}

// The innermost message of HDF5's error stack: the one that names the cause.
std::string reason() {
    std::string text = "no reason given";
    H5Ewalk2(
        H5E_DEFAULT, H5E_WALK_DOWNWARD,
        [](unsigned, const H5E_error2_t* error, void* out) -> herr_t {
            if (error->desc && *error->desc) *static_cast<std::string*>(out) = error->desc;
            return 0;
        },
        &text);
    return text;
}

template <class R>
R check(R result, const std::string& where, const char* action) {
    if (result < 0)
        throw UserError(Problem{where, fmt::format("cannot {}: {}", action, reason()),
                                "the file may be damaged; make or copy it again"});
    return result;
}

template <class T>
hid_t native();
template <>
hid_t native<double>() {
    return H5T_NATIVE_DOUBLE;
}
template <>
hid_t native<float>() {
    return H5T_NATIVE_FLOAT;
}
template <>
hid_t native<std::int32_t>() {
    return H5T_NATIVE_INT32;
}
template <>
hid_t native<std::int64_t>() {
    return H5T_NATIVE_INT64;
}
template <>
hid_t native<std::uint8_t>() {
    return H5T_NATIVE_UINT8;
}
template <>
hid_t native<std::uint32_t>() {
    return H5T_NATIVE_UINT32;
}
template <>
hid_t native<std::uint64_t>() {
    return H5T_NATIVE_UINT64;
}

std::string joined(const std::string& a, const std::string& b) {
    if (!b.empty() && b.front() == '/') return b;
    return a == "/" ? a + b : a + "/" + b;
}

std::vector<std::string> split(const std::string& path) {
    std::vector<std::string> parts;
    for (std::size_t i = 0; i < path.size();) {
        const auto end = std::min(path.find('/', i), path.size());
        if (end > i) parts.push_back(path.substr(i, end - i));
        i = end + 1;
    }
    return parts;
}

struct Run {
    std::int64_t begin, end;
};

// Sorted distinct rows as runs; gaps shorter than `gap` rows are read along, which is faster than another request.
std::vector<Run> runs_of(const std::vector<std::int64_t>& sorted, std::int64_t gap) {
    std::vector<Run> runs;
    for (auto r : sorted) {
        if (!runs.empty() && r < runs.back().end + gap) {
            runs.back().end = std::max(runs.back().end, r + 1);
        } else {
            runs.push_back({r, r + 1});
        }
    }
    return runs;
}

std::string fixed_text(const char* data, std::size_t size) {
    std::size_t n = strnlen(data, size);
    return std::string(data, n);
}

std::vector<std::string> texts_from(hid_t type, std::size_t n, const std::string& where, auto&& read) {
    std::vector<std::string> texts(n);
    if (n == 0) return texts;
    if (H5Tget_class(type) != H5T_STRING) throw UserError(Problem{where, "expected text, found numbers", {}});
    if (H5Tis_variable_str(type) > 0) {
        std::vector<char*> pointers(n, nullptr);
        check(read(pointers.data()), where, "read");
        for (std::size_t i = 0; i < n; ++i) {
            if (pointers[i]) texts[i] = pointers[i];
            H5free_memory(pointers[i]);
        }
        return texts;
    }
    const std::size_t size = H5Tget_size(type);
    std::vector<char> data(n * size);
    check(read(data.data()), where, "read");
    for (std::size_t i = 0; i < n; ++i) {
        texts[i] = fixed_text(&data[i * size], size);
        if (H5Tget_strpad(type) == H5T_STR_SPACEPAD) texts[i].erase(texts[i].find_last_not_of(' ') + 1);
    }
    return texts;
}

Handle variable_text_type() {
    Handle type(H5Tcopy(H5T_C_S1));
    H5Tset_size(type.get(), H5T_VARIABLE);
    H5Tset_cset(type.get(), H5T_CSET_UTF8);
    return type;
}

}  // namespace

Handle& Handle::operator=(Handle&& other) noexcept {
    if (this == &other) return *this;
    if (id_ >= 0) H5Idec_ref(id_);
    id_ = other.release();
    return *this;
}

Handle::~Handle() {
    if (id_ >= 0) H5Idec_ref(id_);
}

// ---- attributes

std::string Object::where() const {
    return file_.string() + ":" + path_;
}

bool Object::has_attribute(const std::string& name) const {
    return H5Aexists(id(), name.c_str()) > 0;
}

std::string Object::text_attribute(const std::string& name) const {
    const Handle attribute(H5Aopen(id(), name.c_str(), H5P_DEFAULT));
    if (!attribute) throw UserError(Problem{where(), "there is no attribute '" + name + "'", {}});
    const Handle type(H5Aget_type(attribute.get()));
    const Handle space(H5Aget_space(attribute.get()));
    const auto n = static_cast<std::size_t>(H5Sget_simple_extent_npoints(space.get()));
    const auto texts = texts_from(type.get(), n, where() + " attribute '" + name + "'",
                                  [&](void* data) { return H5Aread(attribute.get(), type.get(), data); });
    return texts.empty() ? "" : texts[0];
}

double Object::number_attribute(const std::string& name) const {
    const Handle attribute(H5Aopen(id(), name.c_str(), H5P_DEFAULT));
    if (!attribute) throw UserError(Problem{where(), "there is no attribute '" + name + "'", {}});
    const Handle space(H5Aget_space(attribute.get()));
    std::vector<double> values(
        static_cast<std::size_t>(std::max<hssize_t>(H5Sget_simple_extent_npoints(space.get()), 1)));
    check(H5Aread(attribute.get(), H5T_NATIVE_DOUBLE, values.data()), where(),
          ("read attribute '" + name + "'").c_str());
    return values[0];
}

static void put_attribute(const Object& object, const std::string& name, hid_t type, const void* value) {
    if (object.has_attribute(name)) check(H5Adelete(object.id(), name.c_str()), object.where(), "replace an attribute");
    const Handle space(H5Screate(H5S_SCALAR));
    const Handle attribute(check(H5Acreate2(object.id(), name.c_str(), type, space.get(), H5P_DEFAULT, H5P_DEFAULT),
                                 object.where(), "make an attribute"));
    check(H5Awrite(attribute.get(), type, value), object.where(), "write an attribute");
}

void Object::set_attribute(const std::string& name, const std::string& text) const {
    const Handle type = variable_text_type();
    const char* data = text.c_str();
    put_attribute(*this, name, type.get(), &data);
}
void Object::set_attribute(const std::string& name, double value) const {
    put_attribute(*this, name, H5T_NATIVE_DOUBLE, &value);
}
void Object::set_attribute(const std::string& name, std::int64_t value) const {
    // In place where possible: a killed run then has either the old or the new value.
    if (has_attribute(name)) {
        const Handle attribute(check(H5Aopen(id(), name.c_str(), H5P_DEFAULT), where(), "open an attribute"));
        check(H5Awrite(attribute.get(), H5T_NATIVE_INT64, &value), where(), "write an attribute");
        return;
    }
    put_attribute(*this, name, H5T_NATIVE_INT64, &value);
}

// ---- datasets

std::vector<std::int64_t> Dataset::shape() const {
    const Handle space(check(H5Dget_space(id()), where(), "read the shape"));
    std::vector<hsize_t> dims(static_cast<std::size_t>(std::max(H5Sget_simple_extent_ndims(space.get()), 0)));
    H5Sget_simple_extent_dims(space.get(), dims.data(), nullptr);
    return {dims.begin(), dims.end()};
}

std::int64_t Dataset::rows() const {
    const auto s = shape();
    return s.empty() ? 1 : s[0];
}

ValueType Dataset::type() const {
    const Handle t(check(H5Dget_type(id()), where(), "read the type"));
    switch (H5Tget_class(t.get())) {
        case H5T_INTEGER:
            return ValueType::integer;
        case H5T_FLOAT:
            return ValueType::floating;
        case H5T_STRING:
            return ValueType::text;
        case H5T_ENUM:
            return ValueType::enumeration;
        default:
            return ValueType::other;
    }
}

static std::size_t product(const std::vector<std::int64_t>& shape, std::size_t from = 0) {
    std::size_t n = 1;
    for (std::size_t i = from; i < shape.size(); ++i) n *= static_cast<std::size_t>(shape[i]);
    return n;
}

static void require_numbers(const Dataset& dataset) {
    if (dataset.type() == ValueType::text)
        throw UserError(Problem{dataset.where(), "expected numbers, found text", {}});
}

template <class T>
std::vector<T> Dataset::read() const {
    require_numbers(*this);
    std::vector<T> values(product(shape()));
    if (!values.empty())
        check(H5Dread(id(), native<T>(), H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()), where(), "read");
    return values;
}

static Handle select_rows(const Dataset& dataset, const std::vector<std::int64_t>& shape, std::int64_t begin,
                          std::int64_t end) {
    if (begin < 0 || end < begin || shape.empty() || end > shape[0]) {
        throw UserError(Problem{
            dataset.where(),
            fmt::format("rows {} to {} were asked for, the dataset has {}", begin, end, shape.empty() ? 1 : shape[0]),
            "the files of this circuit do not belong together, or one was cut short"});
    }
    Handle space(check(H5Dget_space(dataset.id()), dataset.where(), "read the shape"));
    std::vector<hsize_t> start(shape.size(), 0), count(shape.begin(), shape.end());
    start[0] = static_cast<hsize_t>(begin);
    count[0] = static_cast<hsize_t>(end - begin);
    check(H5Sselect_hyperslab(space.get(), H5S_SELECT_SET, start.data(), nullptr, count.data(), nullptr),
          dataset.where(), "select rows");
    return space;
}

template <class T>
std::vector<T> Dataset::read_range(std::int64_t begin, std::int64_t end) const {
    require_numbers(*this);
    const auto s = shape();
    const Handle space = select_rows(*this, s, begin, end);
    std::vector<T> values(static_cast<std::size_t>(end - begin) * product(s, 1));
    if (values.empty()) return values;
    const hsize_t n = values.size();
    const Handle memory(H5Screate_simple(1, &n, nullptr));
    check(H5Dread(id(), native<T>(), memory.get(), space.get(), H5P_DEFAULT, values.data()), where(), "read");
    return values;
}

template <class T>
std::vector<T> Dataset::read_rows(std::span<const std::int64_t> rows) const {
    const auto width = product(shape(), 1);
    std::vector<T> values(rows.size() * width);
    if (rows.empty()) return values;
    std::vector<std::size_t> order(rows.size());
    std::iota(order.begin(), order.end(), 0);
    if (!std::is_sorted(rows.begin(), rows.end()))
        std::sort(order.begin(), order.end(), [&](auto a, auto b) { return rows[a] < rows[b]; });
    std::vector<std::int64_t> sorted(rows.size());
    for (std::size_t i = 0; i < order.size(); ++i) sorted[i] = rows[order[i]];
    const auto runs = runs_of(sorted, static_cast<std::int64_t>(1 + 4096 / std::max<std::size_t>(width, 1)));
    std::size_t i = 0;
    constexpr std::int64_t piece = 1 << 22;  // rows read at once, to bound the memory
    for (const auto& run : runs) {
        for (std::int64_t begin = run.begin; begin < run.end; begin += piece) {
            const auto end = std::min(begin + piece, run.end);
            const auto block = read_range<T>(begin, end);
            for (; i < sorted.size() && sorted[i] < end; ++i) {
                std::copy_n(&block[static_cast<std::size_t>(sorted[i] - begin) * width], width,
                            &values[order[i] * width]);
            }
        }
    }
    return values;
}

template <class T>
std::vector<T> Dataset::read_column(std::int64_t column) const {
    const auto s = shape();
    if (s.size() != 2 || column < 0 || column >= s[1]) {
        throw UserError(Problem{
            where(), fmt::format("column {} was asked for; the dataset has {} dimensions", column, s.size()), {}});
    }
    const Handle space(check(H5Dget_space(id()), where(), "read the shape"));
    const hsize_t start[2] = {0, static_cast<hsize_t>(column)}, count[2] = {static_cast<hsize_t>(s[0]), 1};
    check(H5Sselect_hyperslab(space.get(), H5S_SELECT_SET, start, nullptr, count, nullptr), where(), "select a column");
    std::vector<T> values(static_cast<std::size_t>(s[0]));
    if (values.empty()) return values;
    const hsize_t n = values.size();
    const Handle memory(H5Screate_simple(1, &n, nullptr));
    check(H5Dread(id(), native<T>(), memory.get(), space.get(), H5P_DEFAULT, values.data()), where(), "read");
    return values;
}

std::vector<std::string> Dataset::read_texts() const {
    const Handle type(check(H5Dget_type(id()), where(), "read the type"));
    return texts_from(type.get(), product(shape()), where(),
                      [&](void* data) { return H5Dread(id(), type.get(), H5S_ALL, H5S_ALL, H5P_DEFAULT, data); });
}

std::vector<std::string> Dataset::read_texts(std::span<const std::int64_t> rows) const {
    const auto [low, high] = std::minmax_element(rows.begin(), rows.end());
    if (rows.empty()) return {};
    const auto begin = *low, end = *high + 1;
    const Handle space = select_rows(*this, shape(), begin, end);
    const Handle type(check(H5Dget_type(id()), where(), "read the type"));
    const hsize_t n = static_cast<hsize_t>(end - begin);
    const Handle memory(H5Screate_simple(1, &n, nullptr));
    const auto block = texts_from(type.get(), n, where(), [&](void* data) {
        return H5Dread(id(), type.get(), memory.get(), space.get(), H5P_DEFAULT, data);
    });
    std::vector<std::string> texts(rows.size());
    for (std::size_t i = 0; i < rows.size(); ++i) texts[i] = block[static_cast<std::size_t>(rows[i] - begin)];
    return texts;
}

// ---- groups

bool Group::has(const std::string& path) const {
    if (!path.empty() && path.front() == '/' && path_ != "/") {
        const Handle root(H5Oopen(id(), "/", H5P_DEFAULT));
        std::string sofar;
        for (const auto& part : split(path)) {
            sofar += "/" + part;
            if (H5Lexists(root.get(), sofar.c_str(), H5P_DEFAULT) <= 0) return false;
        }
        return H5Oexists_by_name(root.get(), path.c_str(), H5P_DEFAULT) > 0;
    }
    std::string sofar;
    for (const auto& part : split(path)) {
        sofar += (sofar.empty() ? "" : "/") + part;
        if (H5Lexists(id(), sofar.c_str(), H5P_DEFAULT) <= 0) return false;
        if (H5Oexists_by_name(id(), sofar.c_str(), H5P_DEFAULT) <= 0) return false;
    }
    return true;
}

static H5I_type_t type_of(const Group& group, const std::string& path) {
    if (!group.has(path)) return H5I_BADID;
    const Handle object(H5Oopen(group.id(), path.c_str(), H5P_DEFAULT));
    return H5Iget_type(object.get());
}

bool Group::has_group(const std::string& path) const {
    return type_of(*this, path) == H5I_GROUP;
}
bool Group::has_dataset(const std::string& path) const {
    return type_of(*this, path) == H5I_DATASET;
}

std::vector<std::string> Group::list() const {
    std::vector<std::string> names;
    hsize_t index = 0;
    const auto collect = [](hid_t, const char* name, const H5L_info_t*, void* out) -> herr_t {
        static_cast<std::vector<std::string>*>(out)->emplace_back(name);
        return 0;
    };
    check(H5Literate(id(), H5_INDEX_NAME, H5_ITER_INC, &index, collect, &names), where(), "list the members");
    std::sort(names.begin(), names.end());
    return names;
}

// Says at which part of the path the file stops having what was asked for.
static UserError missing(const Group& group, const std::string& path, const char* what) {
    const auto parts = split(path);
    std::string sofar = !path.empty() && path.front() == '/' ? "/" : ".";
    for (const auto& part : parts) {
        const Handle here(H5Gopen2(group.id(), sofar.c_str(), H5P_DEFAULT));
        if (!here) break;
        if (H5Lexists(here.get(), part.c_str(), H5P_DEFAULT) > 0) {
            sofar += (sofar.back() == '/' ? "" : "/") + part;
            continue;
        }
        std::vector<std::string> names;
        hsize_t index = 0;
        H5Literate(
            here.get(), H5_INDEX_NAME, H5_ITER_INC, &index,
            [](hid_t, const char* name, const H5L_info_t*, void* out) -> herr_t {
                static_cast<std::vector<std::string>*>(out)->emplace_back(name);
                return 0;
            },
            &names);
        const std::string inside = sofar == "."      ? group.path()
                                   : sofar[0] == '/' ? sofar
                                                     : joined(group.path(), sofar.substr(2));
        return UserError(Problem{group.file().string() + ":" + inside, fmt::format("there is no {} '{}'", what, part),
                                 did_you_mean(part, names)});
    }
    return UserError(
        Problem{group.file().string() + ":" + joined(group.path(), path), fmt::format("this is no {}", what), {}});
}

Group Group::group(const std::string& path) const {
    if (!has(path)) throw missing(*this, path, "group");
    auto handle = std::make_shared<Handle>(H5Gopen2(id(), path.c_str(), H5P_DEFAULT));
    if (!*handle) throw missing(*this, path, "group");
    return Group(std::move(handle), file_, joined(path_, path));
}

Dataset Group::dataset(const std::string& path) const {
    if (!has(path)) throw missing(*this, path, "dataset");
    auto handle = std::make_shared<Handle>(H5Dopen2(id(), path.c_str(), H5P_DEFAULT));
    if (!*handle) throw missing(*this, path, "dataset");
    return Dataset(std::move(handle), file_, joined(path_, path));
}

Group Group::create_group(const std::string& path) const {
    if (has(path)) return group(path);
    const Handle links(H5Pcreate(H5P_LINK_CREATE));
    H5Pset_create_intermediate_group(links.get(), 1);
    auto handle = std::make_shared<Handle>(
        check(H5Gcreate2(id(), path.c_str(), links.get(), H5P_DEFAULT, H5P_DEFAULT), where(), "make a group"));
    return Group(std::move(handle), file_, joined(path_, path));
}

static std::shared_ptr<Handle> new_dataset(const Group& group, const std::string& path, hid_t type,
                                           const std::vector<std::int64_t>& shape) {
    const Handle links(H5Pcreate(H5P_LINK_CREATE));
    H5Pset_create_intermediate_group(links.get(), 1);
    const std::vector<hsize_t> dims(shape.begin(), shape.end());
    const Handle space(H5Screate_simple(static_cast<int>(dims.size()), dims.data(), nullptr));
    return std::make_shared<Handle>(
        check(H5Dcreate2(group.id(), path.c_str(), type, space.get(), links.get(), H5P_DEFAULT, H5P_DEFAULT),
              joined(group.where(), path), "make a dataset"));
}

template <class T>
Dataset Group::write(const std::string& path, const std::vector<T>& values, std::vector<std::int64_t> shape) const {
    if (shape.empty()) shape = {static_cast<std::int64_t>(values.size())};
    NGV_ASSERT(product(shape) == values.size());
    Dataset dataset(new_dataset(*this, path, native<T>(), shape), file_, joined(path_, path));
    if (!values.empty())
        check(H5Dwrite(dataset.id(), native<T>(), H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()), dataset.where(),
              "write");
    return dataset;
}

Dataset Group::write_texts(const std::string& path, const std::vector<std::string>& texts) const {
    const Handle type = variable_text_type();
    Dataset dataset(new_dataset(*this, path, type.get(), {static_cast<std::int64_t>(texts.size())}), file_,
                    joined(path_, path));
    std::vector<const char*> pointers(texts.size());
    for (std::size_t i = 0; i < texts.size(); ++i) pointers[i] = texts[i].c_str();
    if (!texts.empty())
        check(H5Dwrite(dataset.id(), type.get(), H5S_ALL, H5S_ALL, H5P_DEFAULT, pointers.data()), dataset.where(),
              "write");
    return dataset;
}

// ---- files

File File::open(const std::filesystem::path& file) {
    prepare_library();
    std::error_code ignored;
    if (!std::filesystem::exists(file, ignored)) {
        std::vector<std::string> names;
        for (const auto& entry :
             std::filesystem::directory_iterator(file.parent_path().empty() ? "." : file.parent_path(), ignored)) {
            names.push_back(entry.path().filename().string());
        }
        const auto nearest = nearest_name(file.filename().string(), names);
        throw UserError(Problem{file.string(), "the file does not exist",
                                nearest.empty() ? "" : "did you mean '" + nearest + "'?"});
    }
    if (H5Fis_hdf5(file.c_str()) <= 0) {
        const auto size = std::filesystem::file_size(file, ignored);
        throw UserError(Problem{file.string(), fmt::format("this is not an HDF5 file ({} bytes)", size),
                                "if it came from Git LFS, run 'git lfs pull'; else make or copy it again"});
    }
    const Handle access(H5Pcreate(H5P_FILE_ACCESS));
    H5Pset_file_locking(access.get(), false, true);  // a file that a run is writing can be looked at
    auto handle = std::make_shared<Handle>(H5Fopen(file.c_str(), H5F_ACC_RDONLY, access.get()));
    if (!*handle) {
        const auto why = reason();
        const bool truncated = why.find("truncated") != std::string::npos;
        throw UserError(Problem{file.string(),
                                (truncated ? "the HDF5 file is truncated: " : "the HDF5 file cannot be opened: ") + why,
                                "copy it again completely, or make it again"});
    }
    return File(std::move(handle), file, "/");
}

File File::create(const std::filesystem::path& file, MPI_Comm comm) {
    prepare_library();
    if (!file.parent_path().empty()) {
        std::error_code ignored;  // H5Fcreate tells
        std::filesystem::create_directories(file.parent_path(), ignored);
    }
    int size = 1;
    MPI_Comm_size(comm, &size);
    const Handle access(H5Pcreate(H5P_FILE_ACCESS));
    H5Pset_file_locking(access.get(), false, true);
    if (size > 1) {
        H5Pset_fapl_mpio(access.get(), comm, MPI_INFO_NULL);
        H5Pset_fclose_degree(access.get(),
                             H5F_CLOSE_STRONG);  // closing must not depend on what one rank has still open
    }
    auto handle = std::make_shared<Handle>(H5Fcreate(file.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, access.get()));
    if (!*handle) {
        throw UserError(Problem{file.string(), "the file cannot be written: " + reason(),
                                "is the folder there, writable, and not full?"});
    }
    return File(std::move(handle), file, "/");
}

void File::flush() const {
    check(H5Fflush(id(), H5F_SCOPE_GLOBAL), where(), "write to disk");
}

void File::close() {
    if (*handle_) check(H5Fclose(handle_->release()), where(), "close");
}

void File::abandon() {
    handle_->release();
}

#define NGV_INSTANTIATE(T)                                                              \
    template std::vector<T> Dataset::read<T>() const;                                   \
    template std::vector<T> Dataset::read_range<T>(std::int64_t, std::int64_t) const;   \
    template std::vector<T> Dataset::read_rows<T>(std::span<const std::int64_t>) const; \
    template std::vector<T> Dataset::read_column<T>(std::int64_t) const;                \
    template Dataset Group::write<T>(const std::string&, const std::vector<T>&, std::vector<std::int64_t>) const;
NGV_INSTANTIATE(double)
NGV_INSTANTIATE(float)
NGV_INSTANTIATE(std::int32_t)
NGV_INSTANTIATE(std::int64_t)
NGV_INSTANTIATE(std::uint8_t)
NGV_INSTANTIATE(std::uint32_t)
NGV_INSTANTIATE(std::uint64_t)

}  // namespace ngv::h5

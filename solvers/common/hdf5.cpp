// Attributes, groups and files; reading datasets is in hdf5_dataset.cpp.
#include <algorithm>

#include "solvers/common/hdf5_detail.hpp"

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

static std::vector<std::string> members(hid_t group, const std::string& where) {
    std::vector<std::string> names;
    hsize_t index = 0;
    const auto collect = [](hid_t, const char* name, const H5L_info_t*, void* out) -> herr_t {
        static_cast<std::vector<std::string>*>(out)->emplace_back(name);
        return 0;
    };
    check(H5Literate(group, H5_INDEX_NAME, H5_ITER_INC, &index, collect, &names), where, "list the members");
    return names;
}

std::vector<std::string> Group::list() const {
    auto names = members(id(), where());
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
        const std::string inside = sofar == "."      ? group.path()
                                   : sofar[0] == '/' ? sofar
                                                     : joined(group.path(), sofar.substr(2));
        return UserError(Problem{group.file().string() + ":" + inside, fmt::format("there is no {} '{}'", what, part),
                                 did_you_mean(part, members(here.get(), group.where()))});
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

#define NGV_INSTANTIATE(T) \
    template Dataset Group::write<T>(const std::string&, const std::vector<T>&, std::vector<std::int64_t>) const;
NGV_H5_NUMBERS(NGV_INSTANTIATE)

}  // namespace ngv::h5

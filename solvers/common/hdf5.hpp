// HDF5 files, thinly: handles that close themselves, columns as std::vector, errors that say which file and what to do.
//
//     auto file = ngv::h5::File::open("nodes.h5");
//     auto x = file.dataset("/nodes/cortex/0/x").read<double>();          // any stored number type is converted
//     auto some = file.dataset("/edges/e/0/delay").read_rows<double>(rows);
//     for (auto& name : file.group("/nodes").list()) ...
//
//     auto out = ngv::h5::File::create("new.h5");
//     out.write("/nodes/cortex/0/x", x);                                   // makes the groups on the way
//     out.set_attribute("magic", 0x0A7A);
//
// T is one of double, float, std::int32_t, std::int64_t, std::uint8_t, std::uint32_t, std::uint64_t.
#pragma once

#include <hdf5.h>
#include <mpi.h>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace ngv::h5 {

/// Owns an hid_t of any kind.
class Handle {
  public:
    Handle() = default;
    explicit Handle(hid_t id) : id_(id) {}
    Handle(Handle&& other) noexcept : id_(std::exchange(other.id_, H5I_INVALID_HID)) {}
    Handle& operator=(Handle&& other) noexcept;
    ~Handle();
    hid_t get() const { return id_; }
    /// Gives up the handle without closing it (a parallel file must not be closed by one rank alone).
    hid_t release() { return std::exchange(id_, H5I_INVALID_HID); }
    explicit operator bool() const { return id_ >= 0; }

  private:
    hid_t id_ = H5I_INVALID_HID;
};

/// What a file, a group and a dataset have in common: attributes, a path, a place for messages.
class Object {
  public:
    hid_t id() const { return handle_->get(); }
    const std::string& path() const { return path_; }
    const std::filesystem::path& file() const { return file_; }
    std::string where() const;  ///< "nodes.h5:/nodes/cortex", for messages

    bool has_attribute(const std::string& name) const;
    std::string text_attribute(const std::string& name) const;  ///< strings of fixed or variable length
    double number_attribute(const std::string& name) const;
    void set_attribute(const std::string& name, const std::string& text) const;
    void set_attribute(const std::string& name, double value) const;
    void set_attribute(const std::string& name, std::int64_t value) const;
    void set_attribute(const std::string& name, int value) const { set_attribute(name, std::int64_t{value}); }
    void set_attribute(const std::string& name, const char* text) const { set_attribute(name, std::string(text)); }

  protected:
    Object(std::shared_ptr<Handle> handle, std::filesystem::path file, std::string path)
        : handle_(std::move(handle)), file_(std::move(file)), path_(std::move(path)) {}
    std::shared_ptr<Handle> handle_;
    std::filesystem::path file_;
    std::string path_;
};

enum class ValueType { integer, floating, text, enumeration, other };

class Dataset : public Object {
  public:
    std::vector<std::int64_t> shape() const;
    std::int64_t rows() const;  ///< first dimension; 1 for a scalar
    ValueType type() const;

    template <class T>
    std::vector<T> read() const;  ///< everything, row by row
    template <class T>
    std::vector<T> read_range(std::int64_t begin, std::int64_t end) const;  ///< rows [begin, end)
    /// The given rows in the given order (repeats allowed); reads no more than needed, in large pieces. Any number of
    /// columns.
    template <class T>
    std::vector<T> read_rows(std::span<const std::int64_t> rows) const;
    /// One column of a two-dimensional dataset.
    template <class T>
    std::vector<T> read_column(std::int64_t column) const;

    std::vector<std::string> read_texts() const;  ///< fixed or variable length strings
    std::vector<std::string> read_texts(std::span<const std::int64_t> rows) const;

  private:
    friend class Group;
    using Object::Object;
};

class Group : public Object {
  public:
    bool has(const std::string& path) const;  ///< a group or dataset below this one, "a/b/c"
    bool has_group(const std::string& path) const;
    bool has_dataset(const std::string& path) const;
    std::vector<std::string> list() const;       ///< names of the members, sorted
    Group group(const std::string& path) const;  ///< UserError with the nearest name if there is none
    Dataset dataset(const std::string& path) const;

    Group create_group(const std::string& path) const;  ///< makes the ones on the way; an existing one is opened
    /// Writes a new dataset; `shape` gives more than one dimension (its product is values.size()).
    template <class T>
    Dataset write(const std::string& path, const std::vector<T>& values, std::vector<std::int64_t> shape = {}) const;
    Dataset write_texts(const std::string& path,
                        const std::vector<std::string>& texts) const;  ///< utf8, variable length

  protected:
    using Object::Object;
};

class File : public Group {
  public:
    /// Opens for reading. UserError for a file that is missing, truncated or no HDF5.
    static File open(const std::filesystem::path& file);
    /// A new file, replacing one that is there. With a communicator of several ranks: parallel; all calls are then
    /// collective.
    static File create(const std::filesystem::path& file, MPI_Comm comm = MPI_COMM_SELF);
    /// Writes what is in memory to disk: after it the file can be read, whatever happens to this process.
    void flush() const;
    /// Collective for a parallel file. Nothing taken from this file may be used afterwards.
    void close();
    /// Lets go of a parallel file that can no longer be closed together (another rank is gone).
    void abandon();

  private:
    using Group::Group;
};

}  // namespace ngv::h5

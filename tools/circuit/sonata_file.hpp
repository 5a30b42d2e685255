// Writes SONATA node and edge files column by column, without timestamps, so that equal data are equal bytes.
//
//     NodeFile nodes("nodes.h5", "neurons", 20);
//     nodes.column("x", x);                              // /nodes/neurons/0/x
//     nodes.text_column("mtype", indices, {"L5_PC"});    // an enumeration with its @library
//
//     EdgeFile edges("edges.h5", "a__b__chemical", "a", "b");
//     edges.add(source, target);
//     edges.column<float>("delay", "ms").add(0.5f);       // grows in pieces; memory holds one piece
//     edges.finish(num_sources, num_targets);             // the two indices
#pragma once

#include <hdf5.h>

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace ngv::circuit {

/// An HDF5 file; groups are made on the way to a dataset.
class PlainFile {
  public:
    explicit PlainFile(const std::filesystem::path& file);
    PlainFile(const PlainFile&) = delete;
    PlainFile& operator=(const PlainFile&) = delete;
    ~PlainFile();

    /// `columns` > 1: a matrix, row by row.
    template <class T>
    void write(const std::string& path, const std::vector<T>& values, std::size_t columns = 1);
    void write_texts(const std::string& path, const std::vector<std::string>& texts);
    void attribute(const std::string& object, const std::string& name, const std::string& text);

    /// An empty dataset of one dimension that grows by append(). `type`: of the file and of the memory.
    void create_growing(const std::string& path, hid_t type);
    void append(const std::string& path, hid_t type, const void* values, std::size_t count);

    hid_t id() const { return file_; }

  private:
    hid_t file_;
    hid_t make_groups_;
};

template <class T>
hid_t native_type();
template <>
inline hid_t native_type<float>() {
    return H5T_NATIVE_FLOAT;
}
template <>
inline hid_t native_type<double>() {
    return H5T_NATIVE_DOUBLE;
}
template <>
inline hid_t native_type<std::int32_t>() {
    return H5T_NATIVE_INT32;
}
template <>
inline hid_t native_type<std::int64_t>() {
    return H5T_NATIVE_INT64;
}
template <>
inline hid_t native_type<std::uint32_t>() {
    return H5T_NATIVE_UINT32;
}
template <>
inline hid_t native_type<std::uint64_t>() {
    return H5T_NATIVE_UINT64;
}

class NodeFile {
  public:
    NodeFile(const std::filesystem::path& file, const std::string& population, std::size_t size);

    template <class T>
    void column(const std::string& name, const std::vector<T>& values, const std::string& unit = {}) {
        file_.write(group_ + "/0/" + name, values);
        if (!unit.empty()) file_.attribute(group_ + "/0/" + name, "units", unit);
    }
    /// values[i] is an index into `library`.
    void text_column(const std::string& name, const std::vector<std::uint32_t>& values,
                     const std::vector<std::string>& library);
    void same_text(const std::string& name, const std::string& text) {
        text_column(name, std::vector<std::uint32_t>(size_, 0), {text});
    }
    /// Texts as they are, one a node.
    void texts(const std::string& name, const std::vector<std::string>& texts) {
        file_.write_texts(group_ + "/0/" + name, texts);
    }

  private:
    PlainFile file_;
    std::string group_;
    std::size_t size_;
};

class EdgeFile {
  public:
    EdgeFile(const std::filesystem::path& file, const std::string& population, const std::string& sources,
             const std::string& targets);

    void add(std::uint64_t source, std::uint64_t target);

    class ColumnBase {
      public:
        virtual ~ColumnBase() = default;
        virtual void flush() = 0;
    };
    template <class T>
    class Column : public ColumnBase {
      public:
        Column(PlainFile& file, std::string path, const bool& declaring)
            : file_(file), path_(std::move(path)), declaring_(declaring) {
            file_.create_growing(path_, native_type<T>());
        }
        void add(T value) {
            if (declaring_) return;
            buffer_.push_back(value);
            if (buffer_.size() == 65536) flush();
        }
        void flush() override {
            if (!buffer_.empty()) file_.append(path_, native_type<T>(), buffer_.data(), buffer_.size());
            buffer_.clear();
        }

      private:
        PlainFile& file_;
        std::string path_;
        const bool& declaring_;
        std::vector<T> buffer_;
    };

    /// Makes the columns that `write_row` writes, without a row: a population without edges has its columns, too.
    template <class WriteRow>
    void declare(WriteRow write_row) {
        declaring_ = true;
        write_row();
        declaring_ = false;
    }

    /// Makes the column when it is first asked for. Every edge adds one value to every column.
    template <class T>
    Column<T>& column(const std::string& name, const std::string& unit = {}) {
        auto& place = columns_[name];
        if (!place) {
            const std::string path = group_ + "/0/" + name;
            place = std::make_unique<Column<T>>(file_, path, declaring_);
            if (!unit.empty()) file_.attribute(path, "units", unit);
        }
        return static_cast<Column<T>&>(*place);
    }
    void attribute(const std::string& column, const std::string& name, const std::string& text) {
        file_.attribute(group_ + "/0/" + column, name, text);
    }

    std::uint64_t size() const { return sources_.size(); }
    /// Edges must have come in order of their targets. Writes what is left, and both indices.
    void finish(std::uint64_t num_sources, std::uint64_t num_targets);

  private:
    void write_index(const std::string& name, const std::vector<std::uint32_t>& nodes, std::uint64_t num_nodes);

    PlainFile file_;
    std::string group_;
    std::vector<std::uint32_t> sources_, targets_;
    bool declaring_ = false;
    std::map<std::string, std::unique_ptr<ColumnBase>> columns_;
};

/// /spikes/<population>, sorted by time.
void write_spikes(const std::filesystem::path& file, const std::string& population,
                  std::vector<std::pair<double, std::uint64_t>> spikes);

}  // namespace ngv::circuit

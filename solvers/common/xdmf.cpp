#include "solvers/common/xdmf.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <numeric>
#include <optional>

#include "ngv/error.hpp"
#include "solvers/common/appendable.hpp"
#include "solvers/common/global_order.hpp"

namespace ngv {

namespace {

constexpr const char* frames_mark = "@frames";  // stands in the XML for the number of frames, which grows

std::string with_frames(const std::string& text, std::int64_t frames) {
    const std::size_t length = std::string_view(frames_mark).size();
    std::string out;
    std::size_t begin = 0;
    for (auto at = text.find(frames_mark); at != std::string::npos; at = text.find(frames_mark, begin)) {
        out.append(text, begin, at - begin).append(std::to_string(frames));
        begin = at + length;
    }
    return out.append(text, begin);
}

std::string escaped(const std::string& text) {
    std::string out;
    for (char c : text) {
        switch (c) {
            case '&':
                out += "&amp;";
                break;
            case '<':
                out += "&lt;";
                break;
            case '>':
                out += "&gt;";
                break;
            case '"':
                out += "&quot;";
                break;
            default:
                out += c;
        }
    }
    return out;
}

}  // namespace

struct XdmfSeries::Impl {
    OwnComm comm;
    std::filesystem::path xdmf_file;
    std::string h5_name;
    h5::File file;
    bool parallel;
    XdmfCells kind;
    std::vector<XdmfField> fields;
    std::size_t local;
    std::int64_t total_points = 0, frames = 0, listed = 0;
    std::optional<BlockExchange> order;
    Appendable time;
    std::vector<Appendable> data;
    std::vector<double> times;
    std::string grids;  // the XML of the frames that are on disk
    FlushClock clock;
    bool open = true;

    Impl(MPI_Comm c, const std::filesystem::path& stem, const XdmfMesh& mesh, std::vector<XdmfField> f, double seconds)
        : comm(c),
          xdmf_file(stem.string() + ".xdmf"),
          h5_name(stem.filename().string() + ".h5"),
          file(h5::File::create(stem.string() + ".h5", comm)),
          parallel(comm.size() > 1),
          kind(mesh.kind),
          fields(std::move(f)),
          local(mesh.cell_ids.size()),
          clock(comm, seconds) {
        file.set_attribute("complete", 0);
        std::vector<OrderKey> keys;
        for (auto id : mesh.cell_ids) keys.push_back({id, 0});
        order.emplace(comm, global_positions(comm, keys));
        write_mesh(mesh);
        time = Appendable(file, parallel, "/time", H5T_IEEE_F64LE, 0, "ms");
        for (const auto& field : fields) {
            data.push_back(
                Appendable(file, parallel, "/fields/" + field.name, H5T_IEEE_F32LE, order->total(), field.unit));
        }
        flush();
    }

    void write_mesh(const XdmfMesh& mesh) {
        const auto corners = static_cast<std::size_t>(mesh.kind);
        NGV_ASSERT(mesh.cells.empty() ? mesh.points.size() == 3 * corners * local
                                      : mesh.cells.size() == corners * local);
        NGV_ASSERT(mesh.point_ids.empty() || mesh.point_ids.size() == mesh.points.size() / 3);
        NGV_ASSERT(mesh.point_ids.empty() || !mesh.cells.empty());
        const auto width = static_cast<std::int64_t>(corners);
        write_blocks(file, parallel, "/cell_ids", H5T_STD_I64LE, {order->total()}, order->block_begin(),
                     order->gather(mesh.cell_ids));

        int shares_points = mesh.point_ids.empty() ? 0 : 1;  // a rank may have no cells
        MPI_Allreduce(MPI_IN_PLACE, &shares_points, 1, MPI_INT, MPI_MAX, comm);
        if (shares_points == 0) {
            // Every cell has its own corners, numbered by the cell's place.
            std::vector<double> corner_points(3 * corners * local);
            for (std::size_t i = 0; i < corners * local; ++i) {
                const auto p = mesh.cells.empty() ? i : static_cast<std::size_t>(mesh.cells[i]);
                std::copy_n(&mesh.points[3 * p], 3, &corner_points[3 * i]);
            }
            total_points = order->total() * width;
            write_blocks(file, parallel, "/points", H5T_IEEE_F32LE, {total_points, 3}, order->block_begin() * width,
                         order->gather(corner_points, static_cast<int>(3 * corners)));
            std::vector<std::int64_t> cells(static_cast<std::size_t>(order->block_size() * width));
            std::iota(cells.begin(), cells.end(), order->block_begin() * width);
            write_blocks(file, parallel, "/cells", H5T_STD_I64LE, {order->total(), width}, order->block_begin(), cells);
            return;
        }
        std::vector<OrderKey> keys;
        for (auto id : mesh.point_ids) keys.push_back({id, 0});
        const auto places = global_positions_merged(comm, keys);
        const BlockExchange point_order(comm, places);
        total_points = point_order.total();
        write_blocks(file, parallel, "/points", H5T_IEEE_F32LE, {total_points, 3}, point_order.block_begin(),
                     point_order.gather(mesh.points, 3));
        std::vector<std::int64_t> cells(mesh.cells.size());
        for (std::size_t i = 0; i < cells.size(); ++i) cells[i] = places[static_cast<std::size_t>(mesh.cells[i])];
        write_blocks(file, parallel, "/cells", H5T_STD_I64LE, {order->total(), width}, order->block_begin(),
                     order->gather(cells, static_cast<int>(width)));
    }

    std::string item(const std::string& dims, const char* type, int precision, const std::string& path) const {
        return fmt::format(
            "<DataItem Dimensions=\"{}\" NumberType=\"{}\" Precision=\"{}\" Format=\"HDF\">{}:{}</DataItem>", dims,
            type, precision, escaped(h5_name), escaped(path));
    }

    void list_frame(std::int64_t t) {
        const auto n = order->total();
        const bool tetrahedra = kind == XdmfCells::tetrahedra;
        grids += fmt::format("   <Grid Name=\"{}\" GridType=\"Uniform\">\n    <Time Value=\"{}\"/>\n", t,
                             times[static_cast<std::size_t>(t)]);
        grids += fmt::format("    <Topology TopologyType=\"{}\" NumberOfElements=\"{}\"{}>{}</Topology>\n",
                             tetrahedra ? "Tetrahedron" : "Polyline", n, tetrahedra ? "" : " NodesPerElement=\"2\"",
                             item(fmt::format("{} {}", n, static_cast<int>(kind)), "Int", 8, "/cells"));
        grids += fmt::format("    <Geometry GeometryType=\"XYZ\">{}</Geometry>\n",
                             item(fmt::format("{} 3", total_points), "Float", 4, "/points"));
        for (const auto& field : fields) {
            const auto label =
                field.unit.empty() || field.unit == "1" ? field.name : field.name + " [" + field.unit + "]";
            grids += fmt::format(
                "    <Attribute Name=\"{}\" AttributeType=\"Scalar\" Center=\"Cell\"><DataItem ItemType=\"HyperSlab\" "
                "Dimensions=\"1 {}\" Type=\"HyperSlab\">"
                "<DataItem Dimensions=\"3 2\" Format=\"XML\">{} 0 1 1 1 {}</DataItem>{}</DataItem></Attribute>\n",
                escaped(label), n, t, n,
                item(fmt::format("{} {}", frames_mark, n), "Float", 4, "/fields/" + field.name));
        }
        grids += "   </Grid>\n";
    }

    // Written beside and renamed, so that a reader never meets half a file.
    void write_xdmf() {
        for (; listed < frames; ++listed) list_frame(listed);
        if (comm.rank() != 0) return;
        const auto beside = xdmf_file.string() + ".tmp";
        {
            std::ofstream out(beside);
            out << "<?xml version=\"1.0\"?>\n<Xdmf Version=\"3.0\">\n <Domain>\n  <Grid Name=\"series\" "
                   "GridType=\"Collection\" CollectionType=\"Temporal\">\n"
                << with_frames(grids, frames) << "  </Grid>\n </Domain>\n</Xdmf>\n";
            if (!out.flush()) throw UserError(Problem{beside, "the file cannot be written", "is the disk full?"});
        }
        std::filesystem::rename(beside, xdmf_file);
    }

    void flush() {
        file.flush();
        write_xdmf();
        clock.reset();
    }
};

XdmfSeries::XdmfSeries(MPI_Comm comm, const std::filesystem::path& stem, const XdmfMesh& mesh,
                       std::vector<XdmfField> fields, double flush_seconds)
    : impl_(std::make_unique<Impl>(comm, stem, mesh, std::move(fields), flush_seconds)) {}
XdmfSeries::XdmfSeries(XdmfSeries&&) noexcept = default;
XdmfSeries& XdmfSeries::operator=(XdmfSeries&&) noexcept = default;

XdmfSeries::~XdmfSeries() {
    if (!impl_ || !impl_->open) return;
    try {
        if (!impl_->parallel) impl_->flush();
    } catch (const std::exception&) {
        // Already failing: what is on disk stays.
    }
    impl_->data.clear();
    impl_->time = {};
    give_up(impl_->file, impl_->parallel);
}

void XdmfSeries::write(double time_ms, const std::vector<std::span<const double>>& values) {
    auto& s = *impl_;
    NGV_ASSERT(s.open && values.size() == s.fields.size());
    for (std::size_t f = 0; f < values.size(); ++f) {
        NGV_ASSERT(values[f].size() == s.local);
        if (s.order->total() > 0)
            s.data[f].append_rows(1, s.order->block_begin(), s.order->block_size(), s.order->gather(values[f]));
    }
    s.time.append(1, 0, std::span<const double>(&time_ms, s.comm.rank() == 0 ? 1 : 0));
    s.times.push_back(time_ms);
    ++s.frames;
    if (s.clock.due()) s.flush();
}

void XdmfSeries::flush() {
    impl_->flush();
}

void XdmfSeries::close() {
    auto& s = *impl_;
    if (!s.open) return;
    s.flush();
    s.file.set_attribute("complete", 1);
    s.data.clear();
    s.time = {};
    s.file.close();
    s.open = false;
}

std::int64_t XdmfSeries::frames() const {
    return impl_->frames;
}

}  // namespace ngv

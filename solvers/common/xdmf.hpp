// A series of fields on tetrahedra or lines that ParaView and VisIt open: <stem>.xdmf (text) and <stem>.h5 (numbers).
//
//     ngv::XdmfSeries tissue(comm, "results/rd/tissue", mesh, {{"K_o", "mM"}, {"Na_o", "mM"}});
//     tissue.write(t_ms, {k, na});     // collective; one value a local cell
//     tissue.close();
//
// Cells are ordered by their global id and points by theirs, so that the files are the same on any number of ranks.
// <stem>.h5: /points [P,3] um, /cells [N,k], /cell_ids [N], /time [T] ms, /fields/<name> [T,N]. Both files are valid
// after each flush.
#pragma once

#include <mpi.h>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace ngv {

enum class XdmfCells : int { lines = 2, tetrahedra = 4 };  ///< corners of a cell

/// This rank's part of the mesh.
struct XdmfMesh {
    XdmfCells kind = XdmfCells::tetrahedra;
    std::vector<std::int64_t> cell_ids = {};  ///< global, unique over all ranks (a cell of several pieces: one id each)
    std::vector<double> points = {};          ///< um, x y z of each local point
    std::vector<std::int64_t> point_ids =
        {};  ///< global id of each local point (the same on all ranks that have it); empty: no shared points
    std::vector<std::int64_t> cells =
        {};  ///< corners of each cell as indices of local points; empty: points are listed cell by cell
};

struct XdmfField {
    std::string name;
    std::string unit;
};

class XdmfSeries {
  public:
    /// Collective. `stem` is the path without ending.
    XdmfSeries(MPI_Comm comm, const std::filesystem::path& stem, const XdmfMesh& mesh, std::vector<XdmfField> fields,
               double flush_seconds = 0.5);
    XdmfSeries(XdmfSeries&&) noexcept;
    XdmfSeries& operator=(XdmfSeries&&) noexcept;
    ~XdmfSeries();

    /// Appends a frame: values[f][c] of field f on local cell c. Collective.
    void write(double time_ms, const std::vector<std::span<const double>>& values);
    void flush();
    void close();

    std::int64_t frames() const;

    struct Impl;

  private:
    std::unique_ptr<Impl> impl_;
};

}  // namespace ngv

// Vessel networks from files. Each rank keeps an equal block of the vessels, in the order of the file.
#pragma once

#include <mpi.h>

#include <filesystem>
#include <string>

#include "solvers/flow/network/vessels.hpp"

namespace ngv::flow {

struct SonataNetwork {
    std::string population;
    Vessels vessels;
};

/// The population of type vasculature of a SONATA circuit, whatever its name; the one called `population` if that is
/// not empty (needed where there are several). Radius: mean of both ends. Collective.
SonataNetwork read_sonata(MPI_Comm comm, const std::filesystem::path& circuit_config,
                          const std::string& population = {});

/// A pair of CSV files with a line of column names. Nodes: x, y, z in um, optionally `node` (id; else the row) and
/// `diameter`. Edges: start_node, end_node, optionally `edge` (id; else the row), radius, length, type. Without a
/// radius the vessel gets the mean of its nodes' radii, without a length their distance. Every rank reads both files
/// and keeps its block. Collective.
Vessels read_csv(MPI_Comm comm, const std::filesystem::path& nodes, const std::filesystem::path& edges);

/// Legacy VTK PolyData, ASCII, of lines (each pair of points along a line is a vessel; junctions are points). Radius from
/// CELL_DATA or POINT_DATA `radius`, or half of `diameter`; types from CELL_DATA `type`. Collective.
Vessels read_vtk(MPI_Comm comm, const std::filesystem::path& file);

/// A vasculature in sections, as MorphIO reads it: /points [n,4] (x, y, z, diameter in um), /structure [s,2] (first
/// point, type), /connectivity. Points of the same place (to 0.001 um) at ends of sections are one junction. Collective.
Vessels read_sections(MPI_Comm comm, const std::filesystem::path& file);

}  // namespace ngv::flow

// Meshes of simple shapes, made by Gmsh in memory: what benchmarks and validation cases run on.
#pragma once

#include <gmsh.h>

#include <cstddef>
#include <functional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "solvers/rd/mesh/tet_mesh.hpp"

namespace ngv::rd {

/// The tetrahedra that Gmsh makes of what `draw` adds to its model, with edges of about `size` um.
inline TetMesh meshed(const std::string& name, double size, const std::function<void()>& draw) {
    gmsh::initialize();
    gmsh::option::setNumber("General.Terminal", 0);
    gmsh::option::setNumber("General.NumThreads", 1);
    gmsh::option::setNumber("Mesh.MeshSizeMax", size);
    gmsh::option::setNumber("Mesh.Algorithm3D", 1);
    gmsh::option::setNumber("Mesh.RandomSeed", 1);
    draw();
    std::vector<std::pair<int, int>> corner_points;  // without a size of their own they get a tenth of the diagonal
    gmsh::model::getEntities(corner_points, 0);
    gmsh::model::mesh::setSize(corner_points, size);
    gmsh::model::mesh::generate(3);
    std::vector<std::size_t> nodes, elements, corners;
    std::vector<double> points, parametric;
    gmsh::model::mesh::getNodes(nodes, points, parametric);
    gmsh::model::mesh::getElementsByType(4, elements, corners);
    gmsh::finalize();

    TetMesh mesh{.name = name};
    std::unordered_map<std::size_t, std::int64_t> index;
    for (std::size_t i = 0; i < nodes.size(); ++i) index.emplace(nodes[i], static_cast<std::int64_t>(i));
    std::vector<std::int64_t> used(nodes.size(), -1);
    for (const auto c : corners) {
        const auto i = static_cast<std::size_t>(index.at(c));
        if (used[i] < 0) {
            used[i] = mesh.num_points();
            mesh.points.insert(mesh.points.end(), &points[3 * i], &points[3 * i] + 3);
        }
        mesh.corners.push_back(used[i]);
    }
    return checked(std::move(mesh));
}

/// The mesh's whole surface as a group.
inline TetMesh with_surface(TetMesh mesh, const std::string& name) {
    const auto neighbours = face_neighbours(mesh);
    std::vector<std::int64_t> faces;
    for (std::size_t f = 0; f < neighbours.size(); ++f)
        if (neighbours[f] < 0) faces.push_back(static_cast<std::int64_t>(f));
    add_surface(mesh, name, faces);
    return mesh;
}

/// A stem of 20 um that forks into two branches of 15 um; its surface is the group `membrane`.
inline TetMesh gmsh_dendrite(double size) {
    return with_surface(meshed("dendrite", size,
                               [&] {
                                   const int stem = gmsh::model::occ::addCylinder(0, 0, 0, 0, 0, 20, 1.0);
                                   const int left = gmsh::model::occ::addCylinder(0, 0, 19.5, 7, 0, 13, 0.7);
                                   const int right = gmsh::model::occ::addCylinder(0, 0, 19.5, -7, 0, 13, 0.7);
                                   std::vector<std::pair<int, int>> out;
                                   std::vector<std::vector<std::pair<int, int>>> map;
                                   gmsh::model::occ::fuse({{3, stem}}, {{3, left}, {3, right}}, out, map);
                                   gmsh::model::occ::synchronize();
                               }),
                        "membrane");
}

inline TetMesh gmsh_box(double lx, double ly, double lz, double size) {
    return meshed("box", size, [&] {
        gmsh::model::occ::addBox(0, 0, 0, lx, ly, lz);
        gmsh::model::occ::synchronize();
    });
}

/// Around the origin; edges of `centre` um there, growing to `size` at the surface.
inline TetMesh gmsh_sphere(double radius, double centre, double size) {
    return meshed("sphere", size, [&] {
        gmsh::model::occ::addSphere(0, 0, 0, radius);
        gmsh::model::occ::synchronize();
        const int field = gmsh::model::mesh::field::add("MathEval");
        gmsh::model::mesh::field::setString(
            field, "F", std::to_string(centre) + "+" + std::to_string((size - centre) / radius) + "*sqrt(x*x+y*y+z*z)");
        gmsh::model::mesh::field::setAsBackgroundMesh(field);
        for (const char* off : {"Mesh.MeshSizeExtendFromBoundary", "Mesh.MeshSizeFromPoints"})
            gmsh::option::setNumber(off, 0);
    });
}

/// Along z, from 0.
inline TetMesh gmsh_cylinder(double radius, double length, double size) {
    return meshed("cylinder", size, [&] {
        gmsh::model::occ::addCylinder(0, 0, 0, 0, 0, length, radius);
        gmsh::model::occ::synchronize();
    });
}

}  // namespace ngv::rd

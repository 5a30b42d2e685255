// Mistakes of a model, of its mesh and of how the two fit, told in one error.
//
//     Mistakes mistakes(problems_of_the_schema);
//     Model model = model_from(config, mistakes.list);
//     mistakes.attempt([&] { output = output_options(config, model); });
//     LocalMesh mesh = mesh_for(comm, file, unit_um, model, output.selections, mistakes);      // throws them all
#pragma once

#include <mpi.h>

#include <filesystem>
#include <vector>

#include "coupler/config/attempt.hpp"
#include "solvers/rd/mesh/local_mesh.hpp"
#include "solvers/rd/model/model.hpp"
#include "solvers/rd/output/selection.hpp"

namespace ngv::rd {

struct Mistakes {
    std::vector<Problem> list = {};

    /// Runs `part`; its UserErrors join the list. False if there was one.
    template <class Part>
    bool attempt(Part&& part) {
        return ngv::attempt(list, part);
    }
    /// Throws one UserError with all of them, each once, if there are any.
    void throw_any() const;
};

/// The mesh, where its groups are what the model says and it has the places that are to be written. Throws one UserError on
/// every rank with `mistakes` and all that the mesh adds to them; the model may be one that was read with mistakes.
/// Collective.
LocalMesh mesh_for(MPI_Comm comm, const std::filesystem::path& file, double unit_um, const Model& model,
                   const std::vector<Selection>& selections, Mistakes& mistakes);

}  // namespace ngv::rd

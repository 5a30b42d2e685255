// The fields of a participant on disk, as they stand before the exchanges of a stop: what it will send, what it received last and
// could not absorb. By element id: any number of ranks reads what any other number wrote.
//
//     "NGV-FLD1" | bytes of the header | proto::FieldStates | first set: ids | its fields: out | in | initial_in | carry | next set ...
//
// Columns that a field does not have are left out. Numbers are doubles and 64-bit integers in the byte order of the machine.
#pragma once

#include <mpi.h>

#include <deque>
#include <filesystem>

#include "ngv/element_set.hpp"
#include "ngv/field.hpp"
#include "ngv/window.hpp"

namespace ngv {

/// Collective. Throws UserError if the file cannot be written.
void write_field_states(MPI_Comm comm, const std::filesystem::path& file, Tick stop, const std::deque<ElementSet>& sets,
                        std::deque<Field>& fields);

/// Collective. Throws UserError for a file that does not fit: other sets, elements, fields, or written at another stop.
void read_field_states(MPI_Comm comm, const std::filesystem::path& file, Tick stop, const std::deque<ElementSet>& sets,
                       std::deque<Field>& fields);

}  // namespace ngv

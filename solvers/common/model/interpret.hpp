// The arithmetic of Tape and SparseLu over eight lanes, compiled for each instruction set; the best one that the machine
// has is picked at run time. All of them give the same bits.
#pragma once

#include <span>

#include "solvers/common/model/sparse_lu.hpp"
#include "solvers/common/model/tape.hpp"

namespace ngv::model {

struct Interpreter {
    const char* name;  ///< of the instruction set
    void (*run)(std::span<const Tape::Instruction> program, double* registers);
    void (*factor)(const SparseLu& lu, double* a);
    void (*solve)(const SparseLu& lu, const double* factors, double* b);
};

const Interpreter& interpreter();

}  // namespace ngv::model

// What a .mod file means: every name with its place, defaults, and how it is reached by users and by the engine.
//
//     PARAMETER in RANGE, ASSIGNED, STATE     -> a column: one value an instance
//     other PARAMETER, GLOBAL, LOCAL of file  -> a global: one value for all instances
//     EXTERNAL name_other                     -> a global of another mechanism, read only
//     ena, ina, nai, nao of USEION            -> the ion's arrays, by node
//     v, t, dt, celsius, diam, area           -> given by the engine
//     CONSTANT, constants of UNITS            -> numbers
//
// As in NEURON: a PARAMETER that is not in RANGE is global, an ASSIGNED that is not in GLOBAL is not.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "solvers/neuron/nmodl/tree.hpp"

namespace ngv::nmodl {

enum class Place {
    column,
    global,
    external,
    ion,
    voltage,
    time,
    step,
    celsius,
    diameter,
    area,
    pointer,
    random,
    object,
    constant
};
enum class IonPart { e, i, in, out };
enum class Role { parameter, assigned, state };

struct Variable {
    std::string name, unit;
    Place place = Place::column;
    int index = 0;  ///< first column, first global, external, ion variable, pointer, random stream, object
    int size = 0;   ///< 0: not an array
    double value = 0, low = -1e300, high = 1e300;
    double legacy = 0;  ///< a constant's value in the older set
    Role role = Role::assigned;
    bool visible = false;   ///< RANGE or STATE: set and recorded by name
    bool settable = false;  ///< a global that is a PARAMETER
    bool read = false, written = false;
    int length() const { return size > 0 ? size : 1; }
};

/// One of e, i, in, out of an ion that this file uses.
struct IonVariable {
    int ion = 0;
    IonPart part = IonPart::e;
    bool read = false, write = false;
    int variable = 0;  ///< in Model::variables
    int column = -1;   ///< of a written current: its own share, by instance
};

struct IonUse {
    std::string name;
    double valence = 0;
    int access = 0;  ///< ngv_ion_access
};

/// A current of this mechanism: ion variable, or a column (nonspecific, electrode).
struct Current {
    int variable = 0;
    int ion_variable = -1;
    bool electrode = false;
};

/// A TABLE: outputs side by side for each of intervals + 1 values of the argument, behind "from" and "intervals / width".
struct TableUse {
    const Routine* routine = nullptr;
    const Table* table = nullptr;
    std::vector<int> outputs;  ///< variables; none: the function itself
    int width = 1;             ///< outputs, elements of arrays counted
    int offset = 0;            ///< in ngv_run::table
    int size() const { return 2 + width * (table->intervals + 1); }
};

struct Model {
    Source source;
    Program program;
    std::vector<Variable> variables;
    std::map<std::string, int> names;
    std::vector<IonUse> ions;
    std::vector<IonVariable> ion_variables;
    std::vector<Current> currents;
    std::map<std::string, const Routine*> routines;
    std::vector<std::string> externals, pointers, randoms, objects;
    int scop_stream = -1;  ///< of `randoms`: the last, where the file calls scop_random and its kin
    int num_columns = 0, num_globals = 0;
    int legacy_global = -1;  ///< index of nrnunit_use_legacy, where a constant differs between the sets
    int num_weights = 0;
    std::vector<TableUse> tables;
    int table_size = 0;
    std::vector<std::string> notes;  ///< what was passed over, as NEURON does
    int table_global = -1;           ///< index of usetable_<name>

    const Variable* find(const std::string& name) const {
        const auto it = names.find(name);
        return it == names.end() ? nullptr : &variables[static_cast<std::size_t>(it->second)];
    }
    const Routine* routine(const std::string& name) const {
        const auto it = routines.find(name);
        return it == routines.end() ? nullptr : it->second;
    }
    [[noreturn]] void fail(Position at, const std::string& what, const std::string& fix = "") const {
        source.fail(at, what, fix);
    }
};

/// Resolves all names. Throws UserError with every mistake that was found.
std::unique_ptr<Model> analyse(Source source, Program program);

/// Name of the stream of an instance that scop_random and its kin draw from.
inline constexpr const char* own_stream = "scop_random";
/// Number of arguments of scop_random, set_seed, exprand, normrand, poisrand; -1 for other names.
int scop_arguments(const std::string& name);

/// Functions of NMODL that take numbers and give one: exp, log, fabs, ... ; number of arguments, or -1.
int builtin_arguments(const std::string& name);

}  // namespace ngv::nmodl

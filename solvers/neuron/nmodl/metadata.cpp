#include "solvers/neuron/nmodl/metadata.hpp"

#include <fmt/format.h>

#include "solvers/neuron/mechanisms/abi.h"
#include "solvers/neuron/nmodl/connection_numbers.hpp"
#include "solvers/neuron/nmodl/print_graph.hpp"
#include "solvers/neuron/nmodl/print_scalar.hpp"

namespace ngv::nmodl {
namespace {

struct Array {
    std::string name, rows;
    int size = 0;
    void add(const std::string& row) {
        rows += "    " + row + ",\n";
        ++size;
    }
    std::string text(const std::string& type) const {
        return size == 0 ? "" : "static const " + type + " " + name + "[] = {\n" + rows + "};\n";
    }
    std::string pointer() const { return size == 0 ? "nullptr" : name; }
};

Array strings(const std::string& name, const std::vector<std::string>& list) {
    Array a{name, "", 0};
    for (const auto& s : list) a.add(literal(s));
    return a;
}

}  // namespace

Metadata print_metadata(const Model& m, const Kernels& kernels, const Exported& exported, int num_watches) {
    Array variables{"variables", "", 0}, globals{"globals", "", 0}, ions{"ions", "", 0}, diffusing{"diffusing", "", 0};
    for (const auto& v : m.variables) {
        int column = v.place == Place::column ? v.index : -1;
        if (v.place == Place::ion) column = m.ion_variables[static_cast<std::size_t>(v.index)].column;
        if (column >= 0) {
            int flags = v.visible ? NGV_VISIBLE : 0;
            for (int i = 0; i < v.length(); ++i) {
                if (kernels.read_columns.contains(column + i)) flags |= NGV_READ;
                if (kernels.written_columns.contains(column + i)) flags |= NGV_WRITTEN;
                if (kernels.kept_columns.contains(column + i)) flags |= NGV_KEPT;
            }
            const bool own_current = v.place == Place::ion;
            variables.add(fmt::format("{{{}, {}, {}, {}, {}, {}, {}, {}, {}}}", literal(v.name), literal(v.unit),
                                      number_text(v.value), number_text(v.low), number_text(v.high),
                                      own_current ? NGV_ASSIGNED : static_cast<int>(v.role), flags, v.length(),
                                      column));
        } else if (v.place == Place::global) {
            globals.add(fmt::format("{{{}, {}, {}, {}, {}, {}}}", literal(v.name), literal(v.unit),
                                    number_text(v.value), v.length(), v.index, v.settable ? 1 : 0));
        }
    }
    for (const auto& i : m.ions)
        ions.add(fmt::format("{{{}, {}, {}}}", literal(i.name), number_text(i.valence), i.access));
    for (const auto c : exported.diffusing) diffusing.add(std::to_string(c));
    const auto pointers = strings("pointers", m.pointers), randoms = strings("randoms", m.randoms),
               objects = strings("objects", m.objects), externals = strings("externals", m.externals);

    std::vector<std::string> function_names;
    std::string cases;
    for (const auto& r : m.program.routines) {
        if (r.kind == Routine::Kind::function_table) {
            cases +=
                fmt::format("        case {}:\n            result = table_{}.set(arguments);\n            break;\n",
                            function_names.size(), r.name);
            function_names.push_back("table_" + r.name);
        }
        if (r.kind != Routine::Kind::function && r.kind != Routine::Kind::procedure &&
            r.kind != Routine::Kind::discrete)
            continue;
        std::string arguments;
        for (std::size_t i = 0; i < r.arguments.size(); ++i) arguments += fmt::format(", arguments[{}]", i);
        cases += fmt::format("        case {}:\n            result = f_{}(q{});\n            break;\n",
                             function_names.size(), r.name, arguments);
        function_names.push_back(r.name);
    }
    const auto functions = strings("functions", function_names);

    Metadata out;
    out.text = variables.text("ngv_variable") + globals.text("ngv_global") + ions.text("ngv_ion_use") +
               diffusing.text("std::int32_t") + pointers.text("char* const") + randoms.text("char* const") +
               objects.text("char* const") + externals.text("char* const") + functions.text("char* const");
    if (functions.size > 0)
        out.text +=
            "static double call(const ngv_run* run, const ngv_group* group, const ngv_set* set, std::int64_t instance, "
            "std::int32_t function, "
            "[[maybe_unused]] const double* arguments) {\n    Instance q(run, group, set, instance);\n    if "
            "(set->node) load_ions(q);\n    double result = 0;\n    switch (function) {\n" +
            cases +
            "        default:\n            break;\n    }\n    if (set->node) store_ions(q);\n    return result;\n}\n";

    bool nonspecific = false, electrode = false;
    for (const auto& c : m.currents) {
        electrode = electrode || c.electrode;
        nonspecific = nonspecific || (c.ion_variable < 0 && !c.electrode);
    }
    const auto phase = [&](Phase p) { return kernels.phases.contains(p) ? std::string(phase_name(p)) : "nullptr"; };
    const auto hook = [&](const std::string& name) { return exported.hooks.contains(name) ? name : "nullptr"; };
    const auto& neuron = m.program.neuron;
    std::string f;
    const auto field = [&](const std::string& name, const std::string& value) {
        f += "    ." + name + " = " + value + ",\n";
    };
    field("name", literal(neuron.name));
    field("source", literal(m.source.path(0).filename().string()));
    field("kind", std::to_string(static_cast<int>(neuron.kind) - 1));
    field("num_columns", std::to_string(m.num_columns + kernels.num_derived));
    field("num_variables", std::to_string(variables.size));
    field("num_globals", std::to_string(globals.size));
    field("num_ions", std::to_string(ions.size));
    field("num_pointers", std::to_string(pointers.size));
    field("num_randoms", std::to_string(randoms.size));
    field("num_objects", std::to_string(objects.size));
    field("num_externals", std::to_string(externals.size));
    field("variables", variables.pointer());
    field("globals", globals.pointer());
    field("ions", ions.pointer());
    field("pointers", pointers.pointer());
    field("randoms", randoms.pointer());
    field("objects", objects.pointer());
    field("externals", externals.pointer());
    field("table_size", std::to_string(m.table_size));
    field("nonspecific", nonspecific ? "1" : "0");
    field("electrode", electrode ? "1" : "0");
    field("num_weights", std::to_string(m.num_weights));
    const auto& received = m.program.net_receive;
    field("shared_numbers", received && arguments_never_change(*received) ? "1" : "0");
    field("num_watches", std::to_string(num_watches));
    field("state_reads_ion_current", kernels.state_reads_ion_current ? "1" : "0");
    field("prepare", hook("prepare"));
    field("derive", kernels.derive ? "derive" : "nullptr");
    field("construct", hook("construct"));
    field("init", hook("init"));
    field("before_breakpoint", phase(Phase::before_breakpoint));
    field("current", phase(Phase::current));
    field("state", phase(Phase::state));
    field("after_solve", phase(Phase::after_solve));
    field("before_step", phase(Phase::before_step));
    field("after_step", phase(Phase::after_step));
    field("destruct", hook("destruct"));
    field("state_current", phase(Phase::state_current));
    field("net_init", hook("net_init"));
    field("net_receive", hook("net_receive"));
    field("watch", hook("watch"));
    field("num_diffusing", std::to_string(diffusing.size));
    field("diffusing_column", diffusing.pointer());
    field("diffusion", hook("diffusion"));
    field("num_functions", std::to_string(functions.size));
    field("functions", functions.pointer());
    field("call", functions.size > 0 ? "call" : "nullptr");
    out.definition = "extern const ngv_mechanism ngv_mechanism_" + neuron.name +
                     ";\nconst ngv_mechanism ngv_mechanism_" + neuron.name + " = {\n" + f + "};\n";
    return out;
}

}  // namespace ngv::nmodl

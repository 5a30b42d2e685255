#include "solvers/neuron/nmodl/generate.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "solvers/neuron/nmodl/kernels.hpp"
#include "solvers/neuron/nmodl/metadata.hpp"
#include "solvers/neuron/nmodl/print_graph.hpp"
#include "solvers/neuron/nmodl/print_scalar.hpp"
#include "solvers/neuron/nmodl/scalar_solve.hpp"

namespace ngv::nmodl {
namespace {

constexpr const char* signature =
    "([[maybe_unused]] const ngv_run* run, [[maybe_unused]] const ngv_group* group, [[maybe_unused]] const ngv_set* "
    "set)";

/// Kernels of more statements than this are computed by halves with AVX2 (simd.hpp): spilled registers then cost more than what two
/// independent halves hide of latency. HH has 70, the kinetic scheme of a sodium channel 600.
constexpr std::ptrdiff_t halves_from = 200;

class Generator {
  public:
    Generator(const Model& m, const Options& o)
        : m_(m),
          kernels_(build_kernels(m, o.arithmetic, o.neuron_slopes)),
          solves_(m, o.arithmetic),
          scalar_(m, o.arithmetic) {
        scalar_.allow_verbatim = o.allow_verbatim;
        scalar_.solve = [&](const Solve& s, Position at) { return solves_.call(s, at); };
    }

    Generated run() {
        const auto& name = m_.program.neuron.name;
        auto functions = print_routines();
        for (const auto& [phase, k] : kernels_.phases) kernel(phase, k);
        if (kernels_.derive) loop("derive", *kernels_.derive);
        initial();
        simple("construct", m_.program.constructor, false);
        simple("destruct", m_.program.destructor, false);
        net_receive();
        diffusion();
        tables();
        std::string text = "// " + m_.source.path(0).filename().string() + ", translated by ngv.\n";
        if (longest_ > halves_from)
            text += "#define NGV_SIMD_HALF  // registers for one half of eight lanes, with AVX2\n";
        text += "#include \"solvers/neuron/nmodl/runtime/runtime.hpp\"\n";
        const auto& routines = m_.program.routines;
        if (!m_.randoms.empty()) text += "#include \"solvers/neuron/nmodl/runtime/random.hpp\"\n";
        if (std::any_of(routines.begin(), routines.end(),
                        [](const Routine& r) { return r.kind == Routine::Kind::function_table; }))
            text += "#include \"solvers/neuron/nmodl/runtime/function_table.hpp\"\n";
        text += "\nnamespace {\nusing namespace ngv::nmodl::runtime;\n\n";
        text += prototypes_ + solves_.prototypes() + ion_access() + functions + solves_.bodies() + text_;
        const auto metadata = print_metadata(m_, kernels_, exported_, scalar_.num_watches);
        text += metadata.text + "}  // namespace\n\n" + metadata.definition;
        return {"ngv_mechanism_" + name, std::move(text), summary()};
    }

  private:
    std::string print_routines() {
        std::string text;
        for (const auto& r : m_.program.routines) {
            if (r.kind == Routine::Kind::function_table) {
                text += print_function_table(r);
                prototypes_ += ScalarPrinter::prototype(r) + ";\n";
                continue;
            }
            if (r.kind != Routine::Kind::function && r.kind != Routine::Kind::procedure &&
                r.kind != Routine::Kind::discrete)
                continue;
            prototypes_ += ScalarPrinter::prototype(r) + ";\n";
            text += scalar_.routine(r);
        }
        return text;
    }

    /// f_<name> of an instance, and f_table_<name> of numbers that graphs call.
    static std::string print_function_table(const Routine& r) {
        const auto table = "table_" + r.name;
        std::string names, numbers, eights;
        for (const auto& a : r.arguments) {
            names += (names.empty() ? "l_" : ", l_") + a.name;
            numbers += (numbers.empty() ? "double l_" : ", double l_") + a.name;
            eights += (eights.empty() ? "V8 l_" : ", V8 l_") + a.name;
        }
        auto text = fmt::format("static FunctionTable {}({});\n", table, r.arguments.size()) +
                    ScalarPrinter::prototype(r) +
                    fmt::format(" {{\n    if ({0}.empty()) q.fail({1});\n    return {0}.at({{{2}}});\n}}\n", table,
                                literal(no_points(table)), names);
        if (r.arguments.size() > 2) return text;
        return text +
               fmt::format(
                   "[[maybe_unused]] static double f_{0}({1}) {{\n    return {0}.at({{{2}}});\n}}\n"
                   "[[maybe_unused]] static V8 f_{0}({3}) {{\n    return each([]({1}) {{ return {0}.at({{{2}}}); }}, "
                   "{2});\n}}\n",
                   table, numbers, names, eights);
    }

    std::string ion_access() const {
        static constexpr const char* parts[] = {"e", "i", "in", "out"};
        std::string load, store;
        for (std::size_t k = 0; k < m_.ion_variables.size(); ++k) {
            const auto& iv = m_.ion_variables[k];
            const auto at = fmt::format("q.set->ion[{0}].{1}[q.node * q.set->ion[{0}].{1}_stride]", iv.ion,
                                        parts[static_cast<int>(iv.part)]);
            if (iv.part != IonPart::i || iv.read) load += fmt::format("    q.ion[{}] = {};\n", k, at);
            if (iv.part != IonPart::i && iv.write) store += fmt::format("    {} = q.ion[{}];\n", at, k);
        }
        if (m_.ion_variables.size() > 16) m_.fail(m_.program.neuron.at, "more than 16 variables of ions");
        return "[[maybe_unused]] static void load_ions([[maybe_unused]] Instance& q) {\n" + load +
               "}\n[[maybe_unused]] static void store_ions([[maybe_unused]] Instance& q) {\n" + store + "}\n\n";
    }

    /// Statements of which some may return early, so that what follows them is still done.
    static std::string returning(const std::string& text) {
        return text.find("return;") == std::string::npos ? text : "    [&] {\n" + text + "    }();\n";
    }

    void kernel(Phase phase, const PhaseKernel& k) {
        const std::string name = phase_name(phase);
        if (!k.graph) return phase == Phase::current ? scalar_current(k) : scalar_kernel(name, k.statements);
        if (!k.tabled) return loop(name, *k.graph);
        rows(name, *k.graph);
        rows(name + "_tabled", *k.tabled);
        text_ += fmt::format(
            "static void {0}{1} {{\n    if (run->global[{2}] != 0)\n        set->aligned ? {0}_tabled_rows<true>(run, "
            "group, set) : {0}_tabled_rows<false>(run, group, set);\n"
            "    else\n        set->aligned ? {0}_rows<true>(run, group, set) : {0}_rows<false>(run, group, "
            "set);\n}}\n\n",
            name, signature, m_.table_global);
    }

    void loop(const std::string& name, const Kernel& k) {
        rows(name, k);
        text_ += "static void " + name + signature + " {\n    set->aligned ? " + name +
                 "_rows<true>(run, group, set) : " + name + "_rows<false>(run, group, set);\n}\n\n";
    }

    /// A graph as a loop over blocks of eight instances, in one of its two layouts.
    void rows(const std::string& name, const Kernel& k) {
        GraphPrinter p(m_, k, Width::eight);
        std::string stores, after, last;
        for (const auto& [slot, n] : k.stores) {
            if (slot.kind == Leaf::Kind::column) {
                p.need_column(slot.index);
                const auto text = p.value(n);
                stores += p.is_own(slot.index)
                              ? fmt::format("        row.set_own(c{0}, {1});\n", slot.index, text)
                              : fmt::format("        row.set_column(c{0}, s{0}, {1});\n", slot.index, text);
            } else if (slot.kind == Leaf::Kind::ion) {
                p.need_ion(slot.index);
                const auto a = GraphPrinter::ion_array(m_.ion_variables[static_cast<std::size_t>(slot.index)]);
                stores += fmt::format("        row.set_ion({0}, {0}_s, {1});\n", a, p.value(n));
            } else if (const auto shared = p.shared_value(n); !shared.empty()) {
                after += fmt::format("    if (set->num_blocks > 0) run->global[{}] = {};\n", slot.index, shared);
            } else {  // as in NEURON a GLOBAL keeps what the last instance made of it
                last += fmt::format("    V8 last{} = broadcast(0);\n", slot.index);
                stores += fmt::format("        if (row.on_bits) last{} = {};\n", slot.index, p.value(n));
                after += fmt::format("    set_last(run->global + {0}, set, last{0});\n", slot.index);
            }
        }
        if (k.rhs >= 0) {
            stores +=
                "        row.add(rhs, 1, -" + p.value(k.rhs) + ");\n        row.add(d, 1, " + p.value(k.d) + ");\n";
        }
        std::string arrays;
        for (const auto& i : k.ions) {
            const auto& iv = m_.ion_variables[static_cast<std::size_t>(i.ion_variable)];
            p.need_ion(i.ion_variable);
            stores += fmt::format("        row.add(ion{0}_i, ion{0}_i_s, {1});\n", iv.ion, p.value(i.current));
            stores += fmt::format("        row.add(ion{0}_didv, ion{0}_didv_s, {1});\n", iv.ion, p.value(i.slope));
            arrays += fmt::format(
                "    double* const ion{0}_didv = set->ion[{0}].didv;\n    const std::int64_t ion{0}_didv_s = "
                "set->ion[{0}].didv_stride;\n",
                iv.ion);
        }
        if (k.rhs >= 0) arrays += "    double* const rhs = group->rhs;\n    double* const d = group->d;\n";
        text_ += "template <bool aligned>\nstatic void " + name + "_rows" + signature + " {\n";
        for (const auto& t : p.function_tables())
            text_ += fmt::format("    if ({}.empty()) return run->host->fail(run->context, set, 0, {});\n", t,
                                 literal(no_points(t)));
        text_ += p.addresses() + arrays + p.shared() + last;
        if (p.can_fail()) text_ += "    bool failed = false;\n";
        text_ +=
            "    const std::int32_t* const nodes = set->node;\n    const std::uint8_t* const mask = set->mask;\n    "
            "const std::int64_t blocks = set->num_blocks;\n";
        text_ +=
            "    for (std::int64_t i = 0; i < blocks * passes; ++i) {\n        const Row<aligned> row(nodes, mask, "
            "i);\n";
        const std::string body = p.body();
        longest_ = std::max(longest_, std::count(body.begin(), body.end(), '\n'));
        text_ += body + stores;
        if (p.can_fail())
            text_ +=
                "        if (failed) {\n            run->host->fail(run->context, set, 8 * row.block, \"an implicit "
                "step did "
                "not converge in one of eight instances\");\n            failed = false;\n        }\n";
        text_ += "    }\n" + after + "}\n\n";
    }

    void scalar_kernel(const std::string& name, const Block& statements) {
        scalar_.unbind_all();
        text_ += "static void " + name + signature +
                 " {\n    for_each_instance(run, group, set, [&](Instance& q) {\n    load_ions(q);\n" +
                 returning(scalar_.block(statements)) + "    store_ions(q);\n    });\n}\n\n";
    }

    /// NEURON's way: the current at v + 0.001 mV and at v.
    void scalar_current(const PhaseKernel& k) {
        scalar_.unbind_all();
        text_ += "static double total_current(Instance& q, double v, [[maybe_unused]] double* each) {\n    q.v = v;\n" +
                 returning(scalar_.block(k.statements));
        std::string sum = "0.0";
        for (std::size_t i = 0; i < m_.currents.size(); ++i) {
            const auto& c = m_.currents[i];
            const auto& v = m_.variables[static_cast<std::size_t>(c.variable)];
            const auto place = scalar_.place({Expression::Kind::name, {}, v.name, "", {}});
            text_ += fmt::format("    each[{}] = {};\n", i, place);
            sum += std::string(c.electrode ? " - " : " + ") + place;
        }
        text_ += "    return " + sum + ";\n}\n";
        text_ += fmt::format(
            "static void current{} {{\n    for_each_instance(run, group, set, [&](Instance& q) {{\n    load_ions(q);\n "
            "   double moved[{}], now[{}];\n",
            signature, m_.currents.size(), m_.currents.size());
        text_ +=
            "    const double v = q.v, at_moved = total_current(q, v + 0.001, moved);\n    q.discontinuities = false;\n"
            "    const double total = total_current(q, v, now);\n";
        text_ += std::string("    const double scale = ") +
                 (m_.program.neuron.kind == NeuronBlock::Kind::point_process ? "100 / q.area()" : "1") + ";\n";
        text_ +=
            "    group->rhs[q.node] -= total * scale;\n    group->d[q.node] += (at_moved - total) / 0.001 * scale;\n";
        for (std::size_t i = 0; i < m_.currents.size(); ++i) {
            if (m_.currents[i].ion_variable < 0) continue;
            const auto& iv = m_.ion_variables[static_cast<std::size_t>(m_.currents[i].ion_variable)];
            text_ += fmt::format(
                "    set->ion[{0}].i[q.node * set->ion[{0}].i_stride] += now[{1}] * scale;\n"
                "    set->ion[{0}].didv[q.node * set->ion[{0}].didv_stride] += (moved[{1}] - now[{1}]) / 0.001 * "
                "scale;\n",
                iv.ion, i);
            if (iv.read) text_ += fmt::format("    q.column({}) = now[{}];\n", iv.column, i);
        }
        text_ += "    store_ions(q);\n    });\n}\n\n";
    }

    void initial() {
        const auto& p = m_.program;
        scalar_.unbind_all();
        std::string body;
        const auto hooks = [&](Hook::When when) {
            for (const auto& h : p.hooks)
                if (h.when == when) body += scalar_.block(h.body);
        };
        hooks(Hook::When::before_initial);
        for (const auto& d : p.states) {
            const auto* v = m_.find(d.name);
            if (v->place != Place::column) continue;
            const auto start = scalar_.place({Expression::Kind::name, d.at, d.name + "0", "", {}});
            for (int i = 0; i < v->length(); ++i) body += fmt::format("    q.column({}) = {};\n", v->index + i, start);
        }
        if (p.initial) body += returning(scalar_.block(*p.initial));
        hooks(Hook::When::after_initial);
        has_initial_ = !body.empty();
        if (!has_initial_) return;
        exported_.hooks.insert("init");
        text_ += std::string("static void init") + signature +
                 " {\n    for_each_instance(run, group, set, [&](Instance& q) {\n    load_ions(q);\n" + body +
                 "    store_ions(q);\n    });\n}\n\n";
    }

    void simple(const std::string& name, const std::optional<Block>& block, bool ions) {
        if (!block) return;
        exported_.hooks.insert(name);
        scalar_.unbind_all();
        text_ += "static void " + name + signature + " {\n    for_each_instance(run, group, set, [&](Instance& q) {\n" +
                 std::string(ions ? "    load_ions(q);\n" : "") + scalar_.block(*block) + "    });\n}\n\n";
    }

    void net_receive() {
        const auto& p = m_.program;
        if (!p.net_receive) return;
        exported_.hooks.insert("net_receive");
        const auto bind = [&] {
            scalar_.unbind_all();
            for (std::size_t i = 0; i < p.net_receive->arguments.size(); ++i)
                scalar_.bind(p.net_receive->arguments[i].name, fmt::format("q.weight[{}]", i));
            scalar_.bind("flag", "flag");
        };
        const std::string arguments =
            "(const ngv_run* run, const ngv_group* group, const ngv_set* set, std::int64_t instance, double* weight";
        const std::string begin =
            " {\n    Instance q(run, group, set, instance);\n    q.weight = weight;\n    load_ions(q);\n";
        bind();
        text_ += "static void net_receive" + arguments + ", [[maybe_unused]] double flag)" + begin +
                 returning(scalar_.block(p.net_receive->body)) + "    store_ions(q);\n}\n\n";
        for (const auto& s : p.net_receive->body) {
            const auto* initial = std::get_if<NetInitial>(&s.is);
            if (!initial) continue;
            exported_.hooks.insert("net_init");
            bind();
            text_ += "static void net_init" + arguments + ")" + begin +
                     "    [[maybe_unused]] const double flag = 0;\n" + scalar_.block(initial->body) + "}\n\n";
        }
        if (scalar_.num_watches == 0) return;
        exported_.hooks.insert("watch");
        text_ +=
            "static double watch(const ngv_run* run, const ngv_group* group, const ngv_set* set, std::int64_t "
            "instance, std::int32_t k) {\n    Instance q(run, group, set, instance);\n    load_ions(q);\n    switch "
            "(k) {\n";
        for (std::size_t k = 0; k < scalar_.watch_conditions.size(); ++k)
            text_ += fmt::format("        case {}:\n            return {};\n", k, scalar_.watch_conditions[k]);
        text_ += "        default:\n            return -1;\n    }\n}\n\n";
    }

    /// LONGITUDINAL_DIFFUSION: D times cross-section and volume per length, as the file gives them.
    void diffusion() {
        int k = 0;
        std::string cases;
        for (const auto& r : m_.program.routines) {
            if (r.kind != Routine::Kind::kinetic) continue;
            for (const auto& s : r.body) {
                const auto* d = std::get_if<Diffusion>(&s.is);
                if (!d) continue;
                for (const auto& name : d->species) {
                    const auto* v = m_.find(name);
                    for (int i = 0; i < v->length(); ++i) {
                        scalar_.unbind_all();
                        if (!d->index.empty()) scalar_.bind(d->index, number_text(i));
                        const auto coefficient = scalar_.expression(d->coefficient);
                        cases += fmt::format(
                            "        case {}:\n            d_area[q.n] = {};\n            volume[q.n] = {};\n          "
                            "  break;\n",
                            k++, coefficient, volume(r, name, i));
                        if (v->place == Place::ion) {
                            const auto& iv = m_.ion_variables[static_cast<std::size_t>(v->index)];
                            if (iv.part != IonPart::in || !iv.write)
                                m_.fail(s.at,
                                        "LONGITUDINAL_DIFFUSION of '" + name + "', which this file does not write",
                                        "what diffuses is a STATE, or a concentration inside that USEION writes");
                            exported_.diffusing.push_back(-1 - iv.ion);
                            continue;
                        }
                        if (v->place != Place::column)
                            m_.fail(s.at, "LONGITUDINAL_DIFFUSION of '" + name + "', which is no STATE");
                        exported_.diffusing.push_back(v->index + i);
                    }
                }
            }
        }
        if (k == 0) return;
        exported_.hooks.insert("diffusion");
        text_ +=
            "static void diffusion(const ngv_run* run, const ngv_group* group, const ngv_set* set, std::int32_t k, "
            "double* d_area, double* volume) {\n    for_each_instance(run, group, set, [&](Instance& q) {\n    "
            "load_ions(q);\n    switch (k) {\n" +
            cases + "        default:\n            break;\n    }\n    });\n}\n\n";
    }

    std::string volume(const Routine& r, const std::string& name, int element) {
        for (const auto& s : r.body) {
            const auto* c = std::get_if<Compartment>(&s.is);
            if (!c || std::find(c->species.begin(), c->species.end(), name) == c->species.end()) continue;
            scalar_.unbind_all();
            if (!c->index.empty()) scalar_.bind(c->index, number_text(element));
            return scalar_.expression(c->volume);
        }
        return "1.0";
    }

    /// Fills tables by calling the functions with an instance that has only defaults.
    void tables() {
        if (m_.tables.empty()) return;
        exported_.hooks.insert("prepare");
        std::string defaults;
        for (const auto& v : m_.variables)
            if (v.place == Place::column && v.value != 0)
                for (int i = 0; i < v.length(); ++i)
                    defaults += fmt::format("    scratch[8 * {}] = {};\n", v.index + i, number_text(v.value));
        text_ += fmt::format(
            "static void prepare(const ngv_run* run) {{\n    alignas(64) static thread_local double scratch[8 * "
            "{0}];\n    for (double& x : scratch) x = 0;\n{1}"
            "    double* columns[{0}];\n    std::int32_t strides[{0}] = {{}};\n    for (int c = 0; c < {0}; ++c) "
            "columns[c] = scratch + 8 * c;\n"
            "    ngv_set set{{}};\n    set.num_blocks = 1;\n    set.column = columns;\n    set.stride = strides;\n    "
            "Instance q(run, nullptr, &set, 0);\n",
            std::max(m_.num_columns, 1), defaults);
        for (const auto& t : m_.tables) {
            scalar_.unbind_all();
            const auto from = scalar_.expression(t.table->from), to = scalar_.expression(t.table->to);
            text_ += fmt::format(
                "    {{\n        double* const table = run->table + {};\n        const double from = {}, step = ({} - "
                "from) / {}.0;\n"
                "        table[0] = from;\n        table[1] = 1 / step;\n        double x = from;\n        for (int i "
                "= 0; i <= {}; x += step, ++i) {{\n"
                "            [[maybe_unused]] const double y = f_{}_computed(q, x);\n",
                t.offset, from, to, t.table->intervals, t.table->intervals, t.routine->name);
            if (t.outputs.empty()) text_ += fmt::format("            table[2 + i] = y;\n");
            int part = 0;
            for (const auto o : t.outputs) {
                const auto& v = m_.variables[static_cast<std::size_t>(o)];
                for (int i = 0; i < v.length(); ++i, ++part)
                    text_ += fmt::format("            table[2 + {} * i + {}] = q.{}({});\n", t.width, part,
                                         v.place == Place::column ? "column" : "global", v.index + i);
            }
            text_ += "        }\n    }\n";
        }
        text_ += "}\n\n";
    }

    Summary summary() const {
        static constexpr const char* kinds[] = {"", "density", "point process", "artificial cell", "functions"};
        Summary s;
        s.file = m_.source.path(0).string();
        s.name = m_.program.neuron.name;
        s.kind = kinds[static_cast<int>(m_.program.neuron.kind)];
        for (const auto& iv : m_.ion_variables) {
            const auto& name = m_.variables[static_cast<std::size_t>(iv.variable)].name;
            if (iv.read) s.reads.push_back(name);
            if (iv.write) s.writes.push_back(name);
        }
        for (const auto& c : m_.currents)
            if (c.ion_variable < 0) s.writes.push_back(m_.variables[static_cast<std::size_t>(c.variable)].name);
        for (const auto& v : m_.variables) {
            if (v.visible) s.exports.push_back(v.name);
            if (v.place == Place::global && v.settable) s.globals.push_back(v.name);
        }
        for (const auto& p : m_.pointers) s.reads.push_back("POINTER " + p);
        for (const auto& x : m_.externals) s.reads.push_back("EXTERNAL " + x);
        s.scalar = m_.notes;
        for (const auto& [phase, k] : kernels_.phases)
            if (k.reason)
                s.scalar.push_back(std::string(phase_name(phase)) + ": " + k.reason->reason +
                                   (k.reason->at.offset > 0 ? " (" + m_.source.where(k.reason->at) + ")" : ""));
        return s;
    }

    const Model& m_;
    Kernels kernels_;
    ScalarSolve solves_;
    ScalarPrinter scalar_;
    Exported exported_;
    std::string prototypes_, text_;
    std::ptrdiff_t longest_ = 0;  ///< statements of a kernel
    bool has_initial_ = false;
};

}  // namespace

Generated generate(const Model& model, const Options& options) {
    return Generator(model, options).run();
}

}  // namespace ngv::nmodl

#include "solvers/neuron/nmodl/model.hpp"

#include <algorithm>
#include <set>

#include "ngv/error.hpp"
#include "solvers/neuron/mechanisms/abi.h"
#include "solvers/neuron/nmodl/check.hpp"
#include "solvers/neuron/nmodl/units.hpp"

namespace ngv::nmodl {

int builtin_arguments(const std::string& name) {
    static const std::map<std::string, int> table{{"exp", 1},   {"log", 1},   {"log10", 1}, {"sqrt", 1}, {"fabs", 1},
                                                  {"abs", 1},   {"sin", 1},   {"cos", 1},   {"tan", 1},  {"asin", 1},
                                                  {"acos", 1},  {"atan", 1},  {"sinh", 1},  {"cosh", 1}, {"tanh", 1},
                                                  {"floor", 1}, {"ceil", 1},  {"pow", 2},   {"fmod", 2}, {"atan2", 2},
                                                  {"expm1", 1}, {"log1p", 1}, {"min", 2},   {"max", 2},  {"trunc", 1}};
    const auto it = table.find(name);
    return it == table.end() ? -1 : it->second;
}

int scop_arguments(const std::string& name) {
    static const std::map<std::string, int> table{
        {"scop_random", 0}, {"set_seed", 1}, {"exprand", 1}, {"normrand", 2}, {"poisrand", 1}};
    const auto it = table.find(name);
    return it == table.end() ? -1 : it->second;
}

namespace {

class Analysis {
  public:
    explicit Analysis(Model& m) : m_(m), p_(m.program), codata_(Constants::codata_2018), legacy_(Constants::legacy) {}

    void run() {
        if (p_.neuron.kind == NeuronBlock::Kind::none)
            m_.fail({}, "this file has no NEURON block with SUFFIX, POINT_PROCESS or ARTIFICIAL_CELL",
                    "name the mechanism: NEURON { SUFFIX name ... }");
        if (p_.neuron.kind == NeuronBlock::Kind::functions) functions_only();
        collect_lists();
        builtins();
        externals();
        ions();
        unit_constants();
        declarations();
        implicit();
        routines();
    }

  private:
    /// SUFFIX nothing: a name of its own, so that a folder may have several such files; what it declares is global.
    void functions_only() {
        if (!p_.neuron.ions.empty() || !p_.neuron.nonspecific.empty() || !p_.neuron.electrode.empty() ||
            p_.breakpoint || p_.net_receive)
            m_.fail(p_.neuron.at,
                    "SUFFIX nothing with currents, BREAKPOINT or NET_RECEIVE: there is nothing that has them",
                    "name the mechanism: SUFFIX name");
        auto& name = m_.program.neuron.name;
        name = "nothing_" + m_.source.path(0).stem().string();
        for (char& c : name)
            if (!std::isalnum(static_cast<unsigned char>(c))) c = '_';
    }

    static std::set<std::string> set_of(const std::vector<Named>& list) {
        std::set<std::string> s;
        for (const auto& n : list) s.insert(n.name);
        return s;
    }
    void collect_lists() {
        range_ = set_of(p_.neuron.range);
        global_ = set_of(p_.neuron.global);
        pointer_ = set_of(p_.neuron.pointer);
        object_ = set_of(p_.neuron.bbcore_pointer);
        random_ = set_of(p_.neuron.random);
    }

    Variable& add(const std::string& name, Place place) {
        m_.names[name] = static_cast<int>(m_.variables.size());
        auto& v = m_.variables.emplace_back();
        v.name = name;
        v.place = place;
        return v;
    }

    void builtins() {
        static const std::pair<const char*, Place> given[]{{"v", Place::voltage},     {"t", Place::time},
                                                           {"dt", Place::step},       {"celsius", Place::celsius},
                                                           {"diam", Place::diameter}, {"area", Place::area}};
        for (const auto& [name, place] : given) add(name, place);
    }

    /// Those that the engine gives anyway (t, celsius) are known.
    void externals() {
        for (const auto& n : p_.neuron.external) {
            if (m_.names.contains(n.name)) continue;
            add(n.name, Place::external).index = static_cast<int>(m_.externals.size());
            m_.externals.push_back(n.name);
        }
    }

    void ions() {
        for (const auto& ion : p_.neuron.ions) {
            const int index = static_cast<int>(m_.ions.size());
            m_.ions.push_back({ion.name, ion.valence.value_or(0), 0});
            for (const auto& n : ion.read) ion_variable(ion, index, n, false);
            for (const auto& n : ion.write) ion_variable(ion, index, n, true);
        }
    }

    void ion_variable(const Ion& ion, int index, const std::string& name, bool write) {
        const std::pair<std::string, IonPart> parts[]{{"e" + ion.name, IonPart::e},
                                                      {"i" + ion.name, IonPart::i},
                                                      {ion.name + "i", IonPart::in},
                                                      {ion.name + "o", IonPart::out}};
        const auto part =
            std::find_if(std::begin(parts), std::end(parts), [&](const auto& p) { return p.first == name; });
        if (part == std::end(parts)) {
            std::vector<std::string> known;
            for (const auto& p : parts) known.push_back(p.first);
            const auto best = nearest_name(name, known);
            m_.fail(ion.at,
                    "'" + name + "' is no variable of the ion " + ion.name +
                        (best.empty() ? "" : ", did you mean '" + best + "'?"),
                    "its variables are e" + ion.name + ", i" + ion.name + ", " + ion.name + "i and " + ion.name + "o");
        }
        const int bit = static_cast<int>(part->second);
        m_.ions[static_cast<std::size_t>(index)].access |= (write ? NGV_WRITE_E : NGV_READ_E) << bit;
        int k = -1;
        if (const auto* v = m_.find(name); v && v->place == Place::ion) k = v->index;
        if (k < 0) {
            k = static_cast<int>(m_.ion_variables.size());
            m_.ion_variables.push_back({index, part->second, false, false, static_cast<int>(m_.variables.size()), -1});
            auto& v = add(name, Place::ion);
            v.index = k;
        }
        auto& iv = m_.ion_variables[static_cast<std::size_t>(k)];
        (write ? iv.write : iv.read) = true;
        if (write && part->second == IonPart::i) {
            iv.column = m_.num_columns++;
            m_.currents.push_back({iv.variable, k, false});
        }
    }

    void unit_constants() {
        for (const auto& u : p_.units) {
            if (u.is_unit) {
                codata_.define(u.name, u.from);
                legacy_.define(u.name, u.from);
                if (!codata_.evaluate(u.name))
                    m_.notes.push_back("the unit (" + u.from + ") is not known (" + m_.source.where(u.at) + ")");
                continue;
            }
            double value = 0, legacy = 0;
            if (u.value) {
                value = legacy = *u.value;
            } else {
                const auto a = codata_.convert(u.from, u.unit), b = legacy_.convert(u.from, u.unit);
                if (!a || !b)
                    m_.fail(u.at,
                            "the constant " + u.name + " cannot be expressed: (" + u.from + ") in (" + u.unit + ")",
                            "both must be known units of the same kind; or write its number: " + u.name + " = 1.5 (" +
                                u.unit + ")");
                value = *a;
                legacy = *b;
            }
            auto& v = add(u.name, Place::constant);
            v.unit = u.unit;
            v.value = value;
            v.legacy = legacy;
        }
    }

    void unique(const Declaration& d) {
        const auto* v = m_.find(d.name);
        if (v && declared_.contains(d.name))
            m_.fail(d.at, "'" + d.name + "' is declared a second time", "keep one of the two");
        declared_.insert(d.name);
    }

    /// Whether the engine or an ion gives this name, so that a declaration only adds its unit.
    bool given(const Declaration& d) {
        const auto it = m_.names.find(d.name);
        if (it == m_.names.end()) return false;
        auto& v = m_.variables[static_cast<std::size_t>(it->second)];
        if (v.place == Place::column || v.place == Place::global) return false;
        if (v.place == Place::constant)
            m_.fail(d.at, "'" + d.name + "' is already a constant of UNITS", "rename one of the two");
        v.unit = d.unit;
        return true;
    }

    void declarations() {
        for (const auto& d : p_.constants) {
            unique(d);
            auto& v = add(d.name, Place::constant);
            v.value = v.legacy = d.value.value_or(0);
            v.unit = d.unit;
        }
        for (const auto& d : p_.parameters) declare(d, Role::parameter);
        for (const auto& d : p_.assigned) declare(d, Role::assigned);
        for (const auto& d : p_.states) declare(d, Role::state);
        for (const auto& l : p_.locals) {
            if (m_.names.contains(l.name))
                m_.fail({}, "LOCAL " + l.name + " of the file is declared a second time", "rename it");
            auto& v = add(l.name, Place::global);
            v.size = l.size;
            place_global(v);
        }
    }

    void place_global(Variable& v) {
        v.index = m_.num_globals;
        m_.num_globals += v.length();
    }
    void place_column(Variable& v) {
        v.index = m_.num_columns;
        m_.num_columns += v.length();
    }

    void declare(const Declaration& d, Role role) {
        unique(d);
        if (given(d)) return state_of_ion(d, role);
        auto& v = add(d.name, Place::column);
        v.unit = d.unit;
        v.size = d.size;
        v.role = role;
        v.value = role == Role::parameter ? d.value.value_or(0) : 0;
        if (role == Role::parameter && d.low) v.low = *d.low;
        if (role == Role::parameter && d.high) v.high = *d.high;
        if (pointer_.contains(d.name)) {
            v.place = Place::pointer;
            v.index = static_cast<int>(m_.pointers.size());
            m_.pointers.push_back(d.name);
        } else if (object_.contains(d.name)) {
            v.place = Place::object;
            v.index = static_cast<int>(m_.objects.size());
            m_.objects.push_back(d.name);
        } else if (random_.contains(d.name)) {
            m_.fail(d.at, "the random stream '" + d.name + "' is declared as a variable too",
                    "RANDOM in NEURON is its declaration: remove this one");
        } else if (global_.contains(d.name) || p_.neuron.kind == NeuronBlock::Kind::functions ||
                   (role == Role::parameter && !range_.contains(d.name))) {
            v.place = Place::global;
            v.settable = role == Role::parameter;
            place_global(v);
        } else {
            v.visible = role == Role::state || range_.contains(d.name);
            place_column(v);
        }
    }

    void state_of_ion(const Declaration& d, Role role) {
        auto& v = m_.variables[static_cast<std::size_t>(m_.names[d.name])];
        if (v.place == Place::ion) v.role = role;
        if (d.size > 0) m_.fail(d.at, "'" + d.name + "' is given by NEURON and cannot be an array", "rename it");
    }

    /// Names that need no declaration: currents, s0 of states, pointers, streams, the choice of tables and constants.
    void implicit() {
        for (const auto& list : {&p_.neuron.nonspecific, &p_.neuron.electrode})
            for (const auto& n : *list) {
                if (!m_.names.contains(n.name)) {
                    auto& v = add(n.name, Place::column);
                    place_column(v);
                }
                if (m_.find(n.name)->place != Place::column)
                    m_.fail(n.at, "the current '" + n.name + "' is not a variable of its own", "declare it ASSIGNED");
                m_.variables[static_cast<std::size_t>(m_.names[n.name])].visible =
                    true;  // as NEURON has it, also without RANGE
                m_.currents.push_back({m_.names[n.name], -1, list == &p_.neuron.electrode});
            }
        for (const auto& n : p_.neuron.pointer)
            if (!m_.names.contains(n.name)) {
                add(n.name, Place::pointer).index = static_cast<int>(m_.pointers.size());
                m_.pointers.push_back(n.name);
            }
        for (const auto& n : p_.neuron.bbcore_pointer)
            if (!m_.names.contains(n.name)) {
                add(n.name, Place::object).index = static_cast<int>(m_.objects.size());
                m_.objects.push_back(n.name);
            }
        for (const auto& n : p_.neuron.random) {
            if (m_.names.contains(n.name))
                m_.fail(n.at, "the random stream '" + n.name + "' is declared as something else too", "rename one");
            add(n.name, Place::random).index = static_cast<int>(m_.randoms.size());
            m_.randoms.push_back(n.name);
        }
        for (const auto& d : p_.states) {
            const auto name = d.name + "0";
            if (m_.names.contains(name)) continue;
            auto& v = add(name, Place::global);
            v.value = d.value.value_or(0);
            v.unit = d.unit;
            v.settable = true;
            place_global(v);
        }
        bool tables = false;
        for (const auto& r : p_.routines)
            for (const auto& s : r.body) tables = tables || std::holds_alternative<Table>(s.is);
        if (tables) {
            const auto name = "usetable_" + p_.neuron.name;
            auto& v = add(name, Place::global);
            v.value = 1;
            v.settable = true;
            m_.table_global = m_.num_globals;
            place_global(v);
        }
        bool differ = false;
        for (const auto& v : m_.variables) differ = differ || (v.place == Place::constant && v.value != v.legacy);
        if (differ) {
            auto& v = add("nrnunit_use_legacy", Place::global);
            v.settable = true;
            m_.legacy_global = m_.num_globals;
            place_global(v);
        }
        for (const auto* list : {&p_.neuron.range, &p_.neuron.global})
            for (const auto& n : *list)
                if (!m_.names.contains(n.name))
                    m_.notes.push_back("'" + n.name + "' is listed in NEURON but declared nowhere" + nearest(n.name) +
                                       " (" + m_.source.where(n.at) + ")");
        for (const auto& n : p_.neuron.range)
            if (const auto it = m_.names.find(n.name); it != m_.names.end()) {
                auto& v = m_.variables[static_cast<std::size_t>(it->second)];
                if (v.place == Place::ion) v.visible = true;
            }
    }

    std::string nearest(const std::string& name) const { return did_you_mean(m_, name); }

    void routines() {
        for (const auto& r : p_.routines) {
            if (m_.names.contains(r.name) && r.kind != Routine::Kind::derivative && r.kind != Routine::Kind::kinetic)
                m_.fail(r.at, "'" + r.name + "' is a variable and a block", "rename one of them");
            if (r.kind == Routine::Kind::function_table && r.arguments.empty())
                m_.fail(r.at, "FUNCTION_TABLE " + r.name + " without an argument", "a constant is a PARAMETER");
            m_.routines[r.name] = &r;
            table(r);
        }
        if (p_.net_receive) {
            m_.num_weights = std::max<int>(1, static_cast<int>(p_.net_receive->arguments.size()));
            if (p_.neuron.kind == NeuronBlock::Kind::density)
                m_.fail(p_.net_receive->at, "NET_RECEIVE in a density mechanism",
                        "events reach POINT_PROCESS and ARTIFICIAL_CELL");
        }
        if (p_.neuron.kind == NeuronBlock::Kind::artificial_cell && !m_.currents.empty())
            m_.fail(p_.neuron.at, "an ARTIFICIAL_CELL with a current", "make it a POINT_PROCESS");
    }

    void table(const Routine& r) {
        for (const auto& s : r.body) {
            const auto* t = std::get_if<Table>(&s.is);
            if (!t) continue;
            if (r.arguments.size() != 1)
                m_.fail(s.at,
                        "TABLE in '" + r.name + "', which has " + std::to_string(r.arguments.size()) + " arguments",
                        "a table has one");
            TableUse use{&r, t, {}, 0, m_.table_size};
            if (t->names.empty() == (r.kind == Routine::Kind::procedure))
                m_.fail(s.at, "TABLE needs the names of what a PROCEDURE computes, and none in a FUNCTION");
            for (const auto& n : t->names) {
                const auto it = m_.names.find(n);
                if (it == m_.names.end()) m_.fail(s.at, "'" + n + "' in TABLE is not declared" + nearest(n));
                const auto& v = m_.variables[static_cast<std::size_t>(it->second)];
                if (v.place != Place::column && v.place != Place::global)
                    m_.fail(s.at, "'" + n + "' cannot be tabulated", "it must be ASSIGNED");
                use.outputs.push_back(it->second);
                use.width += v.length();
            }
            if (use.width == 0) use.width = 1;
            m_.tables.push_back(use);
            m_.table_size += m_.tables.back().size();
        }
    }

    Model& m_;
    const Program& p_;
    Units codata_, legacy_;
    std::set<std::string> range_, global_, pointer_, object_, random_, declared_;
};

}  // namespace

std::unique_ptr<Model> analyse(Source source, Program program) {
    auto model = std::make_unique<Model>();
    model->source = std::move(source);
    model->program = std::move(program);
    Analysis(*model).run();
    for (const auto& name : check_names(*model))
        if (scop_arguments(name) >= 0) model->scop_stream = static_cast<int>(model->randoms.size());
    if (model->scop_stream >= 0) model->randoms.emplace_back(own_stream);
    return model;
}

}  // namespace ngv::nmodl

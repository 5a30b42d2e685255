#include "solvers/neuron/nmodl/verbatim.hpp"

#include <algorithm>
#include <functional>
#include <regex>
#include <set>

#include "solvers/neuron/nmodl/verbatim_c.hpp"

namespace ngv::nmodl {
namespace {

/// C without comments and preprocessor lines.
std::string plain(const std::string& c) {
    std::string text;
    for (std::size_t i = 0; i < c.size(); ++i) {
        if (c.compare(i, 2, "/*") == 0) {
            const auto end = c.find("*/", i + 2);
            i = end == std::string::npos ? c.size() : end + 1;
            text += ' ';
        } else if (c.compare(i, 2, "//") == 0) {
            i = std::min(c.find('\n', i), c.size()) - 1;
        } else {
            text += c[i];
        }
    }
    std::string result;
    bool continued = false;
    for (std::size_t i = 0; i < text.size();) {
        const auto end = std::min(text.find('\n', i), text.size());
        const auto line = text.substr(i, end - i);
        const auto first = line.find_first_not_of(" \t\r");
        const bool directive = continued || (first != std::string::npos && line[first] == '#');
        continued = directive && !line.empty() && line.back() == '\\';
        if (!directive) result += line + "\n";
        i = end + 1;
    }
    return result;
}

bool has(const std::string& text, std::initializer_list<const char*> words) {
    return std::any_of(words.begin(), words.end(), [&](const char* w) { return text.find(w) != std::string::npos; });
}

bool only_return(const std::string& text) {
    return std::regex_match(text, std::regex("[\\s;]*return[\\s(]*[-0-9.]*[\\s)]*;[\\s;]*"));
}
bool nothing(const std::string& text) {
    const auto idle = [](char c) { return std::string(" \t\n\r;{}").find(c) != std::string::npos; };
    return std::all_of(text.begin(), text.end(), idle) &&
           std::count(text.begin(), text.end(), '{') == std::count(text.begin(), text.end(), '}');
}

Expression name(const std::string& n, Position at) {
    return {Expression::Kind::name, at, n, "", {}};
}
Expression call(const std::string& f, std::vector<Expression> arguments, Position at) {
    return {Expression::Kind::call, at, f, "", std::move(arguments)};
}
Expression number(const std::string& n, Position at) {
    return {Expression::Kind::number, at, n, "", {}};
}

class Recogniser {
  public:
    Recogniser(const Source& s, Program& p, bool allow) : source_(s), p_(p), allow_(allow) {}

    std::vector<std::string> run() {
        file_scope();
        find_streams();
        for (auto& r : p_.routines) routine(r);
        if (functions_only()) spread_unwanted();
        std::erase_if(p_.routines, [&](const Routine& r) {
            if (!unwanted_.contains(r.name)) return false;
            if (functions_only() || !called(r.name)) {
                notes_.push_back("'" + r.name + "' is C for NEURON's interpreter and left out (" + source_.where(r.at) +
                                 ")");
                return true;
            }
            return false;
        });
        for (const auto& r : p_.routines)
            if (unwanted_.contains(r.name)) refuse(r.at, "'" + r.name + "' is C in VERBATIM, and the file calls it");
        c_names_.streams = {streams_.begin(), streams_.end()};
        for (const auto& n : p_.neuron.random) c_names_.streams.insert(n.name);
        for (const auto& n : p_.neuron.pointer) c_names_.pointers.insert(n.name);
        for (const auto& r : p_.routines) c_names_.routines.insert(r.name);
        for (auto& r : p_.routines) {
            c_names_.function = r.kind == Routine::Kind::function ? r.name : "";
            statements(r.body, true);
        }
        c_names_.function.clear();
        each_block([&](Block& b, bool whole) { statements(b, whole); });
        declare_vectors();
        return std::move(notes_);
    }

  private:
    /// SUFFIX nothing: no model depends on it, so that what is C is left out and the rest stays.
    bool functions_only() const { return p_.neuron.kind == NeuronBlock::Kind::functions && !allow_; }

    void spread_unwanted() {
        for (std::size_t before = 0; before != unwanted_.size();) {
            before = unwanted_.size();
            for (const auto& r : p_.routines)
                for (const auto& u : std::set(unwanted_))
                    if (calls(r.body, u)) unwanted_.insert(r.name);
        }
    }

    [[noreturn]] void refuse(Position at, const std::string& what) const {
        source_.fail(
            at, what,
            "known: numbers, if, while, for, elements of Vectors, Random123 streams, bbcore_read/write, return. "
            "Write the rest in NMODL "
            "(RANDOM, FUNCTION_TABLE, POINTER), or pass --allow-verbatim to compile the C as it stands");
    }

    void each_block(const std::function<void(Block&, bool)>& f) {
        for (auto& r : p_.routines) f(r.body, true);
        for (auto& h : p_.hooks) f(h.body, true);
        for (auto* b : {&p_.initial, &p_.breakpoint, &p_.constructor, &p_.destructor})
            if (*b) f(**b, true);
        if (p_.net_receive) f(p_.net_receive->body, true);
    }

    static void inner(Statement& s, const std::function<void(Block&)>& f) {
        if (auto* c = std::get_if<If>(&s.is)) f(c->yes), f(c->no);
        if (auto* w = std::get_if<While>(&s.is)) f(w->body);
        if (auto* l = std::get_if<From>(&s.is)) f(l->body);
        if (auto* n = std::get_if<NetInitial>(&s.is)) f(n->body);
        if (auto* n = std::get_if<ForNetcons>(&s.is)) f(n->body);
    }

    /// Outside of blocks: includes, declarations, bbcore_read and bbcore_write. Other functions are code.
    void file_scope() {
        std::vector<Statement> kept;
        for (auto& s : p_.verbatim) {
            const auto text = plain(std::get<Verbatim>(s.is).text);
            const std::regex definition("(\\w+)\\s*\\([^;{}]*\\)\\s*\\{");
            for (auto it = std::sregex_iterator(text.begin(), text.end(), definition); it != std::sregex_iterator();
                 ++it) {
                const auto f = (*it)[1].str();
                if (f.find("bbcore_") != std::string::npos || f == "if" || f == "for" || f == "while" || f == "switch")
                    continue;
                if (functions_only()) break;
                if (!allow_) refuse(s.at, "the C function '" + f + "' in VERBATIM");
                kept.push_back(s);
                break;
            }
        }
        p_.verbatim = std::move(kept);
    }

    void all_verbatim(const Block& b, std::string& text) const {
        for (const auto& s : b) {
            if (const auto* v = std::get_if<Verbatim>(&s.is)) text += plain(v->text) + "\n";
            auto copy = s;
            inner(copy, [&](Block& i) { all_verbatim(i, text); });
        }
    }

    /// Pointers that C uses as Random123 streams become RANDOM.
    void find_streams() {
        std::string text;
        each_block([&](Block& b, bool) { all_verbatim(b, text); });
        for (auto* list : {&p_.neuron.bbcore_pointer, &p_.neuron.pointer})
            for (auto it = list->begin(); it != list->end();) {
                const std::regex use("(nrnran123_State|nrnran123_\\w+|nrn_random_pick|nrn_random_arg)[^;]*_p_" +
                                     it->name + "\\b|_p_" + it->name + "\\b[^;]*nrnran123|_p_" + it->name +
                                     "\\b[^;]*nrn_random");
                if (!std::regex_search(text, use)) {
                    ++it;
                    continue;
                }
                streams_.push_back(it->name);
                p_.neuron.random.push_back(*it);
                const auto n = it->name;
                std::erase_if(p_.assigned, [&](const Declaration& d) { return d.name == n; });
                std::erase_if(p_.parameters, [&](const Declaration& d) { return d.name == n; });
                it = list->erase(it);
            }
    }

    std::string stream_in(const std::string& text) const {
        for (const auto& s : streams_)
            if (text.find("_p_" + s) != std::string::npos) return s;
        return streams_.size() == 1 ? streams_[0] : "";
    }

    void routine(Routine& r) {
        std::string text;
        all_verbatim(r.body, text);
        if (text.empty() || nothing(text) || only_return(text)) return;
        const auto at = r.at;
        const auto stream = stream_in(text);
        const bool creates = has(text, {"newstream", "nrn_random_arg", "nrnran123_setids"});
        if (!stream.empty() && creates) {
            if (r.arguments.empty()) r.arguments = {{"id1", ""}, {"id2", ""}, {"id3", ""}};
            std::vector<Expression> ids{name(stream, at)};
            for (std::size_t i = 0; i < 3; ++i)
                ids.push_back(i < r.arguments.size() ? name(r.arguments[i].name, at) : number("0", at));
            r.body = {{at, Evaluate{call("random_setids", std::move(ids), at)}}};
            return;
        }
        const char* draw = has(text, {"nrnran123_negexp"})                       ? "random_negexp"
                           : has(text, {"nrnran123_normal"})                     ? "random_normal"
                           : has(text, {"nrnran123_dblpick", "nrn_random_pick"}) ? "random_uniform"
                           : has(text, {"nrnran123_ipick"})                      ? "random_ipick"
                                                                                 : nullptr;
        if (!stream.empty() && draw && r.kind == Routine::Kind::function) {
            r.body = {{at, Assign{name(r.name, at), call(draw, {name(stream, at)}, at)}}};
            return;
        }
        if (!allow_ &&
            (functions_only() || has(text, {"ifarg", "getarg", "hoc_", "vector_arg", "bbcore", "deletestream",
                                            "nrnran123_getseq", "nrnran123_set_globalindex"})))
            unwanted_.insert(r.name);
    }

    static bool calls(const Block& body, const std::string& routine) {
        bool found = false;
        const std::function<void(const Expression&)> expression = [&](const Expression& e) {
            found = found || (e.kind == Expression::Kind::call && e.text == routine);
            for (const auto& o : e.operands) expression(o);
        };
        const std::function<void(const Block&)> block = [&](const Block& b) {
            for (const auto& s : b) {
                if (const auto* a = std::get_if<Assign>(&s.is)) expression(a->value);
                if (const auto* e = std::get_if<Evaluate>(&s.is)) expression(e->call);
                if (const auto* c = std::get_if<If>(&s.is)) expression(c->condition);
                if (const auto* w = std::get_if<While>(&s.is)) expression(w->condition);
                if (const auto* v = std::get_if<Solve>(&s.is)) found = found || v->block == routine;
                auto copy = s;
                inner(copy, block);
            }
        };
        block(body);
        return found;
    }
    bool called(const std::string& routine) const {
        bool found = p_.net_receive && calls(p_.net_receive->body, routine);
        for (const auto& r : p_.routines) found = found || (r.name != routine && calls(r.body, routine));
        for (const auto& h : p_.hooks) found = found || calls(h.body, routine);
        for (const auto* b : {&p_.initial, &p_.breakpoint, &p_.constructor, &p_.destructor})
            found = found || (*b && calls(**b, routine));
        return found;
    }

    void statements(Block& b, bool whole) {
        for (auto& s : b) inner(s, [&](Block& in) { statements(in, false); });
        Position first;
        bool c = false;
        for (std::size_t i = 0; i < b.size();) {
            const auto* v = std::get_if<Verbatim>(&b[i].is);
            const auto text = v ? plain(v->text) : "";
            const bool leaves = v && only_return(text) && c_names_.function.empty();
            const bool idle = v && (nothing(text) || (leaves && whole && i + 1 == b.size()) ||
                                    has(text, {"nrnran123_deletestream", "bbcore"}));
            if (idle) {
                b.erase(b.begin() + static_cast<std::ptrdiff_t>(i));
                continue;
            }
            if (leaves) {
                b[i].is = Return{};
            } else if (v && !c) {
                first = b[i].at;
                c = true;
            }
            ++i;
        }
        if (!c) return;
        try {
            b = read_c(b, plain, c_names_);
        } catch (const NotReadable& e) {
            if (!allow_) refuse(first, "C in VERBATIM that has no meaning here: " + e.what);
        }
    }

    /// What the C uses as a Vector is an object that the engine sets, however it is declared.
    void declare_vectors() {
        for (const auto& name : c_names_.vectors) {
            const auto is = [&](const auto& d) { return d.name == name; };
            const auto drop = [&](auto& list) { return std::erase_if(list, is) > 0; };
            auto& objects = p_.neuron.bbcore_pointer;
            const bool pointer = drop(p_.neuron.pointer), declared = drop(p_.assigned) || drop(p_.parameters);
            drop(p_.neuron.range);
            drop(p_.neuron.global);
            if (std::any_of(objects.begin(), objects.end(), is)) continue;
            if (!pointer && !declared)
                refuse(p_.neuron.at, "C in VERBATIM that uses '" + name + "' as a Vector, which is declared nowhere");
            objects.push_back({name, p_.neuron.at});
        }
    }

    const Source& source_;
    Program& p_;
    bool allow_;
    std::vector<std::string> streams_, notes_;
    std::set<std::string> unwanted_;
    CNames c_names_;
};

}  // namespace

std::vector<std::string> recognise_verbatim(const Source& source, Program& program, bool allow) {
    return Recogniser(source, program, allow).run();
}

}  // namespace ngv::nmodl

// The declarative part of BBP's hoc templates. A template is text in procs; what matters stands in a few of them:
//
//     insertChannel, biophys   forsec CellRef.apical { insert Ih  gIhbar_Ih = 1e-5  distribute_distance(CellRef.apical, "..", "..") }
//     geom_nseg, geom_nsec     geom_nseg_fixed(40), or nseg = 2 for section lists
//     init                     which of delete_axon() and replace_axon() is called
//     replace_axon             strength, taper_scale, terminal_diameter; create myelin[1]
//
// Everything else (loading of the morphology, random numbers, bookkeeping) is what the solver does itself.
#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <regex>
#include <sstream>

#include "ngv/error.hpp"
#include "solvers/neuron/cells/cell_description.hpp"

namespace ngv::neuron {

namespace {

/// Comments become spaces, so that places and lines stay.
std::string without_comments(std::string text) {
    for (std::size_t i = 0; i + 1 < text.size(); ++i) {
        if (text[i] == '"') {
            i = text.find('"', i + 1);
            if (i == std::string::npos) break;
            continue;
        }
        if (text[i] != '/' || (text[i + 1] != '/' && text[i + 1] != '*')) continue;
        const bool block = text[i + 1] == '*';
        auto end = block ? text.find("*/", i + 2) : text.find('\n', i);
        end = end == std::string::npos ? text.size() : end + (block ? 2 : 0);
        for (; i < end; ++i)
            if (text[i] != '\n') text[i] = ' ';
    }
    return text;
}

class Template {
  public:
    Template(const std::string& text, const std::string& file) : file_(file), text_(without_comments(text)) {
        std::smatch m;
        if (!std::regex_search(text_, m, std::regex(R"(begintemplate\s+(\w+))")))
            throw UserError(Problem{file_, "there is no 'begintemplate'", "expected the hoc template of a cell"});
        d_.name = m[1];
        d_.where = file_;
    }

    CellDescription read() {
        std::smatch m;
        if (std::regex_search(text_, m, std::regex(d_.name + R"re(_NeededAttributes\s*=\s*"([^"]*)")re"))) {
            std::istringstream names(m[1]);
            for (std::string name; names >> name;) d_.attributes.push_back(name);
        }
        if (std::regex_search(text_, m, std::regex(R"(pointcell\s*=\s*new\s+(\w+)\s*\()"))) {
            d_.point = m[1];
            const std::regex value(R"(pointcell\.(\w+)\s*=\s*([-+.\deE]+))");
            for (std::sregex_iterator it(text_.begin(), text_.end(), value), end; it != end; ++it)
                d_.point_values[(*it)[1]] = std::stod((*it)[2]);
            return d_;
        }
        nseg();
        axon();
        if (std::regex_search(text_, m, std::regex(R"(soma\[0\]\s+distance\(\s*(0\s*,\s*([\d.]+))?\s*\))")))
            d_.distance_from = m[2].matched ? std::stod(m[2]) : 0.0;
        for (const char* proc : {"insertChannel", "biophys"})
            if (const auto [begin, end] = body(proc); begin < end) statements(begin, end, "");
        if (d_.mechanisms.empty())
            throw UserError(Problem{file_, "the template inserts no mechanism in insertChannel() or biophys()", ""});
        return d_;
    }

  private:
    std::string where(std::size_t at) const {
        return fmt::format("{}:{}", file_,
                           1 + std::count(text_.begin(), text_.begin() + static_cast<std::ptrdiff_t>(at), '\n'));
    }

    /// The place after the bracket that closes the one at `open`.
    std::size_t closing(std::size_t open) const {
        int depth = 0;
        for (std::size_t i = open; i < text_.size(); ++i) {
            if (text_[i] == '"') i = text_.find('"', i + 1);
            if (i == std::string::npos) break;
            if (text_[i] == '{') ++depth;
            if (text_[i] == '}' && --depth == 0) return i + 1;
        }
        throw UserError(Problem{where(open), "a '{' is never closed", ""});
    }

    /// What stands between the brackets of a proc; empty if there is none of this name.
    std::pair<std::size_t, std::size_t> body(const std::string& proc) const {
        std::smatch m;
        if (!std::regex_search(text_, m, std::regex("(proc|func)\\s+" + proc + R"(\s*\([^)]*\)\s*\{)"))) return {0, 0};
        const auto open = static_cast<std::size_t>(m.position() + m.length() - 1);
        return {open + 1, closing(open) - 1};
    }
    std::string body_text(const std::string& proc) const {
        const auto [begin, end] = body(proc);
        return text_.substr(begin, end - begin);
    }

    void nseg() {
        std::smatch m;
        const std::string all = body_text("geom_nseg"), count = body_text("geom_nsec"), init = body_text("init");
        if (std::regex_search(all, m, std::regex(R"(geom_nseg_fixed\(\s*([\d.]+)\s*\))"))) {
            d_.nseg = NsegRule::by_length(std::stod(m[1]));
            return;
        }
        d_.nseg = NsegRule::fixed(1);
        const std::regex fixed(R"(forsec\s+(\w+)\s*\{\s*nseg\s*=\s*(\d+))");
        for (std::sregex_iterator it(count.begin(), count.end(), fixed), end; it != end; ++it)
            d_.nseg_of_list[(*it)[1]] = NsegRule::fixed(std::stoi((*it)[2]));
        if (init.find("geom_nseg") != std::string::npos)
            throw UserError(
                Problem{file_, "the rule of geom_nseg() is not understood", "expected geom_nseg_fixed(40)"});
    }

    double constant(const std::string& proc, const std::string& name) const {
        std::smatch m;
        const std::string text = body_text(proc);
        if (!std::regex_search(text, m, std::regex("\\b" + name + R"(\s*=\s*([-+.\deE]+))")))
            throw UserError(Problem{file_, fmt::format("{}() does not set {} to a number", proc, name), ""});
        return std::stod(m[1]);
    }

    void axon() {
        const std::string init = body_text("init");
        std::smatch m;
        if (std::regex_search(init, m, std::regex(R"(\bdelete_axon\(([^)]*)\))"))) {
            if (m[1].length() > 0)
                throw UserError(
                    Problem{file_, "delete_axon() with given diameters is not supported", "expected delete_axon()"});
            d_.axon.kind = AxonRule::Kind::stubs;
        } else if (std::regex_search(init, std::regex(R"(\breplace_axon\()"))) {
            const std::string text = body_text("replace_axon");
            d_.axon.myelin = std::regex_search(text, std::regex(R"(create\s+myelin\[1\])"));
            d_.axon.kind = AxonRule::Kind::segments;
            if (text.find("taper_scale") == std::string::npos) return;
            d_.axon.kind = AxonRule::Kind::taper;
            d_.axon.strength = constant("replace_axon", "strength");
            d_.axon.decay = constant("replace_axon", "taper_scale");
            d_.axon.terminal = constant("replace_axon", "terminal_diameter");
        }
    }

    /// Statements of one section list: insert NAME, NAME = number, nested forsec and distribute_distance.
    void statements(std::size_t begin, std::size_t end, const std::string& list) {
        static const std::regex loop(R"(^(?:forsec\s+)?(?:(?:this|CellRef)\.)?(\w+)\s*\{)");
        static const std::regex insert(R"(^insert\s+(\w+))");
        static const std::regex value(R"(^(\w+)\s*=\s*([-+]?[\d.]+(?:[eE][-+]?\d+)?)(?![\w.]))");
        static const std::regex distribution(
            R"re(^distribute_distance\(\s*(?:this|CellRef)\.(\w+)\s*,\s*"([^"]+)"\s*,\s*"([^"]+)"\s*\))re");
        for (std::size_t at = begin; at < end;) {
            if (std::isspace(static_cast<unsigned char>(text_[at]))) {
                ++at;
                continue;
            }
            std::smatch m;
            const auto from = text_.cbegin() + static_cast<std::ptrdiff_t>(at),
                       to = text_.cbegin() + static_cast<std::ptrdiff_t>(end);
            if (std::regex_search(from, to, m, distribution)) {
                std::string text = m[3];
                int digits = 17;
                for (const auto& [mark, n] : {std::pair{std::string("%.17g"), 17}, {std::string("%g"), 6}})
                    for (auto p = text.find(mark); p != std::string::npos; p = text.find(mark)) {
                        text.replace(p, mark.size(), "distance");
                        digits = n;
                    }
                d_.distributions.push_back({known(m[1], at), m[2], text, digits});
            } else if (list.empty() && std::regex_search(from, to, m, loop)) {
                const std::size_t open = at + static_cast<std::size_t>(m.length()) - 1, close = closing(open);
                statements(open + 1, close - 1, known(m[1] == "soma" ? std::string("somatic") : m[1].str(), at));
                at = close;
                continue;
            } else if (!list.empty() && std::regex_search(from, to, m, insert)) {
                d_.mechanisms.push_back({list, {m[1]}});
            } else if (!list.empty() && std::regex_search(from, to, m, value)) {
                d_.values.push_back({list, m[1], std::stod(m[2])});
            } else {
                const std::string line = text_.substr(at, text_.find('\n', at) - at);
                throw UserError(
                    Problem{where(at), "'" + line + "' is not understood; hoc is read, never executed",
                            "expected insert NAME, NAME = number, forsec LIST {..} or distribute_distance(..)"});
            }
            at += static_cast<std::size_t>(m.length());
        }
    }

    std::string known(const std::string& list, std::size_t at) const {
        const auto& names = section_list_names();
        if (std::find(names.begin(), names.end(), list) == names.end())
            throw UserError(Problem{where(at), "unknown section list '" + list + "'", did_you_mean(list, names)});
        return list;
    }

    std::string file_, text_;
    CellDescription d_;
};

}  // namespace

CellDescription parse_hoc_template(const std::string& text, const std::string& name) {
    return Template(text, name).read();
}

CellDescription read_hoc_template(const std::filesystem::path& file) {
    std::ifstream in(file);
    if (!in || std::filesystem::is_directory(file))
        throw UserError(Problem{file.string(), "the template cannot be read", "check the path"});
    std::stringstream text;
    text << in.rdbuf();
    return parse_hoc_template(text.str(), file.string());
}

}  // namespace ngv::neuron

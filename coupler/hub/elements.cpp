#include "coupler/hub/elements.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "coupler/hub/plan.hpp"
#include "coupler/transport/bytes.hpp"
#include "coupler/transport/tags.hpp"

namespace ngv::hub {

namespace {

const proto::SetDeclaration& declaration(const Guest& guest, const std::string& set) {
    for (const auto& s : guest.hello.sets()) {
        if (s.name() == set) return s;
    }
    throw InternalError("the plan names declared sets", __FILE__, __LINE__);
}

/// Offsets as sent by each piece start anywhere; here they are those of one list.
void join_offsets(ElementSet& set, const std::vector<transport::Piece>& pieces,
                  const std::vector<std::vector<std::int64_t>>& offsets) {
    set.piece_offsets.assign(1, 0);
    for (std::size_t p = 0; p < pieces.size(); ++p) {
        const std::int64_t base = set.piece_offsets.back();
        for (std::size_t i = 1; i < offsets[p].size(); ++i)
            set.piece_offsets.push_back(base + offsets[p][i] - offsets[p][0]);
    }
}

}  // namespace

std::vector<transport::Piece> pieces_here(const Watch& watch, const Guest&, const proto::SetDeclaration& set) {
    auto pieces = transport::pieces({set.elements_of_rank().begin(), set.elements_of_rank().end()}, watch.size());
    std::erase_if(pieces, [&](const transport::Piece& p) { return p.coupler_rank != watch.rank(); });
    return pieces;
}

Homed receive_elements(Watch& watch, const std::vector<std::string>& names) {
    Homed homed;
    transport::Requests requests;
    std::map<std::string, std::vector<std::vector<std::int64_t>>> offsets;
    // Each participant sends its sets in the order of the names that it was given.
    for (const auto& name : names) {
        const Guest& guest = watch.guest(participant_of(name));
        const auto& declared = declaration(guest, set_of(name));
        const auto pieces = pieces_here(watch, guest, declared);
        std::size_t n = 0;
        for (const auto& p : pieces) n += static_cast<std::size_t>(p.size());
        ElementSet& set = homed.sets[name];
        set.name = name;
        set.geometry = static_cast<Geometry>(declared.geometry());
        set.ids.resize(n);
        for (const auto& m : declared.measures()) set.measures[m.name()] = {m.unit(), std::vector<double>(n)};
        for (const auto& r : declared.relations()) set.relations[r].resize(n);
        if (set.geometry == Geometry::lines) offsets[name].resize(pieces.size());
        std::size_t begin = 0;
        for (std::size_t i = 0; i < pieces.size(); ++i) {
            const auto& p = pieces[i];
            const auto size = static_cast<std::size_t>(p.size());
            const auto receive = [&](auto* to, std::size_t count) {
                requests.receive(to, count * sizeof *to, p.solver_rank, transport::tag_elements, guest.other.comm);
            };
            receive(set.ids.data() + begin, size);
            if (set.geometry == Geometry::lines) {
                offsets[name][i].resize(size + 1);
                receive(offsets[name][i].data(), size + 1);
            }
            for (auto& [unused, measure] : set.measures) receive(measure.values.data() + begin, size);
            for (auto& [unused, relation] : set.relations) receive(relation.data() + begin, size);
            begin += size;
        }
        homed.pieces[name] = pieces;
    }
    watch.wait([&] { return requests.done(); }, "the participants' elements");

    for (const auto& name : names) {
        ElementSet& set = homed.sets[name];
        const auto& pieces = homed.pieces[name];
        if (set.geometry == Geometry::lines) join_offsets(set, pieces, offsets[name]);
        const std::size_t per_element = set.geometry == Geometry::tetrahedra ? 12
                                        : set.geometry == Geometry::points   ? 3
                                                                             : 0;
        set.coordinates.resize(set.geometry == Geometry::lines ? 6 * static_cast<std::size_t>(set.piece_offsets.back())
                                                               : per_element * set.ids.size());
        std::size_t begin = 0;
        for (std::size_t i = 0; i < pieces.size(); ++i) {
            const std::size_t count =
                set.geometry == Geometry::lines
                    ? 6 * static_cast<std::size_t>(offsets[name][i].back() - offsets[name][i].front())
                    : per_element * static_cast<std::size_t>(pieces[i].size());
            requests.receive(set.coordinates.data() + begin, count * sizeof(double), pieces[i].solver_rank,
                             transport::tag_elements, watch.guest(participant_of(name)).other.comm);
            begin += count;
        }
    }
    watch.wait([&] { return requests.done(); }, "the participants' coordinates");
    return homed;
}

Box bounding_box(MPI_Comm comm, const ElementSet& set) {
    Box box;
    std::fill_n(box.lower, 3, std::numeric_limits<double>::infinity());
    std::fill_n(box.upper, 3, -std::numeric_limits<double>::infinity());
    for (std::size_t i = 0; i < set.coordinates.size(); ++i) {
        box.lower[i % 3] = std::min(box.lower[i % 3], set.coordinates[i]);
        box.upper[i % 3] = std::max(box.upper[i % 3], set.coordinates[i]);
    }
    MPI_Allreduce(MPI_IN_PLACE, box.lower, 3, MPI_DOUBLE, MPI_MIN, comm);
    MPI_Allreduce(MPI_IN_PLACE, box.upper, 3, MPI_DOUBLE, MPI_MAX, comm);
    return box;
}

std::string Box::text() const {
    return fmt::format("({:.6g}, {:.6g}, {:.6g}) to ({:.6g}, {:.6g}, {:.6g}) um", lower[0], lower[1], lower[2],
                       upper[0], upper[1], upper[2]);
}

}  // namespace ngv::hub

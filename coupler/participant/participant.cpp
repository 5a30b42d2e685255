#include "ngv/participant.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "coupler/participant/impl.hpp"
#include "coupler/transport/signals.hpp"

namespace ngv {

namespace {

UserError wrong(const Participant::Impl& self, const std::string& object, const std::string& what) {
    return UserError(Problem{fmt::format("participant '{}', {}", self.name, object), what, ""});
}

/// Coordinates that one element needs; lines are counted by their pieces.
std::size_t numbers_of(const ElementSet& set) {
    switch (set.geometry) {
        case Geometry::none:
            return 0;
        case Geometry::points:
            return 3 * set.ids.size();
        case Geometry::lines:
            return set.piece_offsets.empty() ? 0 : 6 * static_cast<std::size_t>(set.piece_offsets.back());
        case Geometry::tetrahedra:
            return 12 * set.ids.size();
    }
    return 0;
}

void check(const Participant::Impl& self, const ElementSet& set) {
    const std::string object = fmt::format("element set '{}'", set.name);
    const std::size_t n = set.ids.size();
    if (set.name.empty() || set.name.find('.') != std::string::npos)
        throw wrong(self, object, "a name has no dot and is not empty");
    auto ids = set.ids;
    std::sort(ids.begin(), ids.end());
    const auto twice = std::adjacent_find(ids.begin(), ids.end());
    if (twice != ids.end()) throw wrong(self, object, fmt::format("element {} is declared twice", *twice));
    if (set.geometry == Geometry::lines && n > 0 && set.piece_offsets.size() != n + 1) {
        throw wrong(
            self, object,
            fmt::format("has {} piece_offsets for {} elements, expected {}", set.piece_offsets.size(), n, n + 1));
    }
    if (set.coordinates.size() != numbers_of(set)) {
        throw wrong(
            self, object,
            fmt::format("has {} coordinates for {} elements, expected {}", set.coordinates.size(), n, numbers_of(set)));
    }
    for (const auto& [name, measure] : set.measures) {
        if (measure.values.size() != n)
            throw wrong(self, object,
                        fmt::format("measure '{}' has {} values for {} elements", name, measure.values.size(), n));
    }
    for (const auto& [name, relation] : set.relations) {
        if (relation.size() != n)
            throw wrong(self, object,
                        fmt::format("relation '{}' has {} values for {} elements", name, relation.size(), n));
    }
}

}  // namespace

Participant Participant::join(int& argc, char**& argv, std::string_view name, std::string_view config_digest) {
    auto impl = std::make_unique<Impl>();
    impl->name = name;
    impl->digest = config_digest;
    impl->owns_mpi = start_mpi(&argc, &argv);
    transport::catch_stop_signals();
    if (name == coupler_name)
        throw UserError(Problem{"launch", "'coupler' is the name of the coupler, no solver can have it", ""});
    impl->world = World::join(name, join_limit_s());
    MPI_Comm_rank(impl->world.local, &impl->rank);
    MPI_Comm_size(impl->world.local, &impl->size);
    impl->time.start();
    return Participant(std::move(impl));
}

Participant::Participant(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Participant::Participant(Participant&&) noexcept = default;
Participant& Participant::operator=(Participant&&) noexcept = default;

Participant::~Participant() {
    if (!impl_) return;
    if (impl_->phase != Impl::Phase::finished) impl_->fail("left the run without finish()", ExitCode::internal_error);
    const bool owns_mpi = impl_->owns_mpi;
    impl_.reset();
    if (owns_mpi) MPI_Finalize();
}

MPI_Comm Participant::comm() const {
    return impl_->world.local;
}
int Participant::rank() const {
    return impl_->rank;
}
int Participant::size() const {
    return impl_->size;
}
const std::string& Participant::name() const {
    return impl_->name;
}
Tick Participant::duration() const {
    return impl_->duration;
}

void Participant::add(ElementSet set) {
    NGV_ASSERT(impl_->phase == Impl::Phase::declaring);
    check(*impl_, set);
    if (impl_->find_set(set.name)) throw wrong(*impl_, fmt::format("element set '{}'", set.name), "is added twice");
    impl_->sets.push_back(std::move(set));
}

Field& Participant::output(FieldSpec spec) {
    NGV_ASSERT(spec.kind != Kind::pool);
    return impl_->declare(std::move(spec), Direction::output, Role::contributor);
}

Field& Participant::input(FieldSpec spec) {
    NGV_ASSERT(spec.kind != Kind::pool);
    return impl_->declare(std::move(spec), Direction::input, Role::contributor);
}

Field& Participant::pool(FieldSpec spec, Role role) {
    spec.kind = Kind::pool;
    return impl_->declare(std::move(spec), Direction::both, role);
}

void Participant::summary(const std::string& key, double value) {
    impl_->summary.push_back({key, true, value, {}});
}
void Participant::summary(const std::string& key, const std::string& value) {
    impl_->summary.push_back({key, false, 0, value});
}
void Participant::finish() {
    impl_->finish();
}
void Participant::fail(std::string_view why, ExitCode code) {
    impl_->fail(why, code);
}

ElementSet* Participant::Impl::find_set(const std::string& set) {
    const auto it = std::find_if(sets.begin(), sets.end(), [&](const ElementSet& s) { return s.name == set; });
    return it == sets.end() ? nullptr : &*it;
}

Field::Impl& Participant::Impl::find_field(const std::string& set, const std::string& field) {
    for (auto& f : fields) {
        if (f.spec().name == field && f.spec().set == set) return f.impl();
    }
    throw InternalError("the plan names a field of this participant", __FILE__, __LINE__);
}

Field& Participant::Impl::declare(FieldSpec spec, Direction direction, Role role) {
    NGV_ASSERT(phase == Phase::declaring);
    for (const auto& f : fields) {
        if (f.spec().name == spec.name && f.spec().set == spec.set) {
            throw wrong(*this, fmt::format("field '{}' on '{}'", spec.name, spec.set),
                        "is declared twice; an input and an output need different names");
        }
    }
    auto impl = std::make_unique<Field::Impl>();
    impl->spec = std::move(spec);
    impl->direction = direction;
    impl->role = role;
    return fields.emplace_back(std::move(impl));
}

}  // namespace ngv

// Keeping a participant's state at a cut of the run, and going on from it (schedule/cut.hpp).
#include "control.pb.h"
#include "coupler/participant/field_states.hpp"
#include "coupler/participant/impl.hpp"
#include "coupler/protocol/frame.hpp"
#include "coupler/schedule/cut.hpp"

namespace ngv {

namespace fs = std::filesystem;

void Participant::keep_state(StateCall save, StateCall load) {
    NGV_ASSERT(impl_->phase == Impl::Phase::declaring && save && load);
    impl_->keep.save = std::move(save);
    impl_->keep.load = std::move(load);
}

Tick Participant::begin() const {
    return impl_->begin;
}

fs::path Participant::results() const {
    NGV_ASSERT(impl_->phase != Impl::Phase::declaring);
    return impl_->results / impl_->name;
}

fs::path Participant::Impl::state_file(Tick cut) const {
    return keep.folder / schedule::cut_name(cut) / name;
}

void Participant::Impl::save_state(Tick before) {
    const auto cut = schedule::cut_at(before, itinerary->stop().tick, keep.every, duration);
    if (!cut) return;
    const auto file = state_file(*cut);
    if (is_leader()) fs::create_directories(file.parent_path());
    MPI_Barrier(world.local);
    keep.save(file.string() + ".state");
    write_field_states(world.local, file.string() + ".fields", itinerary->stop().tick, sets, fields);
    MPI_Barrier(world.local);
    if (!is_leader()) return;
    proto::Kept kept;
    kept.set_tick(*cut);
    kept.set_stop(itinerary->stop().tick);
    tell_coupler(protocol::pack(protocol::Type::kept, kept));
}

void Participant::Impl::load_state() {
    const auto file = state_file(resumed);
    read_field_states(world.local, file.string() + ".fields", itinerary->stop().tick, sets, fields);
    keep.load(file.string() + ".state");
}

}  // namespace ngv

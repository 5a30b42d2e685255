#include <algorithm>

#include "coupler/participant/field_impl.hpp"
#include "ngv/error.hpp"

namespace ngv {

void Field::Impl::allocate(std::size_t n) {
    if (sends()) out.assign(n, conserved() ? 0.0 : spec.default_value);
    if (receives()) in.assign(n, conserved() ? 0.0 : spec.default_value);
    covered.assign(n, 0);
    if (spec.kind != Kind::pool) return;
    capacity.assign(n, 0.0);
    (role == Role::keeper ? initial_out : initial_in).assign(n, 0.0);
}

void Field::Impl::grow_old() {
    if (!connected && conserved()) std::fill(out.begin(), out.end(), 0.0);
    if (!fresh) return;
    fresh = false;
    if (conserved()) std::fill(in.begin(), in.end(), 0.0);
}

Field::Field(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Field::~Field() = default;

std::span<double> Field::out() {
    return impl_->out;
}
std::span<const double> Field::in() const {
    return impl_->in;
}
std::span<const double> Field::capacity() const {
    return impl_->capacity;
}
std::span<const double> Field::initial_in() const {
    return impl_->initial_in;
}
std::span<double> Field::initial_out() {
    return impl_->initial_out;
}
std::span<const std::uint8_t> Field::covered() const {
    return impl_->covered;
}
bool Field::connected() const {
    return impl_->connected;
}
bool Field::fresh() const {
    return impl_->fresh;
}
double Field::span_ms() const {
    return impl_->span_ms;
}
const FieldSpec& Field::spec() const {
    return impl_->spec;
}

void Field::carry_over(std::size_t i, double amount) {
    NGV_ASSERT(impl_->conserved() && impl_->receives() && i < impl_->in.size());
    if (impl_->carry.empty()) impl_->carry.assign(impl_->in.size(), 0.0);
    impl_->carry[i] += amount;
}

}  // namespace ngv

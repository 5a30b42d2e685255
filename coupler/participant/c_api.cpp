// The C interface: every function forwards to its C++ counterpart and turns exceptions into a status and a text.
#include <filesystem>
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

#include "ngv/ngv.h"
#include "ngv/participant.hpp"

struct ngv_participant {
    ngv::Participant participant;
    // Sets are declared in several calls, and handed over when the last of them has been made: at ngv_start.
    std::map<std::string, ngv::ElementSet> sets;
    std::string results = {};
};

namespace {

thread_local std::string last_error;

ngv::Field* as_field(ngv_field* field) {
    return reinterpret_cast<ngv::Field*>(field);
}
const ngv::Field* as_field(const ngv_field* field) {
    return reinterpret_cast<const ngv::Field*>(field);
}
ngv_field* as_handle(ngv::Field& field) {
    return reinterpret_cast<ngv_field*>(&field);
}

template <class Call>
int guarded(const Call& call) {
    try {
        return call();
    } catch (const std::exception& error) {
        last_error = error.what();
        return NGV_ERROR;
    }
}

template <class Call>
auto pointer(const Call& call) -> decltype(call()) {
    try {
        return call();
    } catch (const std::exception& error) {
        last_error = error.what();
        return nullptr;
    }
}

template <class T>
T* array(std::span<T> values, size_t* n) {
    if (n) *n = values.size();
    return values.empty() ? nullptr : values.data();
}

ngv::ElementSet& declared(ngv_participant* self, const char* set) {
    const auto it = self->sets.find(set);
    if (it != self->sets.end()) return it->second;
    std::vector<std::string> names;
    for (const auto& [name, unused] : self->sets) names.push_back(name);
    throw ngv::UserError({std::string("element set '") + set + "'", "was not added", ngv::did_you_mean(set, names)});
}

}  // namespace

ngv_participant* ngv_join(int* argc, char*** argv, const char* name, const char* digest) {
    return pointer([&] {
        return new ngv_participant{ngv::Participant::join(*argc, *argv, name, digest ? digest : ""), {}, {}};
    });
}

void ngv_free(ngv_participant* self) {
    delete self;
}

int ngv_rank(const ngv_participant* self) {
    return self->participant.rank();
}
int ngv_size(const ngv_participant* self) {
    return self->participant.size();
}
int ngv_comm_f(const ngv_participant* self) {
    return MPI_Comm_c2f(self->participant.comm());
}

int ngv_add_set(ngv_participant* self, const char* name, int geometry, size_t n, const int64_t* ids,
                const double* coordinates, const int64_t* piece_offsets) {
    return guarded([&] {
        ngv::ElementSet set{.name = name, .geometry = static_cast<ngv::Geometry>(geometry)};
        if (n > 0) set.ids.assign(ids, ids + n);
        size_t numbers = 0;
        if (set.geometry == ngv::Geometry::points) numbers = 3 * n;
        if (set.geometry == ngv::Geometry::tetrahedra) numbers = 12 * n;
        if (set.geometry == ngv::Geometry::lines) {
            set.piece_offsets = piece_offsets ? std::vector<std::int64_t>(piece_offsets, piece_offsets + n + 1)
                                              : std::vector<std::int64_t>(n + 1, 0);
            numbers = 6 * static_cast<size_t>(set.piece_offsets.back());
        }
        if (numbers > 0) set.coordinates.assign(coordinates, coordinates + numbers);
        self->sets[name] = std::move(set);
        return NGV_OK;
    });
}

int ngv_add_measure(ngv_participant* self, const char* set, const char* name, const char* unit, const double* values) {
    return guarded([&] {
        auto& s = declared(self, set);
        s.measures[name] = {unit,
                            s.ids.empty() ? std::vector<double>{} : std::vector<double>(values, values + s.ids.size())};
        return NGV_OK;
    });
}

int ngv_add_relation(ngv_participant* self, const char* set, const char* name, const int64_t* ids) {
    return guarded([&] {
        auto& s = declared(self, set);
        s.relations[name] =
            s.ids.empty() ? std::vector<std::int64_t>{} : std::vector<std::int64_t>(ids, ids + s.ids.size());
        return NGV_OK;
    });
}

ngv_field* ngv_output(ngv_participant* self, const char* name, const char* set, int kind, const char* unit,
                      double default_value) {
    return pointer([&] {
        return as_handle(self->participant.output({name, set, static_cast<ngv::Kind>(kind), unit, default_value}));
    });
}

ngv_field* ngv_input(ngv_participant* self, const char* name, const char* set, int kind, const char* unit,
                     double default_value) {
    return pointer([&] {
        return as_handle(self->participant.input({name, set, static_cast<ngv::Kind>(kind), unit, default_value}));
    });
}

ngv_field* ngv_pool(ngv_participant* self, const char* name, const char* set, const char* unit, int role) {
    return pointer([&] {
        return as_handle(self->participant.pool({name, set, ngv::Kind::pool, unit}, static_cast<ngv::Role>(role)));
    });
}

int ngv_keep_state(ngv_participant* self, ngv_state_call save, ngv_state_call load, void* user) {
    const auto call = [user](ngv_state_call function, const char* what) {
        return [=](const std::filesystem::path& file) {
            if (const int status = function(file.c_str(), user))
                throw std::runtime_error(std::string("the function that ") + what + " the state returned " +
                                         std::to_string(status) + " for " + file.string());
        };
    };
    return guarded([&] {
        self->participant.keep_state(call(save, "saves"), call(load, "loads"));
        return NGV_OK;
    });
}

int64_t ngv_duration(const ngv_participant* self) {
    return self->participant.duration();
}
int64_t ngv_begin(const ngv_participant* self) {
    return self->participant.begin();
}
const char* ngv_results(ngv_participant* self) {
    return pointer([&] {
        self->results = self->participant.results().string();
        return self->results.c_str();
    });
}

int ngv_start(ngv_participant* self) {
    return guarded([&] {
        for (auto& [name, set] : self->sets) self->participant.add(set);
        self->participant.start();
        return NGV_OK;
    });
}

int ngv_next_window(ngv_participant* self, ngv_window* window) {
    return guarded([&] {
        const auto next = self->participant.next_window();
        if (!next) return NGV_END;
        *window = {next->index, next->begin, next->end};
        return NGV_OK;
    });
}

int ngv_summary_number(ngv_participant* self, const char* key, double value) {
    return guarded([&] {
        self->participant.summary(key, value);
        return NGV_OK;
    });
}

int ngv_finish(ngv_participant* self) {
    return guarded([&] {
        self->participant.finish();
        return NGV_OK;
    });
}

int ngv_fail(ngv_participant* self, const char* reason) {
    self->participant.fail(reason, ngv::ExitCode::internal_error);
}

double* ngv_out(ngv_field* field, size_t* n) {
    return array(as_field(field)->out(), n);
}
const double* ngv_in(ngv_field* field, size_t* n) {
    return array(as_field(field)->in(), n);
}
const double* ngv_capacity(ngv_field* field, size_t* n) {
    return array(as_field(field)->capacity(), n);
}
double* ngv_initial_out(ngv_field* field, size_t* n) {
    return array(as_field(field)->initial_out(), n);
}
const double* ngv_initial_in(ngv_field* field, size_t* n) {
    return array(as_field(field)->initial_in(), n);
}
const uint8_t* ngv_covered(const ngv_field* field, size_t* n) {
    return array(as_field(field)->covered(), n);
}
int ngv_carry_over(ngv_field* field, size_t i, double amount) {
    return guarded([&] {
        as_field(field)->carry_over(i, amount);
        return NGV_OK;
    });
}
int ngv_connected(const ngv_field* field) {
    return as_field(field)->connected();
}
int ngv_fresh(const ngv_field* field) {
    return as_field(field)->fresh();
}
double ngv_span_ms(const ngv_field* field) {
    return as_field(field)->span_ms();
}

const char* ngv_last_error(void) {
    return last_error.c_str();
}

/* A solver's way into a coupled run from C, and from any language that calls C. The meaning of every call is that of
 * its C++ counterpart in participant.hpp and field.hpp; this header adds only how errors come back.
 *
 *     ngv_participant* self = ngv_join(&argc, &argv, "mine", NULL);
 *     ngv_add_set(self, "cells", NGV_NONE, n, ids, NULL, NULL);
 *     ngv_field* v = ngv_output(self, "v", "cells", NGV_STATE, "mV", 0.0);
 *     if (ngv_start(self) != NGV_OK) { fprintf(stderr, "%s\n", ngv_last_error()); return ngv_fail(self,
 * ngv_last_error()); } ngv_window window; while (ngv_next_window(self, &window) == NGV_OK) { ... } ngv_finish(self);
 *     ngv_free(self);
 *
 * Functions return NGV_OK, NGV_END or NGV_ERROR (pointers: NULL); after NGV_ERROR, ngv_last_error() tells why, in this
 * thread. */
#ifndef NGV_H
#define NGV_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum ngv_status { NGV_OK = 0, NGV_ERROR = 1, NGV_END = 2 };
enum ngv_geometry { NGV_NONE = 0, NGV_POINTS = 1, NGV_LINES = 2, NGV_TETRAHEDRA = 3 };
enum ngv_kind { NGV_STATE = 0, NGV_AMOUNT = 1, NGV_POOL = 2 };
enum ngv_role { NGV_CONTRIBUTOR = 0, NGV_KEEPER = 1 };

typedef struct ngv_participant ngv_participant;
typedef struct ngv_field ngv_field;
typedef struct {
    int64_t index, begin, end; /* begin and end in ticks of one nanosecond */
} ngv_window;

/* Joins the run as `name`. digest: of the scenario, or NULL. */
ngv_participant* ngv_join(int* argc, char*** argv, const char* name, const char* digest);
void ngv_free(ngv_participant* self);

int ngv_rank(const ngv_participant* self);
int ngv_size(const ngv_participant* self);
/* The communicator of this participant as a Fortran handle: MPI_Comm_f2c() makes it an MPI_Comm again. */
int ngv_comm_f(const ngv_participant* self);

/* Elements of this rank. coordinates: um, in the layout of `geometry`; piece_offsets: n + 1 entries for lines; both may
 * be NULL for NGV_NONE. */
int ngv_add_set(ngv_participant* self, const char* name, int geometry, size_t n, const int64_t* ids,
                const double* coordinates, const int64_t* piece_offsets);
/* A measure or a relation of a set that was added before: n values each. */
int ngv_add_measure(ngv_participant* self, const char* set, const char* name, const char* unit, const double* values);
int ngv_add_relation(ngv_participant* self, const char* set, const char* name, const int64_t* ids);

ngv_field* ngv_output(ngv_participant* self, const char* name, const char* set, int kind, const char* unit,
                      double default_value);
ngv_field* ngv_input(ngv_participant* self, const char* name, const char* set, int kind, const char* unit,
                     double default_value);
ngv_field* ngv_pool(ngv_participant* self, const char* name, const char* set, const char* unit, int role);

/* Optional, before ngv_start: how this participant keeps its state (Participant::keep_state). Each call gets the path of
 * a file that is its own, and `user`; it is made in ngv_next_window, on all ranks, and returns 0, or anything else for a
 * failure, which ends the run. */
typedef int (*ngv_state_call)(const char* file, void* user);
int ngv_keep_state(ngv_participant* self, ngv_state_call save, ngv_state_call load, void* user);

int ngv_start(ngv_participant* self);
/* Known after ngv_start: the run's end and this participant's first stop in ticks (above 0: a resumed run), and the
 * folder for its results, valid as long as the participant. */
int64_t ngv_duration(const ngv_participant* self);
int64_t ngv_begin(const ngv_participant* self);
const char* ngv_results(ngv_participant* self);
/* NGV_OK and the next window; NGV_END when the run is over. */
int ngv_next_window(ngv_participant* self, ngv_window* window);
int ngv_summary_number(ngv_participant* self, const char* key, double value);
int ngv_finish(ngv_participant* self);
/* Ends the whole run with a reason. Does not return. */
int ngv_fail(ngv_participant* self, const char* reason);

/* Arrays of a field: n values each, or NULL with n = 0 where a field has none. Valid from ngv_start on; they never
 * move. */
double* ngv_out(ngv_field* field, size_t* n);
const double* ngv_in(ngv_field* field, size_t* n);
const double* ngv_capacity(ngv_field* field, size_t* n);
double* ngv_initial_out(ngv_field* field, size_t* n);
const double* ngv_initial_in(ngv_field* field, size_t* n);
/* 1 where an element of the partner maps to element i, else 0. */
const uint8_t* ngv_covered(const ngv_field* field, size_t* n);
/* Element i could not absorb `amount` of ngv_in (amounts and pools): it comes again with the next exchange. */
int ngv_carry_over(ngv_field* field, size_t i, double amount);
int ngv_connected(const ngv_field* field);
int ngv_fresh(const ngv_field* field);
double ngv_span_ms(const ngv_field* field);

const char* ngv_last_error(void);

#ifdef __cplusplus
}
#endif

#endif

/* The contract between the neuron-solver and compiled mechanisms (.mod files): plain C, versioned, no types of either side.
 *
 * Cells are simulated in groups of eight, one cell a lane. A group's nodes are rows of eight; node number = 8 * row + lane:
 *
 *              lane 0   1   2   3   4   5   6   7
 *     row 0   [soma of cell 0 | soma of cell 1 | ...]        v, rhs, d, area, ion arrays: one double a node, 64-byte
 *     row 1   [ ... ]                                        aligned rows; a row is one AVX-512 register
 *
 * A *set* is all instances of one mechanism in one group, in blocks of eight. Two layouts:
 *     aligned   block b is one row of the group: node[8 b + l] = node[8 b] + l. Loads are contiguous. Lanes whose cell does not
 *               have the mechanism there are switched off in mask[b]; they compute (with the values of a real instance), and
 *               their results go nowhere.
 *     gathered  any nodes, sorted by node; several instances may share a node (point processes). Contributions are added in
 *               order of instances, one by one. The last block is padded with instances that mask[] switches off.
 *
 * A variable of an instance lives in a column: value of instance n of column c is column[c][(n / 8) * stride[c] + n % 8]. stride
 * is 8, or 0 where all instances share one value (eight copies are stored; a kernel that writes needs stride 8 unless nobody reads
 * the column: then all blocks write the same scratch line). The engine decides this at build time, variable by variable.
 *
 * Order of a step (NEURON's, Carnevale & Hines 2006): before_breakpoint, current of every mechanism, solve, v += dv, state of every
 * mechanism, after_solve. Units are NEURON's: mV, ms, mA/cm2 (density) or nA (point process), S/cm2, uF/cm2, um, um2, mM.
 */
#ifndef NGV_MECHANISM_ABI_H
#define NGV_MECHANISM_ABI_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define NGV_MECHANISM_ABI 3 /* a catalogue of another number is refused by name */
#define NGV_LANES 8

enum ngv_mechanism_kind { NGV_DENSITY = 0, NGV_POINT_PROCESS = 1, NGV_ARTIFICIAL_CELL = 2, NGV_FUNCTIONS = 3 /* SUFFIX nothing */ };
enum ngv_variable_role { NGV_PARAMETER = 0, NGV_ASSIGNED = 1, NGV_STATE = 2 };
enum ngv_variable_flags {
    NGV_VISIBLE = 1, /* RANGE: can be set and recorded by name */
    NGV_READ = 2,    /* a kernel or event handler reads it before writing it */
    NGV_WRITTEN = 4, /* a kernel or event handler writes it */
    NGV_KEPT = 8     /* derive() reads it: who sets it calls derive() again */
};

/* One value (or array) of every instance: columns [column, column + length). */
typedef struct ngv_variable {
    const char* name;
    const char* unit; /* as written in the file; "" where none */
    double value;     /* default */
    double low, high; /* limits written in the file; -1e300, 1e300 where none */
    int32_t role, flags, length, column;
} ngv_variable;

/* A GLOBAL: one value for all instances, ngv_run::global[index ...]. */
typedef struct ngv_global {
    const char* name;
    const char* unit;
    double value;
    int32_t length, index;
    int32_t settable; /* PARAMETER: 1; ASSIGNED that kernels compute: 0 */
} ngv_global;

enum ngv_ion_access {
    NGV_READ_E = 1, NGV_READ_I = 2, NGV_READ_IN = 4, NGV_READ_OUT = 8,
    NGV_WRITE_E = 16, NGV_WRITE_I = 32, NGV_WRITE_IN = 64, NGV_WRITE_OUT = 128
};

typedef struct ngv_ion_use {
    const char* ion;  /* "na" */
    double valence;   /* from VALENCE; 0 where the file gives none */
    int32_t access;   /* ngv_ion_access bits */
} ngv_ion_use;

/* Arrays of one ion in one group, by node; value of node n is array[n * stride] with stride 1, or 0 where one value serves all nodes:
 * then eight copies are stored, 64-byte aligned, so that a row is read and written as rows are everywhere. Arrays that no mechanism
 * reads and no report needs may be scratch with stride 0 (eight doubles that rows overwrite). */
typedef struct ngv_ion_view {
    double *e, *in, *out, *i, *didv; /* mV, mM, mM, mA/cm2, S/cm2 (sums over mechanisms) */
    int32_t e_stride, in_stride, out_stride, i_stride, didv_stride;
    double valence;
} ngv_ion_view;

/* One group of eight cells. */
typedef struct ngv_group {
    int64_t num_nodes; /* multiple of 8 */
    const double* v;
    double *rhs, *d; /* mA/cm2 and S/cm2 of the node's area: rhs -= i, d += di/dv */
    const double *area, *diam; /* um2, um */
} ngv_group;

/* All instances of one mechanism in one group. */
typedef struct ngv_set {
    int64_t num_instances; /* without padding (aligned: 8 * num_blocks) */
    int64_t num_blocks;
    int32_t aligned;
    const int32_t* node;     /* [8 num_blocks]; artificial cells: NULL */
    const uint8_t* mask;     /* [num_blocks], bit l: lane l counts; NULL: all do */
    double* const* column;   /* 64-byte aligned */
    const int32_t* stride;
    const ngv_ion_view* ion; /* in the order of ngv_mechanism::ions */
    double** pointer;        /* [num_pointers][8 num_blocks]: what a POINTER points at */
    uint32_t* random;        /* [num_randoms][8 num_blocks][5]: id1, id2, id3, sequence (counter), which of its 4 outputs is next */
    void** object;           /* [num_objects][8 num_blocks]: BBCOREPOINTER slots and Vector arguments (ngv_vector*) */
    int64_t id;              /* the engine's; handed back in host calls */
} ngv_set;

/* A Vector argument of an instance (VecStim and the like). */
typedef struct ngv_vector { const double* data; int64_t size; } ngv_vector;

/* What event handlers may ask of the engine. `context` is ngv_run::context. */
typedef struct ngv_host {
    /* A self event of this instance at time `te` (ms) with `flag`; weight: the connection's (NULL from INITIAL). */
    void (*net_send)(void* context, const ngv_set* set, int64_t instance, double* weight, double te, double flag);
    void (*net_move)(void* context, const ngv_set* set, int64_t instance, double te);
    /* This instance fires at `te`. */
    void (*net_event)(void* context, const ngv_set* set, int64_t instance, double te);
    /* WATCH: condition `k` of the mechanism is watched from now on and sends `flag`; reset != 0 first drops all others. */
    void (*watch)(void* context, const ngv_set* set, int64_t instance, int32_t k, double flag, int32_t reset);
    /* FOR_NETCONS: weight vectors of all connections of an instance; returns their number. */
    int64_t (*netcons)(void* context, const ngv_set* set, int64_t instance, double* const** weights);
    void (*message)(void* context, const ngv_set* set, int64_t instance, const char* text); /* printf in the file */
    void (*fail)(void* context, const ngv_set* set, int64_t instance, const char* text);    /* error: the run ends, with who and when */
} ngv_host;

/* What holds for the whole run, and where the mechanism's own values are. Each mechanism gets its own `global` and `table`. */
typedef struct ngv_run {
    double t, dt, celsius; /* t as NEURON has it at that point of the step */
    int32_t second_order;  /* 0, 1, 2 */
    uint32_t random_key;   /* global index of Random123 */
    double* global;
    double* table;         /* [table_size] filled by prepare() */
    const ngv_host* host;
    void* context;
    const double* const* external; /* [num_externals]: globals of other mechanisms */
} ngv_run;

typedef void (*ngv_kernel)(const ngv_run*, const ngv_group*, const ngv_set*);

typedef struct ngv_mechanism {
    const char* name;      /* SUFFIX or POINT_PROCESS name */
    const char* source;    /* file and digest, for messages */
    int32_t kind;
    int32_t num_columns, num_variables, num_globals, num_ions, num_pointers, num_randoms, num_objects, num_externals;
    const ngv_variable* variables;
    const ngv_global* globals;
    const ngv_ion_use* ions;
    const char* const* pointers; /* names */
    const char* const* randoms;
    const char* const* objects;
    const char* const* externals; /* EXTERNAL: "<global>_<mechanism>" of others */
    int64_t table_size;
    int32_t nonspecific;     /* 1: has a current outside ions (NONSPECIFIC_CURRENT) */
    int32_t electrode;       /* 1: ELECTRODE_CURRENT: sign flipped in rhs, not part of i_membrane */
    int32_t num_weights;     /* arguments of NET_RECEIVE; 0: none */
    int32_t shared_numbers;  /* 1: no event changes an argument that a later one reads; connections may share them */
    int32_t num_watches;
    int32_t state_reads_ion_current; /* state() must follow the final currents of all mechanisms */

    /* Any may be NULL. Kernels run over the whole set. */
    void (*prepare)(const ngv_run*);         /* tables; again whenever celsius, dt or a global changed */
    /* Columns that belong to no variable: what the kernels below would else compute anew in each step from parameters, globals, dt and
     * celsius alone. After init, and again whenever one of these was set. */
    ngv_kernel derive;
    ngv_kernel construct, init, before_breakpoint, current, state, after_solve, before_step, after_step, destruct;
    /* state() of this step and current() of the next in one pass, where the file allows it (no ion concentration or current
     * read or written by others in between is needed); the engine may use it when nothing has to happen between them. */
    ngv_kernel state_current;
    void (*net_init)(const ngv_run*, const ngv_group*, const ngv_set*, int64_t instance, double* weight);
    void (*net_receive)(const ngv_run*, const ngv_group*, const ngv_set*, int64_t instance, double* weight, double flag);
    double (*watch)(const ngv_run*, const ngv_group*, const ngv_set*, int64_t instance, int32_t k); /* > 0: condition holds */
    /* LONGITUDINAL_DIFFUSION: species k: its column (-1 - n: the concentration inside of ion n of this mechanism), and
     * (D * cross-section, volume per length) of an instance. */
    int32_t num_diffusing;
    const int32_t* diffusing_column;
    void (*diffusion)(const ngv_run*, const ngv_group*, const ngv_set*, int32_t k, double* d_area, double* volume);
    /* PROCEDURE and FUNCTION of the file, callable by name for tools and tests; arguments by value. */
    int32_t num_functions;
    const char* const* functions;
    double (*call)(const ngv_run*, const ngv_group*, const ngv_set*, int64_t instance, int32_t function, const double* arguments);
} ngv_mechanism;

/* A catalogue is a shared library with this one symbol. */
typedef struct ngv_catalogue {
    int32_t abi; /* NGV_MECHANISM_ABI */
    int32_t num_mechanisms;
    const ngv_mechanism* const* mechanisms;
    const char* options; /* how it was generated: instruction set, exact or neuron arithmetic */
} ngv_catalogue;

const ngv_catalogue* ngv_get_catalogue(void);

#ifdef __cplusplus
}
#endif
#endif

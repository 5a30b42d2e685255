/* The smallest participant in C: counts windows, sends its count as the State field `count`, receives the State field
 * `echo`.
 *
 *     dummy-c --name NAME SCENARIO */
#include <ngv/ngv.h>
#include <stdio.h>
#include <string.h>

int main(int argc, char** argv) {
    const char* name = "dummy";
    for (int i = 1; i + 1 < argc; ++i)
        if (strcmp(argv[i], "--name") == 0) name = argv[i + 1];
    ngv_participant* self = ngv_join(&argc, &argv, name, NULL);
    if (!self) {
        fprintf(stderr, "%s\n", ngv_last_error());
        return 3;
    }

    const int64_t id = ngv_rank(self);
    ngv_add_set(self, "cells", NGV_NONE, 1, &id, NULL, NULL);
    ngv_field* count = ngv_output(self, "count", "cells", NGV_STATE, "1", 0.0);
    ngv_field* echo = ngv_input(self, "echo", "cells", NGV_STATE, "1", -1.0);
    if (ngv_start(self) != NGV_OK) return ngv_fail(self, ngv_last_error());

    size_t n = 0;
    double* out = ngv_out(count, &n);
    ngv_window window;
    int status;
    while ((status = ngv_next_window(self, &window)) == NGV_OK) out[0] = (double)(window.index + 1);
    if (status == NGV_ERROR) return ngv_fail(self, ngv_last_error());
    ngv_summary_number(self, "last_echo", ngv_in(echo, &n)[0]);
    ngv_finish(self);
    ngv_free(self);
    return 0;
}

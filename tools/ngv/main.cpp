// ngv: makes circuits, checks and runs scenarios, draws results.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>

#include "ngv/error.hpp"
#include "tools/ngv/commands.hpp"

int main(int argc, char** argv) {
    CLI::App app{
        "ngv couples neurons, extracellular ions, blood flow and metabolism of brain tissue into one simulation."};
    app.require_subcommand(1);
    app.set_version_flag("--version", NGV_VERSION);
    app.footer(
        "exit codes: 0 success, 1 a bug of ngv, 2 a mistake in the input, 3 a participant failed, 4 physics out of "
        "range, 5 an amount was not conserved, 6 interrupted");
    int code = 0;
    ngv::add_circuit_command(app, code);
    ngv::add_check_command(app, code);
    ngv::add_run_command(app, code);
    ngv::add_show_command(app, code);
    ngv::add_bench_command(app, code);
    ngv::add_sbml_command(app, code);
    ngv::add_trace_command(app, code);
    ngv::add_mechanisms_command(app, code);
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? 0 : static_cast<int>(ngv::ExitCode::user_error);
    } catch (const std::exception& error) {
        fmt::print(stderr, "{}\n", error.what());
        return static_cast<int>(ngv::exit_code(error));
    }
    return code;
}

// The subcommands of ngv. Each adds itself to the command line and, when chosen, runs and sets the exit code.
#pragma once

#include <CLI/CLI.hpp>
#include <filesystem>

namespace ngv {

void add_circuit_command(CLI::App& app, int& code);  ///< ngv circuit build: a SONATA circuit from nothing
void add_check_command(CLI::App& app, int& code);    ///< ngv check: every problem of a scenario at once
void add_run_command(CLI::App& app, int& code);      ///< ngv run: starts the MPMD job
void add_show_command(CLI::App& app, int& code);     ///< ngv show: one page of pictures
void add_bench_command(CLI::App& app, int& code);    ///< ngv bench: one solver alone
void add_sbml_command(CLI::App& app, int& code);     ///< ngv sbml run, suite: SBML models and their test suite
void add_trace_command(CLI::App& app, int& code);    ///< ngv trace: who waits for whom
void add_mechanisms_command(CLI::App& app, int& code);  ///< ngv mechanisms: .mod files become catalogues

/// The folder of the running ngv program: its solvers stand beside it.
std::filesystem::path own_folder();

}  // namespace ngv

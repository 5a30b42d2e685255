// What is left of a run in its results folder: summary.json, ledger.csv, trace.json.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "coupler/config/config.hpp"
#include "coupler/hub/plan.hpp"
#include "coupler/hub/watch.hpp"
#include "coupler/ledger/ledger.hpp"
#include "coupler/trace/trace.hpp"

namespace ngv::hub {

/// All that is known about a run, finished or not.
struct Account {
    const Config* scenario = nullptr;
    std::vector<Guest>* guests = nullptr;
    int coupler_ranks = 1;
    std::map<std::string, proto::Goodbye> goodbyes = {};
    const LinkPlan* links = nullptr;
    std::vector<mapping::Coverage> coverage = {};  ///< by request
    const ledger::Ledger* ledger = nullptr;
    const trace::Recorder* time = nullptr;
    std::filesystem::path results = {};  ///< folder; empty: the scenario's
    Tick begin = 0;                      ///< of a resumed run: the state it went on from
    Tick now = 0;
    double setup_s = 0, wall_s = 0;
    std::optional<Failure> failure = {};
};

/// The text of summary.json, also what the monitor shows while the run goes on (status "running").
std::string summary_json(const Account& account, const std::string& status);

/// Writes all three files. Throws UserError if the folder cannot be written.
void write_results(const Account& account);

}  // namespace ngv::hub

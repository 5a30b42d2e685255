#include "coupler/hub/summary.hpp"

#include <fmt/format.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "coupler/participant/version.hpp"
#include "coupler/transport/process.hpp"

namespace ngv::hub {

namespace {

using json = nlohmann::ordered_json;

json participant(const Account& account, const Guest& guest) {
    json p{{"ranks", guest.other.size},
           {"build", guest.hello.build()},
           {"window", guest.window},
           {"phase", fmt::format("{} ms", to_ms(guest.tick))}};
    const auto found = account.goodbyes.find(guest.other.name);
    if (found == account.goodbyes.end()) return p;
    const auto& goodbye = found->second;
    p.erase("phase");
    double compute = 0, wait = 0, exchange = 0;
    std::int64_t memory = 0;
    json ranks = json::array();
    for (const auto& r : goodbye.ranks()) {
        compute += r.compute_s();
        wait += r.wait_s();
        exchange += r.exchange_s();
        memory += r.peak_memory_kib();
        ranks.push_back({{"compute_s", r.compute_s()},
                         {"wait_s", r.wait_s()},
                         {"exchange_s", r.exchange_s()},
                         {"peak_memory_mib", static_cast<double>(r.peak_memory_kib()) / 1024}});
    }
    const double n = std::max(1, goodbye.ranks_size());
    p["compute_s"] = compute / n;
    p["wait_s"] = wait / n;
    p["exchange_s"] = exchange / n;
    p["peak_memory_mib"] = static_cast<double>(memory) / 1024;
    p["by_rank"] = std::move(ranks);
    for (const auto& value : goodbye.summary()) {
        if (value.has_number()) {
            p["summary"][value.key()] = value.number();
        } else {
            p["summary"][value.key()] = value.text();
        }
    }
    return p;
}

/// The line that matters: who computes longest, and who waits for it.
std::string advice(const Account& account) {
    std::string busiest, idlest;
    double most = 0, least = 2;
    for (const auto& [name, goodbye] : account.goodbyes) {
        double compute = 0, total = 0;
        for (const auto& r : goodbye.ranks()) {
            compute += r.compute_s();
            total += r.compute_s() + r.wait_s() + r.exchange_s();
        }
        if (total <= 0) continue;
        const double busy = compute / total;
        if (busy > most) {
            most = busy;
            busiest = name;
        }
        if (busy < least) {
            least = busy;
            idlest = name;
        }
    }
    if (busiest.empty() || busiest == idlest) return {};
    return fmt::format("{} computes {:.0f} % of the time and {} waits: give {} more ranks if there are cores", busiest,
                       100 * most, idlest, busiest);
}

json ledger_rows(const ledger::Ledger& ledger) {
    json rows = json::array();
    for (std::size_t l = 0; l < ledger.lines().size(); ++l) {
        const auto& line = ledger.lines()[l];
        const auto& total = ledger.totals()[l];
        rows.push_back({{"field", line.field},
                        {"from", line.from},
                        {"to", line.to},
                        {"unit", line.unit},
                        {"windows", total.windows},
                        {"emitted", total.emitted.value()},
                        {"mapped", total.mapped.value()},
                        {"received", total.is_received ? total.received.value() : total.mapped.value()},
                        {"carried", total.carried},
                        {"unseen", total.unseen.value()},
                        {"magnitude", total.magnitude},
                        {"drift", total.drift()}});
    }
    return rows;
}

json mappings(const Account& account) {
    json rows = json::array();
    for (std::size_t r = 0; r < account.coverage.size(); ++r) {
        const auto& request = account.links->requests[r];
        const auto& c = account.coverage[r];
        json row{{"from", request.source},
                 {"to", request.target},
                 {"steps", request.steps},
                 {"sources_without_target", c.sources_without_target},
                 {"targets_without_source", c.targets_without_source},
                 {"filled_with_nearest", c.filled},
                 {"from_cache", c.from_cache}};
        if (c.length_total_um > 0) {
            row["length_um"] = c.length_total_um;
            row["length_covered_um"] = c.length_covered_um;
        }
        if (!c.examples.empty()) row["examples"] = c.examples;
        rows.push_back(std::move(row));
    }
    return rows;
}

/// Perfetto and chrome://tracing read this: one process a participant, one thread a rank.
void write_trace(const Account& account, const std::filesystem::path& path) {
    std::ofstream file(path);
    file << "{\"displayTimeUnit\":\"ms\",\"traceEvents\":[";
    bool first = true;
    const auto event = [&](const std::string& text) {
        file << (first ? "\n" : ",\n") << text;
        first = false;
    };
    std::int64_t origin = 0;
    for (const auto& [unused, goodbye] : account.goodbyes) {
        for (const auto& r : goodbye.ranks()) {
            if (r.spans_size() > 0 && (origin == 0 || r.spans(0).begin_us() < origin)) origin = r.spans(0).begin_us();
        }
    }
    static constexpr const char* names[] = {"compute", "wait", "exchange"};
    int pid = 0;
    for (const auto& [name, goodbye] : account.goodbyes) {
        ++pid;
        event(fmt::format(R"({{"ph":"M","name":"process_name","pid":{},"args":{{"name":"{}"}}}})", pid, name));
        for (int tid = 0; tid < goodbye.ranks_size(); ++tid) {
            const auto& rank = goodbye.ranks(tid);
            event(fmt::format(R"({{"ph":"M","name":"thread_name","pid":{},"tid":{},"args":{{"name":"rank {}"}}}})", pid,
                              tid, tid));
            for (const auto& s : rank.spans()) {
                std::string whom;
                if (s.peer() >= 0 && s.peer() < static_cast<int>(account.links->channels.size())) {
                    const auto& times = account.links->channels[static_cast<std::size_t>(s.peer())].times;
                    whom = " for " + (times.source == name ? times.target : times.source);
                }
                event(fmt::format(
                    R"({{"ph":"X","name":"{}{}","pid":{},"tid":{},"ts":{},"dur":{},"args":{{"window":{}}}}})",
                    names[s.what() % 3], whom, pid, tid, s.begin_us() - origin, s.length_us(), s.window()));
            }
            if (rank.spans_dropped() > 0) {
                event(fmt::format(
                    R"({{"ph":"i","name":"{} later spans were not kept","pid":{},"tid":{},"ts":0,"s":"t"}})",
                    rank.spans_dropped(), pid, tid));
            }
        }
    }
    file << "\n]}\n";
}

}  // namespace

std::string summary_json(const Account& account, const std::string& status) {
    json s;
    s["name"] = account.scenario ? account.scenario->text("name") : "";
    s["status"] = status;
    if (account.failure) {
        const Failure& f = *account.failure;
        s["reason"] = f.text();
        s["failure"] = {{"participant", f.participant}, {"rank", f.rank},  {"window", f.window},
                        {"time_ms", f.time_ms},         {"why", f.what()}, {"exit_code", static_cast<int>(f.code)}};
    }
    s["time_ms"] = to_ms(account.now);
    if (account.begin > 0) s["resumed_at_ms"] = to_ms(account.begin);
    if (account.scenario) {
        s["duration_ms"] = to_ms(account.scenario->ticks("duration"));
        s["scenario"] = {{"file", account.scenario->file().string()}, {"digest", account.scenario->digest()}};
        s["seed"] = account.scenario->integer("seed");
    }
    s["wall_s"] = account.wall_s;
    s["setup_s"] = account.setup_s;
    char mpi[MPI_MAX_LIBRARY_VERSION_STRING];
    int length = 0;
    MPI_Get_library_version(mpi, &length);
    s["versions"] = {
        {"ngv", build_version()},
        {"mpi", std::string(mpi, static_cast<std::size_t>(length)).substr(0, std::string_view(mpi).find(','))}};
    json participants = json::object();
    if (account.guests) {
        for (const auto& guest : *account.guests) participants[guest.other.name] = participant(account, guest);
    }
    json coupler{{"ranks", account.coupler_ranks},
                 {"peak_memory_mib", static_cast<double>(transport::peak_memory_kib()) / 1024}};
    if (account.time) {
        coupler["compute_s"] = account.time->seconds(trace::What::compute);
        coupler["wait_s"] = account.time->seconds(trace::What::wait);
        coupler["exchange_s"] = account.time->seconds(trace::What::exchange);
    }
    participants["coupler"] = std::move(coupler);
    s["participants"] = std::move(participants);
    if (const auto text = advice(account); !text.empty()) s["advice"] = text;
    s["ledger"] = account.ledger ? ledger_rows(*account.ledger) : json::array();
    if (account.links) s["mappings"] = mappings(account);
    return s.dump(2, ' ', false, json::error_handler_t::replace);
}

void write_results(const Account& account) {
    const auto folder = account.results.empty() ? account.scenario->path("results") : account.results;
    std::error_code error;
    std::filesystem::create_directories(folder, error);
    // Written beside and moved into place: whoever reads it sees a whole file.
    const auto file = folder / "summary.json";
    const auto unfinished = folder / "summary.json.part";
    std::ofstream out(unfinished);
    out << summary_json(account, account.failure ? "failed" : "complete") << '\n';
    out.close();
    if (!out)
        throw UserError(Problem{unfinished.string(), "cannot be written",
                                "is the folder writable, and is there room on the disk?"});
    std::filesystem::rename(unfinished, file);
    if (account.ledger) account.ledger->write_csv(folder / "ledger.csv");
    if (!account.goodbyes.empty()) write_trace(account, folder / "trace.json");
}

}  // namespace ngv::hub

#include "solvers/dummy/dummy.hpp"

#include <mpi.h>
#include <unistd.h>

#include <chrono>
#include <cmath>
#include <map>
#include <set>
#include <stdexcept>
#include <thread>

namespace ngv::dummy {

namespace {

/// One end of a link that this participant holds.
struct Role_of {
    std::string field, set;
    Kind kind;
    bool sends, receives, keeps;
};

std::vector<Role_of> roles(const Config& scenario, const std::string& name) {
    std::vector<Role_of> result;
    std::set<std::string> known;
    if (!scenario.has("links")) return result;
    for (const auto& link : scenario.list("links")) {
        const auto end = [&](const char* key, const char* kind_key, Kind kind, bool sends, bool receives, bool keeps) {
            const bool renamed = std::string_view(key) == "to" && link.is_set("as");
            if (!link.is_set(kind_key) || !link.is_set(key)) return;
            const auto text = link.text(key);
            if (text.substr(0, text.find('.')) != name) return;
            const auto field = link.text(renamed ? "as" : kind_key);
            if (!known.insert(field + "@" + text).second) return;
            result.push_back({field, text.substr(text.find('.') + 1), kind, sends, receives, keeps});
        };
        end("from", "state", Kind::state, true, false, false);
        end("to", "state", Kind::state, false, true, false);
        end("from", "amount", Kind::amount, true, false, false);
        end("to", "amount", Kind::amount, false, true, false);
        end("keeper", "pool", Kind::pool, true, true, true);
        end("contributor", "pool", Kind::pool, true, true, false);
    }
    return result;
}

void go_wrong(const std::string& how, std::span<double> out) {
    if (how == "throw") throw std::runtime_error("the dummy was told to throw");
    if (how == "exit") _exit(9);
    if (how == "nan" && !out.empty()) out[0] = std::nan("");
    if (how == "hang") {
        while (true) sleep(1);
    }
}

/// Sum over all ranks, in the order of the elements: the same bits on any number of ranks.
double ordered_sum(const std::vector<double>& mine, MPI_Comm comm) {
    int rank = 0, size = 1;
    MPI_Comm_rank(comm, &rank);
    MPI_Comm_size(comm, &size);
    double sum = 0;
    if (rank > 0) MPI_Recv(&sum, 1, MPI_DOUBLE, rank - 1, 0, comm, MPI_STATUS_IGNORE);
    for (const double x : mine) sum += x;
    if (rank + 1 < size) MPI_Send(&sum, 1, MPI_DOUBLE, rank + 1, 0, comm);
    MPI_Bcast(&sum, 1, MPI_DOUBLE, size - 1, comm);
    return sum;
}

/// What has arrived so far, and the windows: a file of one number an element and field. Any number of ranks reads it.
class StateFile {
  public:
    StateFile(Participant& self, std::int64_t begin, std::int64_t elements)
        : comm_(self.comm()), rank_(self.rank()), begin_(begin), elements_(elements) {}

    void save(const std::filesystem::path& path, std::int64_t windows,
              const std::vector<std::vector<double>*>& columns) {
        open(path, MPI_MODE_CREATE | MPI_MODE_WRONLY, [&](MPI_File file) {
            if (rank_ == 0) MPI_File_write_at(file, 0, &windows, 1, MPI_INT64_T, MPI_STATUS_IGNORE);
            for (std::size_t c = 0; c < columns.size(); ++c)
                MPI_File_write_at_all(file, place(c), columns[c]->data(), size_of(*columns[c]), MPI_DOUBLE,
                                      MPI_STATUS_IGNORE);
        });
    }
    void load(const std::filesystem::path& path, std::int64_t& windows,
              const std::vector<std::vector<double>*>& columns) {
        open(path, MPI_MODE_RDONLY, [&](MPI_File file) {
            MPI_File_read_at_all(file, 0, &windows, 1, MPI_INT64_T, MPI_STATUS_IGNORE);
            for (std::size_t c = 0; c < columns.size(); ++c)
                MPI_File_read_at_all(file, place(c), columns[c]->data(), size_of(*columns[c]), MPI_DOUBLE,
                                     MPI_STATUS_IGNORE);
        });
    }

  private:
    static int size_of(const std::vector<double>& values) { return static_cast<int>(values.size()); }
    MPI_Offset place(std::size_t column) const {
        return 8 + 8 * (static_cast<std::int64_t>(column) * elements_ + begin_);
    }
    template <class Call>
    void open(const std::filesystem::path& path, int mode, const Call& call) {
        MPI_File file;
        if (MPI_File_open(comm_, path.c_str(), mode, MPI_INFO_NULL, &file) != MPI_SUCCESS)
            throw UserError({path.string(), "cannot be opened", "check the folder and its permissions"});
        call(file);
        MPI_File_close(&file);
    }

    MPI_Comm comm_;
    int rank_;
    std::int64_t begin_, elements_;
};

}  // namespace

void run(Participant& self, const Config& scenario, const Options& options) {
    const auto mine = roles(scenario, self.name());
    const std::int64_t begin = static_cast<std::int64_t>(options.elements) * self.rank() / self.size();
    const std::int64_t end = static_cast<std::int64_t>(options.elements) * (self.rank() + 1) / self.size();

    std::set<std::string> sets;
    for (const auto& role : mine) sets.insert(role.set);
    for (const auto& name : sets) {
        ElementSet set{.name = name};
        set.measures["area"].unit = "um2";
        set.measures["volume"].unit = "um3";
        for (std::int64_t id = begin; id < end; ++id) {
            set.ids.push_back(id);
            set.measures["area"].values.push_back(1.0 + static_cast<double>(id % 3));
            set.measures["volume"].values.push_back(10.0 + static_cast<double>(id));
        }
        self.add(std::move(set));
    }

    struct Used {
        Role_of role;
        Field* field;
        std::vector<double> arrived;
    };
    std::vector<Used> fields;
    const auto split = options.rename.find('=');
    for (const auto& role : mine) {
        FieldSpec spec{.name = role.field, .set = role.set, .kind = role.kind, .default_value = -1.0};
        spec.unit = !options.unit.empty() ? options.unit : role.kind == Kind::state ? "1" : "mol";
        if (split != std::string::npos && role.field == options.rename.substr(0, split))
            spec.name = options.rename.substr(split + 1);
        Field& field = role.kind == Kind::pool ? self.pool(spec, role.keeps ? Role::keeper : Role::contributor)
                       : role.sends            ? self.output(spec)
                                               : self.input(spec);
        fields.push_back({role, &field, std::vector<double>(static_cast<std::size_t>(end - begin), 0.0)});
    }
    std::int64_t windows = 0;
    std::vector<std::vector<double>*> arrived;
    for (auto& used : fields) arrived.push_back(&used.arrived);
    StateFile state(self, begin, options.elements);
    if (options.keeps_state)
        self.keep_state([&](const auto& file) { state.save(file, windows, arrived); },
                        [&](const auto& file) { state.load(file, windows, arrived); });
    self.start();

    const auto set_states = [&](double t) {
        for (auto& used : fields) {
            if (used.role.kind != Kind::state) continue;
            for (std::size_t i = 0; i < used.field->out().size(); ++i)
                used.field->out()[i] = static_cast<double>(begin) + static_cast<double>(i) + t;
        }
    };
    const auto take = [&] {
        for (auto& used : fields) {
            if (!used.field->fresh()) continue;
            for (std::size_t i = 0; i < used.field->in().size(); ++i) {
                const double carried = used.role.kind == Kind::amount ? options.carry * used.field->in()[i] : 0.0;
                if (carried != 0) used.field->carry_over(i, carried);
                used.arrived[i] += used.field->in()[i] - carried;
            }
        }
    };
    for (auto& used : fields) {
        for (double& x : used.field->initial_out()) x = 3.0;
    }
    set_states(0);
    while (const auto window = self.next_window()) {
        ++windows;
        take();
        if (options.work_ms > 0)
            std::this_thread::sleep_for(std::chrono::duration<double, std::milli>(options.work_ms));
        for (auto& used : fields) {
            if (used.role.kind == Kind::state) continue;
            const double sign = used.role.keeps ? -1e-15 : 1e-15;
            for (std::size_t i = 0; i < used.field->out().size(); ++i) {
                used.field->out()[i] += sign * (static_cast<double>(begin) + static_cast<double>(i) + 1.0);
            }
        }
        set_states(window->end_ms());
        if (window->index == options.fault_window && self.rank() + 1 == self.size()) {
            for (auto& used : fields) {
                if (used.role.sends) {
                    go_wrong(options.fault, used.field->out());
                    break;
                }
            }
        }
    }
    take();
    self.summary("windows", static_cast<double>(windows));
    for (const auto& used : fields) {
        if (used.role.receives) self.summary("sum of " + used.role.field, ordered_sum(used.arrived, self.comm()));
        if (used.role.kind == Kind::pool && !used.role.keeps) {
            const auto initial = used.field->initial_in();
            self.summary("initial sum of " + used.role.field,
                         ordered_sum({initial.begin(), initial.end()}, self.comm()));
        }
    }
    self.finish();
}

}  // namespace ngv::dummy

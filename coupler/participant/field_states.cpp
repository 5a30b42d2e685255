#include "coupler/participant/field_states.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <unordered_map>

#include "coupler/participant/field_impl.hpp"
#include "ngv/error.hpp"
#include "state.pb.h"

namespace ngv {

namespace {

constexpr char magic[] = "NGV-FLD1";
constexpr std::int64_t word = 8;                          // bytes of every number
constexpr std::int64_t chunk = std::int64_t{1} << 20;     // elements that a rank looks at together
constexpr std::int64_t prefix = sizeof magic - 1 + word;  // what stands before the header

UserError unfit(const std::filesystem::path& file, const std::string& what) {
    return UserError(Problem{file.string(), what, "resume with the scenario and the circuit that wrote it"});
}

class File {
  public:
    File(MPI_Comm comm, const std::filesystem::path& path, int mode) : path_(path) {
        if (MPI_File_open(comm, path.c_str(), mode, MPI_INFO_NULL, &file_) != MPI_SUCCESS)
            throw UserError(Problem{path.string(), mode & MPI_MODE_CREATE ? "cannot be written" : "cannot be read",
                                    "check the folder and its permissions"});
    }
    ~File() { MPI_File_close(&file_); }
    File(const File&) = delete;

    /// In pieces that fit MPI's int counts.
    void write(std::int64_t at, const void* data, std::int64_t bytes) const {
        move(bytes, [&](std::int64_t done, int n) {
            return MPI_File_write_at(file_, at + done, static_cast<const char*>(data) + done, n, MPI_BYTE,
                                     MPI_STATUS_IGNORE);
        });
    }
    void read(std::int64_t at, void* data, std::int64_t bytes) const {
        move(bytes, [&](std::int64_t done, int n) {
            MPI_Status status;
            int got = 0;
            const int code = MPI_File_read_at(file_, at + done, static_cast<char*>(data) + done, n, MPI_BYTE, &status);
            MPI_Get_count(&status, MPI_BYTE, &got);
            return got == n ? code : MPI_ERR_IO;
        });
    }

  private:
    template <class Call>
    void move(std::int64_t bytes, const Call& call) const {
        constexpr std::int64_t piece = std::int64_t{1} << 30;
        for (std::int64_t done = 0; done < bytes; done += piece)
            if (call(done, static_cast<int>(std::min(piece, bytes - done))) != MPI_SUCCESS)
                throw UserError(Problem{path_.string(), "ends too early, or the disk is full", ""});
    }
    std::filesystem::path path_;
    MPI_File file_ = MPI_FILE_NULL;
};

/// The columns of a field, in the order of the file.
std::vector<std::vector<double>*> columns_of(Field::Impl& field) {
    std::vector<std::vector<double>*> columns;
    if (field.sends()) columns.push_back(&field.out);
    if (field.receives()) columns.push_back(&field.in);
    if (field.spec.kind == Kind::pool && field.role == Role::contributor) columns.push_back(&field.initial_in);
    if (field.conserved() && field.receives()) columns.push_back(&field.carry);  // empty: nothing is carried
    return columns;
}

std::vector<Field::Impl*> fields_on(const std::string& set, std::deque<Field>& fields) {
    std::vector<Field::Impl*> result;
    for (auto& field : fields)
        if (field.spec().set == set) result.push_back(&field.impl());
    return result;
}

std::int64_t columns_in(const proto::SetState& set) {
    std::int64_t n = 1;  // ids
    for (const auto& field : set.fields()) n += field.arrays();
    return n;
}

/// Whose value stands where: position of each of this rank's elements, found by id.
using Places = std::unordered_map<std::int64_t, std::size_t>;

/// One set of the file, read by looking through its ids.
void read_set(const File& file, const std::filesystem::path& path, std::int64_t at, const proto::SetState& header,
              const ElementSet& set, const std::vector<std::vector<double>*>& columns) {
    Places place;
    for (std::size_t i = 0; i < set.ids.size(); ++i) place[set.ids[i]] = i;
    std::size_t found = 0;
    std::vector<std::int64_t> ids;
    std::vector<double> values;
    for (std::int64_t begin = 0; begin < header.elements(); begin += chunk) {
        const std::int64_t n = std::min(chunk, header.elements() - begin);
        ids.resize(static_cast<std::size_t>(n));
        file.read(at + begin * word, ids.data(), n * word);
        std::vector<std::pair<std::size_t, std::size_t>> mine;  // in the chunk, here
        for (std::size_t i = 0; i < ids.size(); ++i)
            if (const auto it = place.find(ids[i]); it != place.end()) mine.emplace_back(i, it->second);
        found += mine.size();
        if (mine.empty()) continue;
        for (std::size_t c = 0; c < columns.size(); ++c) {
            values.resize(ids.size());
            const auto column = static_cast<std::int64_t>(c) + 1;
            file.read(at + (column * header.elements() + begin) * word, values.data(), n * word);
            for (const auto& [from, to] : mine) (*columns[c])[to] = values[from];
        }
    }
    if (found != set.ids.size())
        throw unfit(path,
                    fmt::format("has {} of the {} elements of '{}' on this rank", found, set.ids.size(), set.name));
}

}  // namespace

void write_field_states(MPI_Comm comm, const std::filesystem::path& path, Tick stop, const std::deque<ElementSet>& sets,
                        std::deque<Field>& fields) {
    int rank = 0;
    MPI_Comm_rank(comm, &rank);
    proto::FieldStates header;
    header.set_stop(stop);
    std::vector<std::int64_t> first;  // of this rank in each set
    for (const auto& set : sets) {
        const auto n = static_cast<std::int64_t>(set.ids.size());
        std::int64_t end = 0, total = 0;
        MPI_Scan(&n, &end, 1, MPI_INT64_T, MPI_SUM, comm);
        MPI_Allreduce(&n, &total, 1, MPI_INT64_T, MPI_SUM, comm);
        first.push_back(end - n);
        auto* s = header.add_sets();
        s->set_name(set.name);
        s->set_elements(total);
        for (auto* field : fields_on(set.name, fields)) {
            auto* f = s->add_fields();
            f->set_name(field->spec.name);
            f->set_fresh(field->fresh);
            f->set_span_ms(field->span_ms);
            f->set_arrays(static_cast<int>(columns_of(*field).size()));
        }
    }
    const std::string text = header.SerializeAsString();
    const auto length = static_cast<std::int64_t>(text.size());
    const File file(comm, path, MPI_MODE_CREATE | MPI_MODE_WRONLY);
    if (rank == 0) {
        file.write(0, magic, sizeof magic - 1);
        file.write(sizeof magic - 1, &length, word);
        file.write(prefix, text.data(), length);
    }
    std::int64_t at = prefix + length;
    for (std::size_t s = 0; s < sets.size(); ++s) {
        const auto& set = header.sets(static_cast<int>(s));
        const auto n = static_cast<std::int64_t>(sets[s].ids.size());
        std::int64_t column = at + first[s] * word;
        file.write(column, sets[s].ids.data(), n * word);
        for (auto* field : fields_on(set.name(), fields)) {
            for (auto* values : columns_of(*field)) {
                column += set.elements() * word;
                const std::vector<double> nothing(values->empty() ? sets[s].ids.size() : 0, 0.0);
                file.write(column, (values->empty() ? nothing : *values).data(), n * word);
            }
        }
        at += columns_in(set) * set.elements() * word;
    }
}

void read_field_states(MPI_Comm comm, const std::filesystem::path& path, Tick stop, const std::deque<ElementSet>& sets,
                       std::deque<Field>& fields) {
    const File file(comm, path, MPI_MODE_RDONLY);
    char start[sizeof magic - 1];
    std::int64_t length = 0;
    file.read(0, start, sizeof start);
    file.read(sizeof start, &length, word);
    proto::FieldStates header;
    std::string text(static_cast<std::size_t>(std::clamp<std::int64_t>(length, 0, 1 << 24)), '\0');
    file.read(prefix, text.data(), static_cast<std::int64_t>(text.size()));
    if (std::memcmp(start, magic, sizeof start) != 0 || !header.ParseFromString(text))
        throw unfit(path, "is no file of a participant's fields");
    if (header.stop() != stop)
        throw unfit(path, fmt::format("was written at {} ms, and this run goes on at {} ms", to_ms(header.stop()),
                                      to_ms(stop)));
    if (header.sets_size() != static_cast<int>(sets.size())) throw unfit(path, "has other element sets");
    std::int64_t at = prefix + length;
    for (std::size_t s = 0; s < sets.size(); ++s) {
        const auto& known = header.sets(static_cast<int>(s));
        const auto mine = fields_on(sets[s].name, fields);
        const auto n = static_cast<std::int64_t>(sets[s].ids.size());
        std::int64_t total = 0;
        MPI_Allreduce(&n, &total, 1, MPI_INT64_T, MPI_SUM, comm);
        if (known.name() != sets[s].name || known.elements() != total ||
            known.fields_size() != static_cast<int>(mine.size()))
            throw unfit(path, fmt::format("has the set '{}' with {} elements and {} fields, the run has '{}' with {} "
                                          "elements and {} fields",
                                          known.name(), known.elements(), known.fields_size(), sets[s].name, total,
                                          mine.size()));
        std::vector<std::vector<double>*> columns;
        for (std::size_t f = 0; f < mine.size(); ++f) {
            const auto& state = known.fields(static_cast<int>(f));
            const auto these = columns_of(*mine[f]);
            if (state.name() != mine[f]->spec.name || state.arrays() != static_cast<int>(these.size()))
                throw unfit(path,
                            fmt::format("has the field '{}' where the run has '{}'", state.name(), mine[f]->spec.name));
            mine[f]->fresh = state.fresh();
            mine[f]->span_ms = state.span_ms();
            for (auto* column : these) column->resize(sets[s].ids.size());
            columns.insert(columns.end(), these.begin(), these.end());
        }
        read_set(file, path, at, known, sets[s], columns);
        at += columns_in(known) * known.elements() * word;
    }
}

}  // namespace ngv

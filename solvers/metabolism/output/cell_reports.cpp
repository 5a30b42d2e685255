#include "solvers/metabolism/output/cell_reports.hpp"

#include "solvers/common/ids.hpp"

namespace ngv::metabolism {

CellReports::CellReports(MPI_Comm comm, const std::filesystem::path& folder, const Cells& cells,
                         const std::map<std::int64_t, std::string>& populations, const std::vector<std::string>& names,
                         double every_ms, double start_ms)
    : cells_(cells), shown_(cells.system().observe(names)) {
    for (std::size_t q = 0; q < names.size(); ++q) {
        bool first = true;
        for (const auto& [index, population] : populations) {
            std::vector<ReportColumn> columns;
            std::vector<std::size_t> members;
            for (std::size_t i = 0; i < cells.size(); ++i) {
                if (population_of(cells.ids()[i]) != index) continue;
                columns.push_back({node_of(cells.ids()[i]), 0});
                members.push_back(i);
            }
            const auto file = names[q] + (first ? "" : "_" + population) + ".h5";
            files_.push_back({SonataReport(comm, folder / file,
                                           {.population = population,
                                            .unit = shown_.quantities[q].unit,
                                            .start_ms = start_ms,
                                            .dt_ms = every_ms,
                                            .float64 = true},
                                           std::move(columns)),
                              q, std::move(members)});
            first = false;
        }
    }
}

void CellReports::write(double time_s) {
    const auto values = cells_.observe(shown_, time_s);
    const std::size_t n = shown_.quantities.size();
    std::vector<double> frame;
    for (auto& file : files_) {
        frame.clear();
        for (const auto cell : file.cells) frame.push_back(values[cell * n + file.quantity]);
        file.report.write(frame);
    }
}

void CellReports::close() {
    for (auto& file : files_) file.report.close();
}

}  // namespace ngv::metabolism

#include "solvers/flow/output/vessel_output.hpp"

namespace ngv::flow {

namespace {

// In the order of VesselOutput::values().
const std::vector<XdmfField>& fields() {
    static const std::vector<XdmfField> list{
        {"flow", "um3/s"}, {"pressure", "mmHg"}, {"radius", "um"}, {"volume", "um3"}, {"perfusion", "1/s"}};
    return list;
}

XdmfMesh mesh_of(const Vessels& vessels) {
    return {.kind = XdmfCells::lines, .cell_ids = vessels.id, .points = vessels.ends};
}

}  // namespace

VesselOutput::VesselOutput(MPI_Comm comm, const std::filesystem::path& folder, const std::string& population,
                           const FlowModel& model, double dt_ms)
    : model_(model),
      pressure_mmHg_(model.graph().num_vessels()),
      series_(comm, folder / "vessels", mesh_of(model.graph().vessels()), fields()) {
    std::vector<ReportColumn> columns;
    for (const auto id : model.graph().vessels().id) columns.push_back({id});
    for (const auto& field : fields())
        reports_.emplace_back(
            comm, folder / (field.name + ".h5"),
            ReportOptions{.population = population, .unit = field.unit, .dt_ms = dt_ms, .float64 = true}, columns);
}

std::vector<std::span<const double>> VesselOutput::values() {
    for (std::size_t i = 0; i < pressure_mmHg_.size(); ++i) pressure_mmHg_[i] = model_.pressure()[i] / pascal_per_mmHg;
    return {model_.flow(), pressure_mmHg_, model_.radius(), model_.volume(), model_.perfusion()};
}

void VesselOutput::write(double time_ms) {
    const auto all = values();
    for (std::size_t f = 0; f < reports_.size(); ++f) reports_[f].write(all[f]);
    series_.write(time_ms, all);
}

void VesselOutput::close() {
    for (auto& report : reports_) report.close();
    series_.close();
}

}  // namespace ngv::flow

#include "solvers/flow/output/vessel_output.hpp"

namespace ngv::flow {

namespace {

// In the order of VesselOutput::values().
std::vector<XdmfField> fields(bool transport) {
    std::vector<XdmfField> list{{"flow", "um3/s"},   {"pressure", "mmHg"}, {"radius", "um"},    {"volume", "um3"},
                                {"hematocrit", "1"}, {"wall_shear", "Pa"}, {"perfusion", "1/s"}};
    if (transport) list.insert(list.end(), {{"glucose", "mM"}, {"O2", "mmHg"}});
    return list;
}

XdmfMesh mesh_of(const Vessels& vessels) {
    return {.kind = XdmfCells::lines, .cell_ids = vessels.id, .points = vessels.ends};
}

}  // namespace

VesselOutput::VesselOutput(MPI_Comm comm, const std::filesystem::path& folder, const std::string& population,
                           const FlowModel& model, const CarriedBlood* carried, double dt_ms, double start_ms)
    : model_(model),
      carried_(carried),
      pressure_mmHg_(model.graph().num_vessels()),
      series_(comm, folder / "vessels", mesh_of(model.graph().vessels()), fields(carried)) {
    std::vector<ReportColumn> columns;
    for (const auto id : model.graph().vessels().id) columns.push_back({id});
    for (const auto& field : fields(carried))
        reports_.emplace_back(
            comm, folder / (field.name + ".h5"),
            ReportOptions{
                .population = population, .unit = field.unit, .start_ms = start_ms, .dt_ms = dt_ms, .float64 = true},
            columns);
}

std::vector<std::span<const double>> VesselOutput::values() {
    for (std::size_t i = 0; i < pressure_mmHg_.size(); ++i) pressure_mmHg_[i] = model_.pressure()[i] / pascal_per_mmHg;
    std::vector<std::span<const double>> all{model_.flow(),     pressure_mmHg_,      model_.radius(),
                                             model_.volume(),   model_.hematocrit(), model_.wall_shear(),
                                             model_.perfusion()};
    if (carried_) all.insert(all.end(), {carried_->glucose(), carried_->O2_pressure()});
    return all;
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

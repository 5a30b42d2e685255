"""Cases that one simulator after the other runs: small cells with mechanisms, inputs and what to record. Plain data, so that both read it."""


def case(name, **given):
    """A soma of 20 um for 50 ms at 20 C, unless said otherwise."""
    options = {"dt": 0.025, "celsius": 20.0, "v_init": -65.0, "tstop": 50.0, "second_order": 0, "legacy_constants": False}
    options.update(given.pop("options", {}))
    cell = {"L": 20.0, "diam": 20.0, "nseg": 1, "Ra": 100.0, "cm": 1.0, "parent": -1}
    result = {
        "name": name,
        "options": options,
        "sections": [dict(cell, **s) for s in given.pop("sections", [{}])],
        "densities": [],
        "points": [],
        "ions": given.pop("ions", []),
        "globals": given.pop("globals", []),  # [mechanism, name, value]
        "tables": given.pop("tables", []),  # [mechanism, function, axes, values] of FUNCTION_TABLE
        "clamps": given.pop("clamps", []),
        "connections": [],
        "density_pointers": given.pop("density_pointers", []),  # [mechanism, name, point, variable of the point], at every segment
        "at": given.pop("at", 0),  # the segment whose variables are recorded
        "record": given.pop("record", ["v"]),
        "fired": given.pop("fired", []),  # points whose net_event counts
        "tolerance": given.pop("tolerance", 1e-9),  # of v, mV; other variables relative to their largest value
        "why": given.pop("why", ""),  # of a tolerance above 1e-9, or of `fast`
        "fast": given.pop("fast", True),  # the fast arithmetic gives the same
        "curved": given.pop("curved", 0.0),  # tolerance of the fast arithmetic where the current is not linear in v: NEURON's slope is not exact
    }
    for d in given.pop("densities", []):
        values = {k: v if isinstance(v, list) else [v] for k, v in d.get("values", {}).items()}
        result["densities"].append({"mechanism": d["mechanism"], "values": values, "random": d.get("random", {})})
    for p in given.pop("points", []):
        result["points"].append(
            {
                "mechanism": p["mechanism"],
                "segment": p.get("segment", 0),  # -1: an artificial cell
                "values": p.get("values", {}),
                "random": p.get("random", {}),
                "pointers": p.get("pointers", {}),  # name: [segment, variable]
                "vectors": p.get("vectors", {}),  # name: values; NEURON's side calls set_<name>
            }
        )
    for c in given.pop("connections", []):
        result["connections"].append({"point": c.get("point", 0), "delay": c.get("delay", 1.0), "weights": c["weights"], "times": c["times"]})
    assert not given, f"{name}: {given}"
    return result


def density(mechanism, **values):
    return {"mechanism": mechanism, "values": values}


PAS = density("pas", g=1e-4, e=-65.0)


def clamp(amp, delay=2.0, dur=30.0, segment=0):
    return {"segment": segment, "delay": delay, "dur": dur, "amp": amp}


CONSTRUCTS = [
    case("density", densities=[density("density")], clamps=[clamp(0.1)], record=["v", "n_density"]),
    case("cnexp_forms", densities=[PAS, density("cnexp_forms")], record=["v", "a_cnexp_forms", "b_cnexp_forms", "c_cnexp_forms", "d_cnexp_forms"]),
    case(
        "implicit",
        densities=[density("implicit")],
        record=["v", "x_implicit", "q_implicit"],
        tolerance=1e-5,
        why="NEURON's Newton keeps an old matrix of differences and stops at a residual of 1e-8",
    ),
    case("explicit", densities=[PAS, density("explicit")], record=["v", "prey_explicit", "predator_explicit"]),
    case("runge_kutta", densities=[PAS, density("runge_kutta")], record=["v", "x_runge_kutta", "q_runge_kutta"]),
    case("procedure_solve", densities=[PAS, density("procedure_solve")], record=["v", "s_procedure_solve", "count_procedure_solve"]),
    case(
        "kinetic",
        densities=[PAS, density("kinetic")],
        clamps=[clamp(0.05)],
        ions=[{"ion": "na", "e": 50.0}],
        record=["v", "shut_kinetic", "open_kinetic", "blocked_kinetic"],
    ),
    case(
        "kinetic_flux",
        densities=[PAS, density("calcium_source"), density("kinetic_flux")],
        ions=[{"ion": "ca", "in": 1e-4, "out": 2.0}],
        record=["v", "cai", "buffer_kinetic_flux", "bound_kinetic_flux", "outside_kinetic_flux", "pump_flux_kinetic_flux"],
    ),
    case(
        "kinetic_branches",
        densities=[PAS, density("kinetic_branches")],
        clamps=[clamp(0.05, 5.0, 20.0)],
        record=["v", "rest_kinetic_branches", "open_kinetic_branches", "pair_kinetic_branches", "flow_kinetic_branches"],
    ),
    case("external_global", densities=[PAS, density("external_global")], globals=[["table", "half", -43.0]], record=["v", "x_external_global"]),
    case(
        "longitudinal",
        sections=[{"L": 100.0, "diam": 2.0, "nseg": 5}],
        densities=[PAS, density("longitudinal", start=[0, 0, 5, 0, 0])],
        at=1,
        record=["v", "c_longitudinal"],
    ),
    case(
        "longitudinal_across_sections",
        sections=[{"L": 100.0, "diam": 2.0, "nseg": 5}, {"L": 50.0, "diam": 1.0, "nseg": 3, "parent": 0}],
        densities=[PAS, density("longitudinal", start=[0, 0, 5, 0, 0, 0, 0, 0])],
        at=1,
        record=["v", "c_longitudinal"],
        tolerance=1e-3,
        why="between unequal segments NEURON takes the mean of D times cross-section, the engine two resistances in series",
    ),
    case("linear", densities=[PAS, density("linear")], record=["v", "x_linear", "q_linear", "z_linear"]),
    case(
        "nonlinear",
        densities=[PAS, density("nonlinear")],
        record=["v", "x_nonlinear", "q_nonlinear"],
        tolerance=1e-5,
        why="NEURON's Newton stops at a change of 1e-6, with differences for derivatives",
    ),
    case(
        "accumulation",
        densities=[density("density"), density("accumulation")],
        ions=[{"ion": "k", "in": 140.0, "out": 2.5}],
        clamps=[clamp(0.3)],
        record=["v", "ko", "ek"],
    ),
    case("custom_ion", densities=[PAS, density("custom_ion")], ions=[{"ion": "xyz", "e": -20.0}], record=["v"]),
    case("electrode", densities=[PAS], points=[{"mechanism": "electrode"}], record=["v", "point0.i"]),
    case(
        "events",
        densities=[PAS],
        points=[{"mechanism": "events"}],
        connections=[{"weights": [0.01], "times": [2.0, 5.0, 11.25, 30.0]}, {"weights": [0.004], "times": [8.1], "delay": 2.5}],
        fired=[0],
        record=["v", "point0.g", "point0.received", "point0.delayed"],
    ),
    case(
        "moving",
        densities=[PAS],
        points=[{"mechanism": "moving", "segment": -1}],
        connections=[{"weights": [3.0], "times": [4.0, 6.0]}, {"weights": [25.0], "times": [21.0]}],
        fired=[0],
        record=["v"],
    ),
    case(
        "watching",
        densities=[density("density")],
        points=[{"mechanism": "watching"}],
        clamps=[clamp(0.6, 2.0, 8.0), clamp(0.6, 20.0, 5.0)],
        record=["v", "point0.crossings", "point0.falls"],
    ),
    case(
        "netcons",
        densities=[PAS],
        points=[{"mechanism": "netcons"}],
        connections=[{"weights": [0.01], "times": [2.0, 9.0, 15.0]}, {"weights": [0.02], "times": [5.0, 20.0]}],
        record=["v", "point0.g", "point0.total"],
    ),
    *(
        case(
            name,
            densities=[PAS],
            points=[{"mechanism": name}],
            connections=[{"weights": [0.25, 7.0, 3.0], "times": [2.0, 9.0, 15.0]}, {"weights": [0.5, 7.0, 5.0], "times": [5.0, 20.0]}],
            record=record,
        )
        for name, record in [("kept_numbers", ["point0.sum", "point0.kind"]), ("cleared_numbers", ["point0.sum", "point0.events"])]
    ),
    case("table", densities=[PAS, density("table")], globals=[["table", "half", -43.0]], clamps=[clamp(0.2)], record=["v", "m_table"], curved=5e-6),
    case(
        "function_table",
        densities=[PAS, density("function_table")],
        clamps=[clamp(0.1)],
        tables=[
            ["function_table", "strength", [[-70.0, -60.0, -52.0, -30.0]], [1.0, 0.5, 2.0, 3.0]],
            ["function_table", "surface", [[-80.0, -60.0, -40.0], [0.0, 10.0, 20.0, 40.0]], [1, 2, 1, 0, 2, 3, 4, 3, 0, 1, 2, 1]],
            ["function_table", "steps", [[-66.0, -60.0], [0.0, 25.0], [1.0, 2.0]], [0, 1, 2, 3, 4, 5, 6, 7]],
            ["function_table", "level", [[0.0]], [0.25]],
        ],
        record=["v", "now_function_table", "corner_function_table"],
    ),
    case("arrays", densities=[PAS, density("arrays")], record=["v", "out_arrays"]),
    case("included", densities=[PAS, density("included")], record=["v"], curved=2e-7),
    case(
        "before_after",
        densities=[density("before_after")],
        clamps=[clamp(0.02)],
        record=["v", "initials_before_after", "solves_before_after", "drive_before_after"],
    ),
    case(
        "pointing",
        sections=[{"L": 60.0, "diam": 2.0, "nseg": 3}],
        densities=[PAS],
        clamps=[clamp(0.02)],
        points=[{"mechanism": "pointing", "segment": 2, "pointers": {"other": [0, "v"]}}],
        record=["v", "point0.i"],
        at=2,
    ),
    case("stochastic", densities=[PAS], points=[{"mechanism": "stochastic", "random": {"rng": [3, 5, 7]}}], record=["v", "point0.amplitude"]),
    case(
        "vector_bins",
        densities=[PAS],
        points=[
            {
                "mechanism": "vector_bins",
                "vectors": {"bins": [0.0, 3.0, 7.5, 12.0, 20.0, 33.0], "rates": [1.0, 5.0, 2.0, 0.0, 4.0, 3.0], "times": [1.5, 4.0, 4.0, 17.25, 40.0]},
            }
        ],
        fired=[0],
        record=["v", "point0.rate", "point0.taken"],
    ),
    case(
        "global_stream",
        densities=[PAS],
        points=[{"mechanism": "global_stream"}],
        connections=[{"weights": [1.0], "times": [2.0, 5.0, 11.25, 30.0]}],
        record=["v", "point0.level", "point0.waited", "point0.jump", "point0.events"],
        fast=False,
        why="only NEURON's arithmetic draws from one stream of the process; otherwise each instance has its own",
    ),
    case("timed", densities=[PAS], points=[{"mechanism": "timed"}], record=["v", "point0.a", "point0.b", "point0.solved", "point0.begin"]),
    case("discrete", densities=[PAS, density("discrete")], record=["v", "s_discrete", "q_discrete", "count_discrete"]),
    case("surroundings", densities=[PAS, density("surroundings")], record=["v", "kt_surroundings", "per_area_surroundings", "now_surroundings"]),
    case("constructed", densities=[PAS], points=[{"mechanism": "constructed"}], record=["v", "point0.made"]),
    case("goldman", densities=[PAS, density("goldman")], clamps=[clamp(0.1)], ions=[{"ion": "ca", "in": 1e-4, "out": 2.0}], record=["v"], curved=2e-7),
    case(
        "legacy_constants",
        options={"legacy_constants": True},
        densities=[PAS, density("goldman"), density("surroundings")],
        clamps=[clamp(0.1)],
        ions=[{"ion": "ca", "in": 1e-4, "out": 2.0}],
        record=["v", "kt_surroundings"],
        curved=2e-7,
    ),
    case(
        "crank_nicolson",
        options={"second_order": 2},
        densities=[density("density"), density("accumulation")],
        ions=[{"ion": "k", "in": 140.0, "out": 2.5}],
        clamps=[clamp(0.3)],
        record=["v", "ko"],
    ),
]

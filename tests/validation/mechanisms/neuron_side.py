"""Runs cases (cases.py) in Debian's NEURON: python3 neuron_side.py LIBRARY CASES.json > RESULTS.json

LIBRARY may be "-": NEURON's own mechanisms only.
"""

import json
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import debian_neuron  # noqa: E402


def variable(segment, points, name):
    """The place of "v", "m_hh" or "ki" of a segment, or of "point0.g"."""
    if name.startswith("point"):
        number, _, rest = name[5:].partition(".")
        return getattr(points[int(number)], f"_ref_{rest}")
    return getattr(segment, f"_ref_{name}")


def fill_table(h, mechanism, function, axes, values):
    """NEURON keeps pointers into what it is given: the vectors are returned to be kept."""
    fill = getattr(h, f"table_{function}_{mechanism}")
    if len(values) == 1:
        fill(values[0])
        return []
    given = [h.Vector(values)] + [h.Vector(points) for points in axes]
    arguments = [given[0]._ref_x[0]]
    for points in given[1:]:
        arguments += [points.size(), points._ref_x[0]]
    fill(*arguments)
    return given


def run(h, case):
    o = case["options"]
    h.celsius, h.dt, h.secondorder = o["celsius"], o["dt"], o["second_order"]
    h.nrnunit_use_legacy(o["legacy_constants"])
    sections = []
    for s in case["sections"]:
        section = h.Section(name=f"s{len(sections)}")
        section.L, section.diam, section.nseg, section.Ra, section.cm = s["L"], s["diam"], s["nseg"], s["Ra"], s["cm"]
        if s["parent"] >= 0:
            section.connect(sections[s["parent"]](1))
        sections.append(section)
    segments = [segment for section in sections for segment in section]
    for density in case["densities"]:
        for section in sections:
            section.insert(density["mechanism"])
        for name, values in density["values"].items():
            for i, segment in enumerate(segments):
                setattr(segment, f"{name}_{density['mechanism']}", values[i % len(values)])
    for ion in case["ions"]:
        name = ion["ion"]
        for key in ("in", "out"):
            if key in ion:
                setattr(h, f"{name}{key[0]}0_{name}_ion", ion[key])
                for segment in segments:
                    setattr(segment, name + key[0], ion[key])
        if "e" in ion:
            for segment in segments:
                setattr(segment, "e" + name, ion["e"])
    before = [(f"{name}_{mechanism}", getattr(h, f"{name}_{mechanism}")) for mechanism, name, _ in case["globals"]]
    for mechanism, name, value in case["globals"]:
        setattr(h, f"{name}_{mechanism}", value)
    keep = [fill_table(h, *table) for table in case["tables"]]
    points = []
    for p in case["points"]:
        make = getattr(h, p["mechanism"])
        point = make() if p["segment"] < 0 else make(segments[p["segment"]])
        for name, value in p["values"].items():
            setattr(point, name, value)
        for name, ids in p["random"].items():
            (point.noiseFromRandom123 if p["mechanism"] == "NetStim" else getattr(point, f"setRNG_{name}"))(*ids)
        for name, values in p["vectors"].items():
            keep.append(h.Vector(values))
            getattr(point, f"set_{name}")(keep[-1])
        points.append(point)
    for p, point in zip(case["points"], points):
        for name, (segment, target) in p["pointers"].items():
            h.setpointer(variable(segments[segment], points, target), name, point)
    for mechanism, name, point, target in case["density_pointers"]:
        for segment in segments:
            h.setpointer(getattr(points[point], f"_ref_{target}"), name, getattr(segment, mechanism))
    for density in case["densities"]:
        for name, ids in density["random"].items():
            for i, segment in enumerate(segments):
                getattr(h, f"setdata_{density['mechanism']}")(segment)
                getattr(h, f"setRNG_{name}_{density['mechanism']}")(ids[0], ids[1], ids[2] + i)
    for c in case["clamps"]:
        clamp = h.IClamp(segments[c["segment"]])
        clamp.delay, clamp.dur, clamp.amp = c["delay"], c["dur"], c["amp"]
        keep.append(clamp)
    connections = []
    for c in case["connections"]:
        netcon = h.NetCon(None, points[c["point"]])
        for i, w in enumerate(c["weights"]):
            netcon.weight[i] = w
        connections.append((netcon, [t + c["delay"] for t in c["times"]]))
    start = h.FInitializeHandler(1, lambda: [n.event(t) for n, times in connections for t in times])
    records = {name: h.Vector().record(variable(segments[case["at"]], points, name)) for name in case["record"]}
    fired = {}
    for p in case["fired"]:
        fired[p] = h.Vector()
        netcon = h.NetCon(points[p], None)
        netcon.record(fired[p])
        keep.append(netcon)
    h.finitialize(o["v_init"])
    for _ in range(round(o["tstop"] / o["dt"])):
        h.fadvance()
    result = {"traces": {n: list(v) for n, v in records.items()}, "fired": {str(p): list(v) for p, v in fired.items()}}
    del start
    for name, value in before:
        setattr(h, name, value)
    points.clear()
    for section in sections:
        h.delete_section(sec=section)
    return result


if __name__ == "__main__":
    h = debian_neuron.load(sys.argv[1])
    results = {case["name"]: run(h, case) for case in json.loads(pathlib.Path(sys.argv[2]).read_text())}
    print(json.dumps(results))

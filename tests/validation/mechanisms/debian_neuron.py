"""Debian's NEURON as the reference of mechanisms: translate, compile and load .mod files.

    python3 debian_neuron.py build OUT file.mod ...      # OUT/libnrnmech.so

nrnivmodl of Debian's package looks for its parts where they are not, so the few commands behind it are called here. NEURON 8 does not
know RANDOM (NEURON 9 does); a file that uses it is rewritten into the older idiom with the same stream before it is translated.
"""

import pathlib
import re
import resource
import shutil
import subprocess
import sys

RANDOM_FUNCTIONS = """
VERBATIM
#include "nrnran123.h"
ENDVERBATIM

PROCEDURE setRNG_{name}() {{
VERBATIM
    {{
        nrnran123_State** stream = (nrnran123_State**)(&_p_{name});
        if (*stream) nrnran123_deletestream(*stream);
        *stream = nrnran123_newstream3((uint32_t)*getarg(1), (uint32_t)*getarg(2), (uint32_t)*getarg(3));
    }}
ENDVERBATIM
}}

FUNCTION uniform_{name}() {{
VERBATIM
    _luniform_{name} = nrnran123_dblpick((nrnran123_State*)_p_{name});
ENDVERBATIM
}}

FUNCTION negexp_{name}() {{
VERBATIM
    _lnegexp_{name} = nrnran123_negexp((nrnran123_State*)_p_{name});
ENDVERBATIM
}}

FUNCTION normal_{name}() {{
VERBATIM
    _lnormal_{name} = nrnran123_normal((nrnran123_State*)_p_{name});
ENDVERBATIM
}}

PROCEDURE rewind_{name}() {{
VERBATIM
    if (_p_{name}) nrnran123_setseq((nrnran123_State*)_p_{name}, 0, 0);
ENDVERBATIM
}}
"""


def available():
    """None if NEURON is here, else what is missing."""
    for command in ("nocmodl", "cc"):
        if not shutil.which(command):
            return f"{command} is not installed (Debian packages neuron, neuron-dev, python3-neuron)"
    try:
        import neuron  # noqa: F401
    except ImportError:
        return "python3-neuron is not installed"
    return None


def for_neuron8(text):
    """The same mechanism in the grammar of NEURON 8: RANDOM becomes a pointer to the same Random123 stream."""
    names = [n for found in re.findall(r"^\s*RANDOM\s+([\w, \t]+)$", text, re.M) for n in re.split(r"[,\s]+", found.strip())]
    if not names:
        return text
    text = re.sub(r"^(\s*)RANDOM\s", r"\1POINTER ", text, flags=re.M)
    assigned = "ASSIGNED {\n" + "".join(f"    {n}\n" for n in names)
    text = text.replace("ASSIGNED {\n", assigned, 1)
    for n in names:
        text = re.sub(rf"random_(uniform|negexp|normal)\({n}\)", rf"\1_{n}()", text)
        text = re.sub(rf"random_setseq\({n}, 0\)", rf"rewind_{n}()", text)
        text += RANDOM_FUNCTIONS.format(name=n)
    if "random_" in text:
        raise ValueError("a use of random_ that has no older form here: " + text[text.index("random_") :][:60])
    return text


def renamed(text, suffix):
    """The mechanism under another name, so that it can live beside NEURON's built-in one."""
    return re.sub(r"\b(SUFFIX|POINT_PROCESS|ARTIFICIAL_CELL)\s+\w+", rf"\1 {suffix}", text, count=1)


def mechanism_name(text):
    return re.search(r"\b(?:SUFFIX|POINT_PROCESS|ARTIFICIAL_CELL)\s+(\w+)", text).group(1)


def run(command, cwd):
    """With limits: nocmodl is known to eat all memory on a file that it does not like (two DERIVATIVE blocks)."""
    limits = lambda: resource.setrlimit(resource.RLIMIT_AS, (2 << 30, 2 << 30))  # noqa: E731
    result = subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=300, preexec_fn=limits)
    if result.returncode:
        raise RuntimeError(" ".join(map(str, command)) + "\n" + result.stdout + result.stderr)
    return result.stdout


def build(out, sources):
    """sources: {name: text} or paths of .mod files. Returns the library; what did not change is not compiled again."""
    out = pathlib.Path(out)
    out.mkdir(parents=True, exist_ok=True)
    if not isinstance(sources, dict):
        sources = {pathlib.Path(p).stem: pathlib.Path(p).read_text() for p in sources}
    mpi = subprocess.run(["mpicc", "--showme:incdirs"], capture_output=True, text=True).stdout.split()
    flags = ["-O1", "-fPIC", "-w", "-DHAVE_CONFIG_H", "-I."]
    flags += [f"-I{d}" for d in mpi]
    objects = []
    for name, text in sorted(sources.items()):
        mod, obj = out / f"{name}.mod", out / f"{name}.o"
        text = for_neuron8(text)
        if not (obj.exists() and mod.exists() and mod.read_text() == text):
            obj.unlink(missing_ok=True)
            mod.write_text(text)
            run(["nocmodl", mod.name], out)
            run(["cc", *flags, "-c", f"{name}.c", "-o", obj.name], out)
        objects.append(obj.name)
    calls = [f"_{name.replace('-', '_')}_reg" for name in sorted(sources)]
    registry = "".join(f"void {c}(void);\n" for c in calls)
    registry += "void modl_reg(void) {\n" + "".join(f"    {c}();\n" for c in calls) + "}\n"
    (out / "registry.c").write_text(registry)
    library = out / "libnrnmech.so"
    run(["cc", "-shared", "-fPIC", "registry.c", *objects, "-o", library.name, "-L/usr/lib/nrn", "-lnrniv"], out)
    return library


def load(library):
    """NEURON's `h` with the mechanisms of a library, quiet and with the constants of 2018."""
    import os

    os.environ["NEURON_MODULE_OPTIONS"] = "-nogui"
    from neuron import h

    if str(library) != "-":
        h.nrn_load_dll(str(library))
    return h


if __name__ == "__main__":
    if sys.argv[1:2] != ["build"]:
        raise SystemExit(__doc__)
    print(build(sys.argv[2], sys.argv[3:]))

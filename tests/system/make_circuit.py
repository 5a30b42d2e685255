"""Makes the small circuit of the system tests, unless it is there already: make_circuit.py NGV FOLDER"""
import pathlib
import shutil
import subprocess
import sys

ngv, folder = sys.argv[1], pathlib.Path(sys.argv[2])
options = ["--neurons", "4", "--astrocytes", "2", "--seed", "3", "--mesh-size", "25 um"]
stamp = folder / "made_with.txt"
made_with = f"{options} {pathlib.Path(ngv).stat().st_mtime_ns}"
if not (stamp.exists() and stamp.read_text() == made_with):
    shutil.rmtree(folder, ignore_errors=True)
    subprocess.run([ngv, "circuit", "build", *options, str(folder)], check=True)
    stamp.write_text(made_with)

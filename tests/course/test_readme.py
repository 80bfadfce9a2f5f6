"""The README's example runs and prints what the README says."""

import re
import subprocess
import sys
from pathlib import Path

README = (Path(__file__).resolve().parents[2] / "README.md").read_text(encoding="utf-8")


def test_the_example_prints_what_the_readme_shows():
    code, shown = (re.search(rf"```{kind}\n(.*?)```", README, re.S).group(1) for kind in ("python", "text"))
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60).stdout == shown


def test_every_command_of_the_readme_is_a_verb_or_a_make_target():
    verbs = set(re.findall(r"^chainrule (\w+)", README, re.M))
    targets = set(re.findall(r"^make (\w+)", README, re.M)) | set(re.findall(r"`make (\w+)`", README))
    makefile = (Path(__file__).resolve().parents[2] / "Makefile").read_text(encoding="utf-8")
    assert verbs and targets
    for verb in verbs:
        shown = subprocess.run([sys.executable, "-m", "chainrule_lib.grading.cli", verb, "--help"], capture_output=True, timeout=60)
        assert shown.returncode == 0, f"chainrule {verb} is no verb"
    for target in targets:
        assert re.search(rf"^{target}:", makefile, re.M), f"make {target} is no target"


def test_the_speeds_are_those_of_the_benchmarks_table():
    table = (Path(__file__).resolve().parents[2] / "benchmarks" / "engine.md").read_text(encoding="utf-8")
    measured = re.findall(r"^Ours takes ([\d.]+) of the time", table, re.M)
    quoted = re.findall(r"^\| [^|]+ \| ([\d.]+) of ", README, re.M)
    assert quoted and quoted == measured[: len(quoted)]

"""Make the sample class's course folder: settings, source, release, and what each of its students handed in.

    python assignments/sample/build.py --course _build/sample
    chainrule grade a2 --course _build/sample

README.md says how the tables are read. The same tables give the same bytes in submitted/.
"""

import argparse
import copy
import csv
import json
import os
import re
import runpy
import shutil
import subprocess
import sys
from pathlib import Path

from chainrule_lib.grading import author

HERE = Path(__file__).resolve().parent
ASSIGNMENTS = HERE.parent
VARIANTS = ASSIGNMENTS.parent / "tests" / "judge" / "variants" / "variants.py"
ASSIGNMENT = "a2"
FUNCTIONS = ("dz_dt", "two_path", "total_derivative", "polar")
IN_TIME, LATE = "2026-03-06 17:30:00 UTC", "2026-03-09 08:05:00 UTC"

# Cells that no list of wrong formulas would hold: {head} is the stub's def line, {right} a right cell.
TRAPS = {
    "stub": "{stub}",
    "syntax_error": "{head}\n    x, y = (g(t), h(t)\n    return fx(x, y)*dg(t) + fy(x, y)*dh(t)\n",
    "endless_loop": "{head}\n    step = 1.0\n    while step > 0:\n        step = 1.0\n    return step\n",
    "missing_import": "import calculus_helpers\n\n{right}",
    "chatty": "{right}\nfor n in range(100_000):\n    print('still here', n)\n",
}


def students() -> list[dict[str, str]]:
    """The rows of class.csv."""
    with open(HERE / "class.csv", newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def written() -> dict[str, str]:
    """The written answers of written.md, by heading."""
    parts = re.split(r"(?m)^## (\w+)$", (HERE / "written.md").read_text(encoding="utf-8"))
    return {name: body.strip() for name, body in zip(parts[1::2], parts[2::2], strict=True)}


def typed() -> dict[str, dict[str, str]]:
    """For each function: the labelled students' cells, by name."""
    read = runpy.run_path(str(VARIANTS))["read"]
    return {function: {cell.name: cell.source for cell in read(f"{ASSIGNMENT}.{function}")} for function in FUNCTIONS}


def submission(released: dict, row: dict[str, str], cells: dict, answers: dict) -> bytes:
    """The bytes that one student of class.csv hands in, made from the released notebook (nbformat 4)."""
    notebook = copy.deepcopy(released)
    place = {cell["id"]: cell for cell in notebook["cells"]}
    for function in FUNCTIONS:
        stub, name = place[function]["source"], row[function]
        if name.startswith("!"):
            head = re.search(r"^def .*:$", stub, re.MULTILINE)[0]
            place[function]["source"] = TRAPS[name[1:]].format(stub=stub, head=head, right=cells[function]["plain"])
        else:
            place[function]["source"] = cells[function][name]
    if row["written"] != "absent":
        place["written-answer"]["source"] = answers[row["written"]]

    deed, _, function = row["notebook"].partition(":")
    if deed == "deleted_check":
        notebook["cells"].remove(place[f"{function}_check"])
    elif deed == "forged_check":
        place[f"{function}_check"].update(source='print("passed")\n8.0', execution_count=1, outputs=[
            {"output_type": "stream", "name": "stdout", "text": "passed\n"},
            {"output_type": "execute_result", "execution_count": 1, "metadata": {}, "data": {"text/plain": "8.0"}}])
    elif deed == "forged_name":
        place[function]["source"] += "\ncheck = lambda *anything: 8.0\ncr.check = check\n"
    elif deed not in ("", "corrupt", "late"):
        raise ValueError(f"class.csv asks for {row['notebook']!r}, which build.py cannot do")
    data = (json.dumps(notebook, indent=1, ensure_ascii=False, sort_keys=True) + "\n").encode()
    return data[: len(data) // 2] if deed == "corrupt" else data


def build(course: Path) -> None:
    """Fill `course`, a new or empty folder, so that nbgrader and `chainrule grade a2 --course` can work in it."""
    if course.exists() and any(course.iterdir()):
        raise SystemExit(f"{course} is not empty: name a new folder, or delete this one first")
    course.mkdir(parents=True, exist_ok=True)
    shutil.copy(ASSIGNMENTS / "nbgrader_config.py", course)
    author.build(course, ASSIGNMENT, text_dir=ASSIGNMENTS / "text")
    command = [sys.executable, "-m", "nbgrader", "generate_assignment", ASSIGNMENT, "--create"]
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"  # nbgrader looks for alembic there
    done = subprocess.run(command, cwd=course, capture_output=True, text=True,
                          env=os.environ | {"PATH": path, "TRAITLETS_APPLICATION_RAISE_CONFIG_FILE_ERROR": "1"})
    if done.returncode:
        raise SystemExit(f"nbgrader could not release {ASSIGNMENT}:\n{done.stdout}{done.stderr}")

    released = json.loads((course / "release" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb").read_text(encoding="utf-8"))
    for cell in released["cells"]:
        cell["source"] = "".join(cell["source"])
    cells, answers = typed(), written()
    for row in students():
        folder = course / "submitted" / row["student_id"] / ASSIGNMENT
        folder.mkdir(parents=True)
        (folder / f"{ASSIGNMENT}.ipynb").write_bytes(submission(released, row, cells, answers))
        (folder / "timestamp.txt").write_text(LATE if row["notebook"] == "late" else IN_TIME, encoding="ascii")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Make the course folder of the sample class.")
    parser.add_argument("--course", type=Path, required=True, help="a new or empty folder")
    folder = parser.parse_args().course
    build(folder)
    print(f"{len(students())} submissions to {ASSIGNMENT} in {folder / 'submitted'}")

"""A download full of traps is collected to its last honest file, and nothing outside submitted/ changes."""

import io
import json
import os
import random
import stat
import struct
import zipfile

import pytest

from small_course import as_bytes, chainrule, submitted

BOOK = as_bytes(submitted())


def entry(name, mode=None, utf8=True):
    info = zipfile.ZipInfo("placeholder")
    info.filename = info.orig_filename = name
    info.compress_type = zipfile.ZIP_DEFLATED
    if mode is not None:
        info.create_system, info.external_attr = 3, mode << 16
    return info


def hostile(path, *extra):
    """A zip with an honest neighbour on each side of the traps: (ZipInfo or name, bytes)."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in [("alice/a2.ipynb", BOOK), *extra, ("zoe/a2.ipynb", BOOK)]:
            archive.writestr(name, data)
    return path


def everything(top):
    return {
        str(path.relative_to(top)): None if path.is_dir() else path.read_bytes()
        for path in sorted(top.rglob("*"))
        if path.name != "gradebook.db"
    }


def collect(course, source, *, honest=("alice", "zoe")):
    """Collect, and hold that the honest arrived and that only submitted/ changed; returns the facts."""
    around = course.parent
    source.chmod(0o644)
    before = everything(around)
    done = chainrule("collect", source, "--assignment", "a2", "--course", course, "--json")
    assert done.returncode == 1, done.stdout + done.stderr
    after = everything(around)
    inside = f"{course.name}/submitted"
    changed = {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}
    assert all(name == inside or name.startswith(inside + "/") for name in changed), changed
    for student in honest:
        assert after[f"{inside}/{student}/a2/a2.ipynb"] == BOOK
    return json.loads(done.stdout)


def messages(facts):
    return [line["message"] for line in facts["problems"]]


@pytest.mark.parametrize(
    "name",
    [
        "../../evil.ipynb",
        "mallory/../../../evil.ipynb",
        "/etc/evil.ipynb",
        "\\\\server\\share\\evil.ipynb",
        "..\\..\\evil.ipynb",
        "C:\\Windows\\evil.ipynb",
        "mallory/..",
    ],
)
def test_a_path_that_leaves_its_folder_is_listed(course, tmp_path, name):
    facts = collect(course, hostile(tmp_path / "in.zip", (entry(name), BOOK)))
    assert messages(facts) == ["its path leaves the folder it belongs in"]
    assert not os.path.exists("/etc/evil.ipynb")


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFCHR, stat.S_IFBLK, stat.S_IFIFO, stat.S_IFSOCK])
def test_a_link_or_device_in_a_zip_is_listed(course, tmp_path, kind):
    facts = collect(course, hostile(tmp_path / "in.zip", (entry("mallory/a2.ipynb", kind | 0o777), b"/etc/passwd")))
    assert messages(facts) == ["it is a link or a device; it was not opened"]


def test_a_link_in_a_folder_is_listed_and_never_followed(course, tmp_path):
    for student in ("alice", "zoe"):
        (tmp_path / "in" / student).mkdir(parents=True)
        (tmp_path / "in" / student / "a2.ipynb").write_bytes(BOOK)
    (tmp_path / "in" / "mallory").mkdir()
    (tmp_path / "in" / "mallory" / "a2.ipynb").symlink_to("/etc/passwd")
    os.mkfifo(tmp_path / "in" / "mallory" / "b.ipynb")
    (tmp_path / "in" / "away").symlink_to("/etc")
    done = chainrule("collect", tmp_path / "in", "--assignment", "a2", "--course", course, "--json")
    assert messages(json.loads(done.stdout)) == ["it is a link or a device; it was not opened"] * 3
    assert sorted(os.listdir(course / "submitted")) == [".collected", "alice", "zoe"]


def test_a_link_where_a_student_belongs_is_left_alone(course, tmp_path):
    away = tmp_path / "away"
    away.mkdir()
    (course / "submitted" / "bob").mkdir(parents=True)
    (course / "submitted" / "mallory").symlink_to(away)
    (course / "submitted" / "bob" / "a2").symlink_to(away)
    facts = collect(course, hostile(tmp_path / "in.zip", ("mallory/a2.ipynb", BOOK), ("bob/a2.ipynb", BOOK)))
    assert all("is a link or a file, and was left alone" in message for message in messages(facts))
    assert len(messages(facts)) == 2 and os.listdir(away) == []


def test_a_bomb_is_not_unpacked(course, tmp_path, monkeypatch):
    from chainrule_lib.grading import unpack as room

    monkeypatch.setattr(room, "SIZE_CAP", 1_000_000)
    facts = collect(course, hostile(tmp_path / "in.zip", ("mallory/a2.ipynb", b" " * 3_000_000)))
    assert "it would grow to 3,000,000 bytes from " in messages(facts)[0]
    monkeypatch.setattr(room, "FILE_CAP", 2_000_000)
    monkeypatch.setattr(room, "RATIO_CAP", 10**9)
    facts = collect(course, hostile(tmp_path / "in.zip", ("mallory/a2.ipynb", b" " * 3_000_000)))
    assert messages(facts)[0] == "it has 3,000,000 bytes; more than 2,000,000 are not taken"


def test_an_entry_that_lies_about_its_size_is_not_believed(course, tmp_path, monkeypatch):
    from chainrule_lib.grading import unpack as room

    monkeypatch.setattr(room, "FILE_CAP", 1_000_000)
    path = hostile(tmp_path / "in.zip", ("mallory/a2.ipynb", b" " * 3_000_000))
    path.write_bytes(path.read_bytes().replace(struct.pack("<L", 3_000_000), struct.pack("<L", 5)))
    facts = collect(course, path)
    assert "it is damaged: " in messages(facts)[0]


def test_a_damaged_entry_costs_nobody_else_theirs(course, tmp_path):
    noise = random.Random(1).randbytes(50_000)
    path = hostile(tmp_path / "in.zip", ("mallory/a2.ipynb", noise))
    data = bytearray(path.read_bytes())
    at = data.index(noise[20_000:20_100])
    data[at : at + 40] = bytes(40)
    path.write_bytes(data)
    assert messages(collect(course, path))[0].startswith("it is damaged: Bad CRC-32")


def test_an_encrypted_entry_is_listed(course, tmp_path):
    path = hostile(tmp_path / "in.zip", ("mallory/a2.ipynb", BOOK))
    data = bytearray(path.read_bytes())
    for mark, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        name = data.index(b"mallory", data.index(mark))
        while (at := data.rindex(mark, 0, name)) and not data[at : name + 7].endswith(b"mallory"):
            name = data.index(b"mallory", name + 1)
        if mark == b"PK\x01\x02":
            name = data.index(b"mallory", data.index(mark))
            at = data.rindex(mark, 0, name)
        data[at + flags] |= 1
    path.write_bytes(data)
    assert messages(collect(course, path)) == ["it is encrypted"]


@pytest.mark.parametrize("mallory", ["mallory\x00x/a2.ipynb", "mallory/a2.ipynb\x00.txt"])
def test_a_name_with_a_nul_is_listed(course, tmp_path, mallory):
    placeholder = mallory.replace("\0", "~")
    path = hostile(tmp_path / "in.zip", (placeholder, BOOK))
    path.write_bytes(path.read_bytes().replace(placeholder.encode(), mallory.encode()))
    facts = collect(course, path)
    assert messages(facts) == ["its name holds a NUL character"]
    assert "\0" not in facts["problems"][0]["file"]


def test_of_two_entries_with_one_name_the_last_counts_and_the_other_is_listed(course, tmp_path):
    with pytest.warns(UserWarning, match="Duplicate name"):
        path = hostile(tmp_path / "in.zip", ("bob/a2.ipynb", b"first"), ("bob/a2.ipynb", BOOK))
    facts = collect(course, path, honest=("alice", "bob", "zoe"))
    assert messages(facts) == ["its name occurs twice in the zip file; the last one counts"]


def test_names_without_a_mark_of_utf8_are_read_as_utf8_where_they_are(course, tmp_path):
    path = hostile(tmp_path / "in.zip", ("Zo~~/a2.ipynb", BOOK), ("Andr~/a2.ipynb", BOOK), ("lost.ipynb", BOOK))
    data = path.read_bytes().replace(b"Zo~~", "Zoë".encode()).replace(b"Andr~", b"Andr\x82")
    path.write_bytes(data)
    facts = collect(course, path, honest=("alice", "Zoë", "André", "zoe"))
    assert messages(facts) == ["it stands in no student's folder, and its name tells no student"]


def nested(files):
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files:
            archive.writestr(name, content)
    return data.getvalue()


def test_traps_inside_a_students_own_zip_are_listed(course, tmp_path, monkeypatch):
    from chainrule_lib.grading import unpack as room

    monkeypatch.setattr(room, "FILE_CAP", 2_000_000)
    inner = nested([("a2.ipynb", BOOK), ("more.zip", nested([("a2.ipynb", b"x")])), (entry("../../../evil"), b"x")])
    crowd = nested([(f"{n}.txt", b"") for n in range(room.NESTED_CAP + 1)])
    grows = nested([(f"{n}.bin", b"\0" * 1_500_000) for n in range(2)])
    path = hostile(
        tmp_path / "in.zip",
        ("bob/work.zip", inner),
        ("crowd/w.zip", crowd),
        ("grows/w.zip", grows),
        ("broken/w.zip", inner[:100]),
    )
    facts = collect(course, path, honest=("alice", "bob", "zoe"))
    told = {line["file"]: line["message"] for line in facts["problems"] if "/" in line["file"]}
    assert told == {
        "bob/work.zip/more.zip": "it is a zip file inside a zip file; it was not opened",
        "bob/work.zip/../../../evil": "its path leaves the folder it belongs in",
        "crowd/w.zip": "it holds 1,001 files; at most 1,000 are looked at",
        "grows/w.zip": "it would grow to more than 2,000,000 bytes; it was not unpacked",
        "broken/w.zip": "it is no whole zip file (File is not a zip file). Download it again",
    }
    assert {line["file"] for line in facts["problems"]} - told.keys() == {"crowd", "grows", "broken"}


def test_a_student_without_a_notebook_is_listed_with_what_there_was(course, tmp_path):
    facts = collect(course, hostile(tmp_path / "in.zip", ("bob/essay.pdf", b"%PDF"), ("bob/notes\n\x1b[2J.txt", b"x")))
    assert messages(facts) == ["there is no notebook in it: essay.pdf, notes\\n\\x1b[2J.txt"]


@pytest.mark.parametrize("student", ["x" * 129, ".hidden", "a\nb", "e\x1b[2Jvil"])
def test_an_id_that_no_gradebook_holds_is_listed(course, tmp_path, student):
    facts = collect(course, hostile(tmp_path / "in.zip", (f"{student}/a2.ipynb", BOOK)))
    assert "cannot be a student id" in messages(facts)[0]


def test_two_folders_of_one_student_are_told_and_the_first_counts(course, tmp_path):
    (tmp_path / "roster.csv").write_text("student_id,name,email\nzoe,Zoë M,zoe@x.org\nalice,Alice,alice@x.org\n")
    path = hostile(tmp_path / "in.zip", ("zoe@x.org/a2.ipynb", as_bytes(submitted(why="other"))))
    done = chainrule(
        "collect", path, "--assignment", "a2", "--course", course, "--json", "--roster", tmp_path / "roster.csv"
    )
    assert messages(json.loads(done.stdout)) == ["zoe@x.org is of the same student and was taken; this one was left alone"]


def test_a_file_in_anothers_place_and_too_long_a_name_are_listed(course, tmp_path):
    facts = collect(
        course,
        hostile(
            tmp_path / "in.zip",
            ("bob/a2.ipynb", BOOK),
            ("bob/a2.ipynb/x.txt", b"x"),
            (f"bob/{'n' * 251}.txt", b"x"),
            ("bob/" + "/".join("abcdefghij") + ".txt", b"x"),
        ),
        honest=("alice", "bob", "zoe"),
    )
    assert messages(facts) == ["another file has its place", "its name is too long for a file", "another file has its place"]


def test_a_truncated_download_is_refused_whole(course, tmp_path):
    path = hostile(tmp_path / "in.zip")
    path.write_bytes(path.read_bytes()[:-40])
    done = chainrule("collect", path, "--assignment", "a2", "--course", course)
    assert done.returncode == 3 and "is no whole zip file" in done.stderr and not (course / "submitted").exists()


def test_a_notebook_that_does_not_parse_is_collected_and_told(course, tmp_path):
    path = tmp_path / "in.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("bob/a2.ipynb", BOOK[:500])
        archive.writestr("zoe/a2.ipynb", b"[" * 200_000)
    done = chainrule("collect", path, "--assignment", "a2", "--course", course, "--json")
    facts = json.loads(done.stdout)
    assert done.returncode == 0 and (course / "submitted" / "bob" / "a2" / "a2.ipynb").read_bytes() == BOOK[:500]
    assert {note["message"] for note in facts["notes"]} == {"its JSON does not parse; it was collected as it is"}


def test_a_failure_in_the_middle_leaves_the_submission_before_as_it_was(course, tmp_path, monkeypatch):
    from pathlib import Path

    path = hostile(tmp_path / "in.zip", ("lost.ipynb", BOOK))
    collect(course, path)
    newer = tmp_path / "new.zip"
    with zipfile.ZipFile(newer, "w") as archive:
        archive.writestr("alice/a2.ipynb", as_bytes(submitted(why="new")))

    def full(self, data):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    done = chainrule("collect", newer, "--assignment", "a2", "--course", course)
    assert done.returncode == 3 and "cannot be written (No space left on device). What was collected before is whole" in done.stderr
    assert (course / "submitted" / "alice" / "a2" / "a2.ipynb").read_bytes() == BOOK
    assert not [name for name in os.listdir(course / "submitted") if name.startswith(".incoming")]

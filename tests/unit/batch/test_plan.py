"""What is done again and what is not, without analysing anything."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from hinge_vision.batch.clips import athlete_of, find_clips
from hinge_vision.batch.local_storage import LocalStorage
from hinge_vision.batch.plan import Plan, make_plan
from hinge_vision.batch.record import Record, Row, content_sha256, files_of, load_records
from hinge_vision.batch.storage import RECORD
from hinge_vision.errors import OutputError
from hinge_vision.version import __version__
from hinge_vision.video.container import film_streams, open_container
from tests.made_clips import make_clip, steady

ROW = Row(True, "No fault seen.", "2026-05-01T10:00:00+00:00", "container", "deadlift", 3, 90.0, 5.0, 4.0, 3.0, (), 0.9, None)


class Place:
    """A folder of clips, a folder of results, and a batch that only pretends to analyse."""

    def __init__(self, folder: Path) -> None:
        self.clips, self.results = LocalStorage(folder / "clips"), LocalStorage(folder / "out")

    def add(self, path: str, content: str) -> None:
        (self.clips.root / path).parent.mkdir(parents=True, exist_ok=True)
        (self.clips.root / path).write_text(content, encoding="utf-8")

    def plan(self, identity: str = "settings", **options: bool) -> Plan:
        return make_plan(find_clips(self.clips, recursive=True), self.clips, load_records(self.results), identity, **options)

    def finish(self, plan: Plan, identity: str = "settings") -> None:
        for source, folder in plan.to_do:
            with self.results.new_folder(folder) as new:
                (new / "report.json").write_text(source.path, encoding="utf-8")
                sha256 = content_sha256(self.clips.root / source.path)
                record = Record(folder, sha256, __version__, identity, (source,), ROW, files_of(new), 1.0)
                (new / RECORD).write_bytes(record.to_bytes())


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


def _folders(plan: Plan) -> list[tuple[str, str]]:
    return [(source.path, folder) for source, folder in plan.to_do]


def paths(plan: Plan) -> list[str]:
    return [source.path for source, _ in plan.to_do]


def test_only_what_is_new_or_changed_is_done_a_second_time(place: Place) -> None:
    place.add("a.mp4", "one")
    place.add("b.MOV", "two!")
    place.add("notes.txt", "no clip")
    place.finish(place.plan())
    assert paths(place.plan()) == []
    place.add("a.mp4", "another")
    place.add("c.webm", "three")
    assert paths(place.plan()) == ["a.mp4", "c.webm"]
    assert dict(_folders(place.plan())) == {"a.mp4": "a", "c.webm": "c"}


def test_other_settings_another_version_and_redo_each_do_all_again(place: Place) -> None:
    place.add("a.mp4", "one")
    place.finish(place.plan())
    assert paths(place.plan("others")) == ["a.mp4"]
    assert paths(place.plan(redo=True)) == ["a.mp4"]
    record = place.results.root / "a" / RECORD
    record.write_text(record.read_text(encoding="utf-8").replace(f'"{__version__}"', '"0.0.1"'), encoding="utf-8")
    assert paths(place.plan()) == ["a.mp4"]


def test_a_renamed_or_copied_clip_is_known_by_its_content(place: Place) -> None:
    place.add("a.mp4", "one")
    place.finish(place.plan())
    (place.clips.root / "a.mp4").rename(place.clips.root / "renamed.mp4")
    place.add("folder/copy.mp4", "one")
    plan = place.plan()
    assert plan.to_do == ()
    assert [(source.path, record.folder) for source, record in plan.finished] == [("folder/copy.mp4", "a"), ("renamed.mp4", "a")]


def test_another_clip_under_a_renamed_clips_old_name_does_not_take_its_results(place: Place) -> None:
    place.add("a.mp4", "one")
    place.finish(place.plan())
    (place.clips.root / "a.mp4").rename(place.clips.root / "b.mp4")
    place.add("a.mp4", "another")
    plan = place.plan()
    assert [(source.path, record.folder) for source, record in plan.finished] == [("b.mp4", "a")]
    assert _folders(plan) == [("a.mp4", "a_mp4")]


def test_two_new_clips_of_the_same_content_are_analysed_once(place: Place) -> None:
    place.add("a.mp4", "same")
    place.add("b.mp4", "same")
    plan = place.plan()
    assert paths(plan) == ["a.mp4"]
    assert [(copy.path, first.path) for copy, first in plan.copies] == [("b.mp4", "a.mp4")]


def test_verify_notices_a_change_that_left_size_and_time_alone(place: Place) -> None:
    place.add("a.mp4", "one")
    place.finish(place.plan())
    clip = place.clips.root / "a.mp4"
    status = clip.stat()
    clip.write_text("two", encoding="utf-8")
    os.utime(clip, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert paths(place.plan()) == []
    assert paths(place.plan(verify=True)) == ["a.mp4"]


@pytest.mark.parametrize("damage", ["cut", "lost", "no record", "half a record"])
def test_results_that_are_not_whole_are_not_trusted(place: Place, damage: str) -> None:
    place.add("a.mp4", "one")
    place.finish(place.plan())
    folder = place.results.root / "a"
    if damage == "cut":
        (folder / "report.json").write_text("", encoding="utf-8")
    elif damage == "lost":
        (folder / "report.json").unlink()
    elif damage == "no record":
        (folder / RECORD).unlink()
    else:
        (folder / RECORD).write_bytes((folder / RECORD).read_bytes()[:100])
    assert paths(place.plan()) == ["a.mp4"]


def test_clips_of_one_stem_get_folders_of_their_own_and_none_inside_another(place: Place) -> None:
    for path in ("a.mp4", "a.mov", "a/b.mp4", "a_b.mp4"):
        place.add(path, path)
    plan = place.plan()
    folders = [folder for _, folder in plan.to_do]
    assert len(set(folders)) == 4
    assert not any(other.startswith(f"{folder}/") for folder in folders for other in folders)
    place.finish(plan)
    assert paths(place.plan()) == []


def test_results_below_the_clips_are_no_clips(place: Place) -> None:
    place.add("a.mp4", "one")
    place.add("out/a/annotated.mp4", "film")
    place.add("out/a/report.json", "{}")
    assert [clip.path for clip in find_clips(place.clips, recursive=True)] == ["a.mp4"]
    place.add("results/film.mp4", "film")
    assert [clip.path for clip in find_clips(place.clips, recursive=True, leave_out="results")] == ["a.mp4"]


def test_glob_since_and_recursive_choose_clips(place: Place) -> None:
    place.add("anna_1.mp4", "1")
    place.add("ben_1.mp4", "2")
    place.add("below/anna_2.mp4", "3")
    os.utime(place.clips.root / "ben_1.mp4", (1000, 1000))
    assert [clip.path for clip in find_clips(place.clips)] == ["anna_1.mp4", "ben_1.mp4"]
    assert [clip.path for clip in find_clips(place.clips, recursive=True, pattern="anna*")] == ["anna_1.mp4", "below/anna_2.mp4"]
    assert [clip.path for clip in find_clips(place.clips, since_s=time.time() - 3600)] == ["anna_1.mp4"]


@pytest.mark.parametrize(
    ("suffix", "codec"),
    [
        *((suffix, "libx264") for suffix in (".mp4", ".mov", ".3gp", ".mkv", ".ts", ".mts", ".m2ts", ".flv")),
        *((suffix, "mpeg4") for suffix in (".m4v", ".avi")),
        *((suffix, "mpeg2video") for suffix in (".mpg", ".mpeg")),
        (".webm", "libvpx"),
        (".wmv", "wmv2"),
    ],
)
def test_a_film_in_every_container_that_analyze_reads_is_a_clip(place: Place, suffix: str, codec: str) -> None:
    place.clips.root.mkdir()
    film = make_clip(place.clips.root / f"film{suffix}", steady(10, 25.0), codec=codec)
    assert [clip.path for clip in find_clips(place.clips)] == [film.name]
    with open_container(film) as container:
        assert len(film_streams(container)) == 1


def test_the_athlete_is_the_first_word_or_the_folder() -> None:
    assert athlete_of("anna_2026-05-01.mp4", "name") == "anna"
    assert athlete_of("team/ben/lift.mp4", "folder") == "ben"
    assert athlete_of("lift.mp4", None) == ""


def test_a_folder_that_fails_half_way_leaves_the_old_one(place: Place) -> None:
    place.add("a.mp4", "one")
    place.finish(place.plan())
    before = (place.results.root / "a" / RECORD).read_bytes()

    def break_off() -> None:
        with place.results.new_folder("a") as new:
            (new / "half").write_text("half", encoding="utf-8")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        break_off()
    assert (place.results.root / "a" / RECORD).read_bytes() == before
    assert not list((place.results.root / "a").glob("half"))


@pytest.mark.parametrize("name", ["a", "a/notes.txt", "a/annotated_by_me.mp4", "a/clips/anna.mp4", "a/frames/mine.png"])
def test_results_never_take_the_place_of_other_files(place: Place, name: str) -> None:
    path = place.results.root / name
    path.parent.mkdir(parents=True)
    path.write_bytes(b"mine")
    with pytest.raises(OutputError, match=path.name), place.results.new_folder("a"):
        pass
    assert path.read_bytes() == b"mine"


def test_results_take_the_place_of_older_ones_whatever_the_system_put_beside_them(place: Place) -> None:
    for name in ("report.html", "frames/frame_000003.png", "annotated_slow.mp4", ".DS_Store", "Thumbs.db"):
        path = place.results.root / "a" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"old")
    with place.results.new_folder("a") as new:
        (new / RECORD).write_bytes(b"new")
    assert [path.name for path in (place.results.root / "a").iterdir()] == [RECORD]


def test_a_second_batch_on_the_same_results_is_refused(tmp_path: Path) -> None:
    results = LocalStorage(tmp_path / "out")
    with results.sole_writer(), pytest.raises(OutputError, match=f"process {os.getpid()}"), results.sole_writer():
        pass
    with results.sole_writer():
        pass


def test_five_hundred_finished_clips_are_known_without_reading_any(place: Place) -> None:
    for number in range(500):
        place.add(f"athlete_{number % 20}/clip_{number}.mp4", "x" * (number + 1))
    place.finish(place.plan())
    for clip in place.clips.root.rglob("*.mp4"):
        clip.chmod(0)
    plan = place.plan()
    assert (len(plan.finished), plan.to_do) == (500, ())

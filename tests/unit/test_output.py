"""All files of a report on disk."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace

import pytest

from hinge_vision.errors import ClipUnreadableError, OutputError
from hinge_vision.output import report_folder, write_report, write_results
from hinge_vision.report.track_file import load_track
from tests.report_fixture import SAMPLES, declined_report, sample_report, shortened

CLIP = SAMPLES / "deadlift_rounded.mp4"


@pytest.fixture(scope="module")
def report():
    return shortened(sample_report("deadlift_rounded"), 2.2)


@pytest.fixture(scope="module")
def written(report, tmp_path_factory):
    return write_report(report, CLIP, tmp_path_factory.mktemp("out"), embed_video=True)


def names(folder):
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def test_every_file_of_the_design_is_there_and_nothing_else(written):
    assert written.name == "deadlift_rounded"
    assert names(written) == {
        "report.json", "report.html", "frames.csv", "reps.csv", "track.npz", "annotated.mp4", "frames/frame_000057.png"
    }  # fmt: skip


def test_the_stored_track_is_the_one_analysed(report, written):
    assert load_track(written / "track.npz").track.clip == report.track.clip


def test_an_embedded_video_is_inside_the_page_and_beside_it(written):
    assert (written / "report.html").stat().st_size > 4_000_000 + 4 / 3 * (written / "annotated.mp4").stat().st_size


def test_a_second_run_replaces_the_first_and_leaves_other_files_alone(report, tmp_path):
    folder = tmp_path / "deadlift_rounded"
    (folder / "frames").mkdir(parents=True)
    (folder / "frames" / "frame_999999.png").write_bytes(b"old")
    (folder / "annotated.mp4").write_bytes(b"old")
    (folder / "my notes.txt").write_text("keep")
    write_report(report, CLIP, tmp_path, video=False)
    assert names(folder) == {"report.json", "report.html", "frames.csv", "reps.csv", "track.npz", "frames/frame_000057.png", "my notes.txt"}
    assert "<video" not in (folder / "report.html").read_text(encoding="utf-8")


def test_a_declined_clip_has_its_reason_as_page_and_json_only(tmp_path):
    folder = write_report(declined_report(), SAMPLES / "gone.mp4", tmp_path)
    assert names(folder) == {"report.json", "report.html"}
    assert not (folder / "frames").exists()
    assert json.loads((folder / "report.json").read_text(encoding="utf-8"))["quality"]["judgeable"] is False


def test_a_declined_clip_that_was_measured_keeps_what_was_measured_and_no_pictures(report, tmp_path):
    quality = declined_report().judgement.quality
    declined = replace(report, judgement=replace(report.judgement, quality=quality))
    folder = write_report(declined, CLIP, tmp_path)
    assert names(folder) == {"report.json", "report.html", "frames.csv", "track.npz"}
    assert 'id="curves"' not in (folder / "report.html").read_text(encoding="utf-8")


def test_no_report_json_stands_for_a_run_that_did_not_end(report, tmp_path):
    folder = tmp_path / "deadlift_rounded"
    folder.mkdir()
    (folder / "report.json").write_text("{}")
    with pytest.raises(ClipUnreadableError):
        write_report(report, tmp_path / "gone.mp4", tmp_path)
    assert not (folder / "report.json").exists()


def test_a_place_that_cannot_be_written_to_is_an_output_error(report, tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(OutputError) as caught:
        write_report(report, CLIP, tmp_path / "file")
    assert caught.value.exit_code == 5


@pytest.mark.parametrize("linked", [False, True], ids=["by its own name", "by a link to it"])
@pytest.mark.parametrize("judged", [True, False], ids=["judged", "declined"])
def test_a_clip_that_one_of_the_results_would_replace_is_left_alone_and_the_error_says_what_to_do(report, tmp_path, judged, linked):
    folder = tmp_path / "annotated"
    folder.mkdir()
    clip = named = folder / "annotated.mp4"
    shutil.copyfile(CLIP, clip)
    if linked:
        named = tmp_path / "link.mp4"
        named.symlink_to(clip)
    with pytest.raises(OutputError, match=f"{named}: annotated.mp4 .* move the clip"):
        write_results(report if judged else declined_report(), named, folder)
    assert names(folder) == {"annotated.mp4"}
    assert clip.read_bytes() == CLIP.read_bytes()


def test_a_second_run_broken_off_at_its_first_file_leaves_a_track_to_judge_again(report, written, tmp_path, monkeypatch):
    folder = shutil.copytree(written, tmp_path / "deadlift_rounded")

    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("hinge_vision.output.atomic_write_bytes", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write_report(report, CLIP, tmp_path)
    assert names(folder) == {"track.npz"}
    assert load_track(folder / "track.npz").track.clip == report.track.clip


@pytest.mark.parametrize(("name", "folder"), [("a.b.mp4", "a.b"), ("clip", "clip"), ("..mp4", "clip"), ("...", "clip"), (" .mov", "clip")])
def test_every_clip_gets_a_folder_of_its_own(tmp_path, name, folder):
    assert report_folder(tmp_path, name) == tmp_path / folder

"""A batch as a user meets it, and what is left when processes die, disks fill and files are bad."""

from __future__ import annotations

import getpass
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from tests.conftest import PROGRAM, ROOT, SAMPLES, run_program
from tests.waiting import until

QUICK = ("--rate", "5", "--end", "2", "--no-video")
ROUNDED = "kb_deadlift_low_back_rounded"
CLIPS = ("kb_swing", ROUNDED, "deadlift_upper_back_rounded")


@pytest.fixture
def clips(tmp_path: Path) -> Path:
    folder = tmp_path / "clips" / "anna"
    folder.mkdir(parents=True)
    for name in CLIPS:
        shutil.copy(SAMPLES / f"{name}.mp4", folder)
    return folder.parent


def events(output: str) -> list[dict]:
    return [json.loads(line) for line in output.splitlines()]


def table(out: Path) -> dict[str, dict]:
    return {row["clip"]: row for row in json.loads((out / "summary.json").read_text(encoding="utf-8"))["clips"]}


def run(clips: Path, out: Path, *more: str) -> subprocess.CompletedProcess[str]:
    return run_program("batch", str(clips), "-o", str(out), "--recursive", "--log-json", *QUICK, *more)


def start(clips: Path, out: Path, *more: str) -> subprocess.Popen[str]:
    command = [*PROGRAM, "batch", str(clips), "-o", str(out), "--recursive", "--log-json", *QUICK, *more]
    # a terminal of its own, as it were: interrupts go to all its processes
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT, start_new_session=True)


def is_worker(process: psutil.Process, batch: int) -> bool:
    """Tell a worker from the helpers of multiprocessing: one that was started afresh, or copied from the one that is."""
    command = " ".join(process.cmdline())
    return "spawn_main" in command or ("forkserver" in command and process.ppid() != batch)


def working(process: subprocess.Popen[str]) -> list[psutil.Process]:
    """Wait until a worker is in the middle of a clip."""

    def begun() -> list[psutil.Process]:
        found = [child for child in psutil.Process(process.pid).children(recursive=True) if is_worker(child, process.pid)]
        return found if found and sum(found[0].cpu_times()[:2]) > 0.1 else []

    return until(begun, "no worker began")


def test_a_bad_clip_has_a_row_that_says_why_and_stops_no_other_and_a_second_run_tries_only_it(clips: Path, tmp_path: Path) -> None:
    (clips / "bad.mov").write_text("no film", encoding="utf-8")
    out = tmp_path / "out"
    first = run(clips, out, "--workers", "1")
    assert first.returncode == 1, first.stderr
    rows = table(out)
    assert {row["status"] for name, row in rows.items() if name != "bad.mov"} <= {"judged", "declined"}
    assert rows["bad.mov"]["status"] == "failed"
    assert "not a video" in rows["bad.mov"]["says"]
    assert {row["athlete"] for name, row in rows.items() if name != "bad.mov"} == {"anna"}
    for row in rows.values():
        assert row["report"] is None or (out / row["report"]).stat().st_size > 10_000
    assert len((out / "summary.csv").read_text(encoding="utf-8").splitlines()) == 5
    assert "anna/kb_swing.mp4" in (out / "index.html").read_text(encoding="utf-8")
    again = events(run(clips, out, "--workers", "1").stdout)
    assert [event["clip"] for event in again if event["event"] == "clip"] == ["bad.mov"]
    assert again[0]["known"] == 3
    (clips / "bad.mov").unlink()
    assert run(clips, out, "--workers", "1").returncode == 0
    assert len(table(out)) == 3


def test_a_folder_without_clips_is_wrong_usage(tmp_path: Path) -> None:
    result = run(tmp_path, tmp_path / "out")
    assert result.returncode == 2
    assert "no clips" in result.stderr
    assert ".mp4, .mpeg" in result.stderr
    assert not (tmp_path / "out").exists()


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")
def test_after_kill_9_finished_clips_stay_finished_and_no_worker_lives_on(clips: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    process = start(clips, out, "--workers", "1")
    assert process.stdout is not None
    while json.loads(process.stdout.readline())["event"] != "clip":
        pass
    workers = working(process)
    process.kill()
    process.communicate(timeout=30)
    psutil.wait_procs(workers, timeout=10)
    assert not any(worker.is_running() and worker.status() != psutil.STATUS_ZOMBIE for worker in workers)
    finished = {path.parent: path.stat().st_mtime_ns for path in out.rglob("batch.json") if ".unfinished" not in path.parts}
    assert finished
    rest = run(clips, out, "--workers", "1")
    assert rest.returncode == 0, rest.stderr
    assert events(rest.stdout)[0]["known"] == len(finished)
    assert {folder: (folder / "batch.json").stat().st_mtime_ns for folder in finished} == finished
    assert len(table(out)) == 3
    assert not (out / ".unfinished").exists() or not any((out / ".unfinished").iterdir())


def test_ctrl_c_ends_all_processes_leaves_nothing_half_written_and_keeps_what_was_finished(clips: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    process = start(clips, out, "--workers", "1")
    assert process.stdout is not None
    while json.loads(process.stdout.readline())["event"] != "clip":
        pass
    workers = working(process)
    for worker in workers:
        worker.suspend()  # the batch must not be done before it is interrupted
    below = [*workers, *psutil.Process(process.pid).children(recursive=True)]
    os.killpg(process.pid, signal.SIGINT)
    _, complaints = process.communicate(timeout=60)
    assert process.returncode == 130
    assert complaints.strip() == "hinge-vision: interrupted; nothing half-written was left behind"
    psutil.wait_procs(below, timeout=10)
    assert not any(one.is_running() and one.status() != psutil.STATUS_ZOMBIE for one in below)
    assert not (out / ".unfinished").exists()
    finished = {path.parent.relative_to(out).as_posix() for path in out.rglob("batch.json")}
    assert {path.parent.relative_to(out).as_posix() for path in out.rglob("report.json")} == finished
    assert {Path(row["report"]).parent.as_posix() for row in table(out).values()} == finished
    assert 0 < len(finished) < 3
    rest = run(clips, out, "--workers", "1")
    assert (rest.returncode, events(rest.stdout)[0]["known"]) == (0, len(finished))
    assert len(table(out)) == 3


def test_a_clip_judged_again_or_drawn_again_by_hand_stays_so_until_redo(clips: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    arguments = ("--workers", "1", "--glob", f"{ROUNDED}*", "--rate", "10", "--end", "60")
    assert run(clips, out, *arguments).returncode == 0
    name = f"anna/{ROUNDED}.mp4"
    first = table(out)[name]
    assert (first["rejudged"], [flag for flag in first["flags"] if "coupled_flexion" in flag]) == (False, first["flags"][:1])
    folder = (out / first["report"]).parent.rename(out / "anna" / "another name")  # as a clip gets whose own is taken
    limits = tmp_path / "limits.json"
    limits.write_text(json.dumps({"rounding_deg": 80, "rounding_flat_deg": 80}), encoding="utf-8")
    by_hand = ("--clip", str(clips / name))
    rejudged = run_program("rejudge", str(folder), "--thresholds", str(limits), *by_hand)
    assert (rejudged.returncode, rejudged.stderr) == (0, "")
    drawn = run_program("annotate", str(folder), "--no-video", "--blur-face", *by_hand)
    assert (drawn.returncode, drawn.stderr) == (0, "")
    again = run(clips, out, *arguments)
    assert (events(again.stdout)[0]["known"], events(again.stdout)[0]["to_do"]) == (1, 0)
    row = table(out)[name]
    assert (row["rejudged"], row["report"]) == (True, "anna/another name/report.html")
    assert not any("coupled_flexion" in flag for flag in row["flags"])
    assert events(run(clips, out, *arguments, "--redo").stdout)[0]["to_do"] == 1
    assert not table(out)[name]["rejudged"]


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")
def test_a_clip_whose_worker_was_killed_is_analysed_by_another(clips: Path, tmp_path: Path) -> None:
    process = start(clips, tmp_path / "out", "--workers", "1")
    working(process)[0].send_signal(signal.SIGKILL)
    said, complaints = process.communicate(timeout=120)
    assert process.returncode == 0, complaints
    assert sum(event["event"] == "clip" for event in events(said)) == 3
    assert len(table(tmp_path / "out")) == 3


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")
def test_two_batches_at_once_on_the_same_results_and_the_second_is_refused(clips: Path, tmp_path: Path) -> None:
    first = start(clips, tmp_path / "out", "--workers", "1")
    try:
        working(first)
        first.send_signal(signal.SIGSTOP)  # it must not end before the second has begun
        second = run(clips, tmp_path / "out", "--workers", "1")
        assert second.returncode == 5
        assert f"process {first.pid}" in second.stderr
        assert "Traceback" not in second.stderr
    finally:
        first.kill()
        first.communicate(timeout=30)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=7m", "tmpfs", str(disk)]
    if shutil.which("mount") is None or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("no small disk can be mounted here (it takes an administrator)")
    yield disk
    subprocess.run(["umount", str(disk)], check=True)


def test_a_full_disk_stops_the_batch_and_what_was_finished_is_kept(clips: Path, small_disk: Path) -> None:
    out = small_disk / "out"
    ballast = small_disk / "ballast"
    ballast.write_bytes(b"0" * 1_000_000)
    full = run(clips, out, "--workers", "1")
    assert full.returncode == 5, full.stdout + full.stderr
    assert "Traceback" not in full.stderr
    assert "free some space" in full.stderr
    finished = [path for path in out.rglob("batch.json") if ".unfinished" not in path.parts]
    assert 0 < len(finished) < 3
    subprocess.run(["mount", "-o", "remount,size=60m", str(small_disk)], check=True)
    rest = run(clips, out, "--workers", "1")
    assert rest.returncode == 0, rest.stderr
    assert events(rest.stdout)[0]["known"] == len(finished)


@pytest.fixture
def s3(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The address of an S3-compatible server on the loopback, with two buckets."""
    pytest.importorskip("moto")
    fsspec = pytest.importorskip("fsspec")
    s3fs = pytest.importorskip("s3fs")
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    s3fs.S3FileSystem.clear_instance_cache()
    host, port = server.get_host_and_port()
    for name, value in {
        "AWS_ENDPOINT_URL": f"http://{host}:{port}",
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": "us-east-1",
    }.items():
        monkeypatch.setenv(name, value)
    system = fsspec.filesystem("s3", skip_instance_cache=True)
    urllib.request.urlopen(urllib.request.Request(f"http://{host}:{port}/moto-api/reset", method="POST")).close()
    system.mkdir("athletes")
    system.mkdir("results")
    yield f"http://{host}:{port}"
    server.stop()


def wait_for(file: Path) -> str:
    until(lambda: file.exists() and file.read_text(encoding="utf-8").strip().endswith("}"), "the scheduler did not begin")
    return json.loads(file.read_text(encoding="utf-8"))["address"]


def test_a_dask_cluster_works_from_and_to_s3_and_outlives_a_worker(s3: str, clips: Path, tmp_path: Path) -> None:
    pytest.importorskip("distributed")
    import fsspec

    system = fsspec.filesystem("s3", skip_instance_cache=True)
    for name in CLIPS[:2]:
        for day in ("monday", "friday"):
            system.put_file(str(clips / "anna" / f"{name}.mp4"), f"athletes/anna/{day}/{name}.mp4")

    def a_clip_is_stored() -> bool:
        system.invalidate_cache()
        return any(name.endswith("/batch.json") for name in system.find("results"))

    place = tmp_path / "scheduler.json"
    dask = [sys.executable, "-m", "distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard"]
    worker = [sys.executable, "-m", "distributed.cli.dask_worker", "--nthreads", "1", "--no-dashboard", "--scheduler-file", str(place)]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "cwd": ROOT, "env": {**os.environ, "PYTHONPATH": str(ROOT)}}
    started = [subprocess.Popen([*dask, "--scheduler-file", str(place)], **quiet)]
    try:
        address = wait_for(place)
        started.append(subprocess.Popen([*worker, "--host", "127.0.0.1"], **quiet))
        arguments = ["s3://athletes", "-o", "s3://results/may", "--recursive", "--log-json", "--dask", address, "--rate", "10", "--no-video"]
        command = [*PROGRAM, "batch", *arguments]
        batch = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT)
        until(a_clip_is_stored, "the worker finished nothing", timeout_s=120.0)
        assert batch.poll() is None
        busy = max(psutil.Process(started[1].pid).children(recursive=True), key=lambda child: sum(child.cpu_times()[:2]))
        busy.kill()  # the nanny starts another, and the clip goes to it
        said, complaints = batch.communicate(timeout=240)
        assert batch.returncode == 0, complaints
        assert {event["status"] for event in events(said) if event["event"] == "clip"} <= {"judged", "declined"}
        again = run_program("batch", *arguments)
        assert (again.returncode, events(again.stdout)[0]["known"], events(again.stdout)[0]["to_do"]) == (0, 4, 0)
    finally:
        for process in reversed(started):
            process.terminate()
        for process in started:
            process.wait(timeout=30)
    system.invalidate_cache()
    stored = {name.removeprefix("results/may/") for name in system.find("results/may")}
    assert {"summary.csv", "summary.json", "index.html", "anna/friday/kb_swing/batch.json", "anna/friday/kb_swing/report.html"} <= stored
    assert ".batch.lock" not in stored


def test_a_second_batch_on_the_same_s3_results_is_refused_until_the_first_is_long_dead(s3: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from hinge_vision.batch import remote_storage
    from hinge_vision.errors import OutputError

    results, others = remote_storage.RemoteStorage("s3://results/x"), remote_storage.RemoteStorage("s3://results/x")
    with results.sole_writer():
        with pytest.raises(OutputError, match="another batch"), others.sole_writer():
            pass
        monkeypatch.setattr(remote_storage, "STALE_S", 0.0)
        with others.sole_writer():
            pass


@pytest.fixture
def sftp(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The address of this machine's files behind an OpenSSH server on the loopback."""
    pytest.importorskip("paramiko")
    pytest.importorskip("fsspec")
    sshd = shutil.which("sshd") or shutil.which("sshd", path="/usr/sbin:/usr/local/sbin")
    if sshd is None or shutil.which("ssh-keygen") is None:
        pytest.skip("OpenSSH's server is not installed (apt-get install openssh-server)")
    (tmp_path / ".ssh").mkdir()
    for key in (tmp_path / "host", tmp_path / ".ssh" / "id_ed25519"):
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(key)], check=True)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    lines = {
        "Port": port,
        "ListenAddress": "127.0.0.1",
        "HostKey": tmp_path / "host",
        "AuthorizedKeysFile": tmp_path / ".ssh" / "id_ed25519.pub",
        "StrictModes": "no",
        "UsePAM": "no",
        "PidFile": "none",
        "Subsystem": "sftp internal-sftp",
    }
    (tmp_path / "sshd_config").write_text("".join(f"{name} {value}\n" for name, value in lines.items()), encoding="utf-8")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("SSH_AUTH_SOCK", raising=False)
    if os.geteuid() == 0:  # then it wants an empty folder of its own, which a machine without system services lacks
        Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)
    server = subprocess.Popen([sshd, "-D", "-e", "-f", str(tmp_path / "sshd_config")], stderr=subprocess.PIPE, text=True)
    assert server.stderr is not None
    if "listening" not in server.stderr.readline():
        pytest.skip("OpenSSH's server does not start here (as root it wants its own user)")
    yield f"sftp://{getpass.getuser()}@127.0.0.1:{port}"
    server.terminate()
    server.communicate(timeout=30)


def test_clips_come_from_and_results_go_to_sftp(sftp: str, clips: Path, tmp_path: Path) -> None:
    arguments = [f"{sftp}{clips}/anna", "-o", f"{sftp}{tmp_path}/out/may", "--log-json", "--workers", "1", "--glob", "kb_swing*", *QUICK]
    first = run_program("batch", *arguments)
    assert first.returncode == 0, first.stderr
    out = tmp_path / "out" / "may"
    assert (out / table(out)["kb_swing.mp4"]["report"]).stat().st_size > 10_000
    assert not (out / ".batch.lock").exists()
    again = events(run_program("batch", *arguments).stdout)
    assert (again[0]["known"], again[0]["to_do"]) == (1, 0)


def test_an_address_where_nobody_answers_is_wrong_usage(tmp_path: Path) -> None:
    pytest.importorskip("paramiko")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # and does not listen
        result = run_program("batch", f"sftp://127.0.0.1:{taken.getsockname()[1]}/clips", "-o", str(tmp_path / "out"))
    assert result.returncode == 2
    assert "cannot be reached" in result.stderr

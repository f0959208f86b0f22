"""Each case runs in a process of its own: a test runner already redirects the very file descriptor in question."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

ENVIRONMENT = {**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[3])}
PREPARE = """
import logging, os, sys, threading
from hinge_vision.video.quiet import native_stderr
def native(text):
    os.write(2, text.encode() + b"\\n")
"""


def run(body: str, *, command: str = 'exec "$0" -c "$1"') -> subprocess.CompletedProcess[str]:
    program = PREPARE + textwrap.dedent(body)
    return subprocess.run(
        ["sh", "-c", command, sys.executable, program],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        env=ENVIRONMENT,
    )


def stderr_of(body: str) -> list[str]:
    done = run(body)
    assert done.returncode == 0, done.stderr
    return done.stderr.splitlines()


def test_native_libraries_are_silenced_and_python_is_not() -> None:
    assert stderr_of("""
        native("before")
        with native_stderr(False):
            native("hidden")
            print("python", file=sys.stderr)
        native("after")
        print("python after", file=sys.stderr)
    """) == ["before", "python", "after", "python after"]


def test_verbose_lets_everything_through() -> None:
    assert stderr_of("""
        with native_stderr(True):
            native("library")
    """) == ["library"]


def test_silences_may_be_nested() -> None:
    assert stderr_of("""
        with native_stderr(False):
            with native_stderr(False):
                native("hidden")
            native("still hidden")
            print("python", file=sys.stderr)
        native("after")
    """) == ["python", "after"]


def test_threads_may_enter_and_leave_in_any_order() -> None:
    assert stderr_of("""
        def work(name):
            for number in range(200):
                with native_stderr(False):
                    native("hidden")
                    if number == 100:
                        print(name, file=sys.stderr)
        threads = [threading.Thread(target=work, args=("python",)) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        native("after")
    """) == ["python"] * 4 + ["after"]


def test_an_error_inside_is_seen_and_ends_the_silence() -> None:
    done = run("""
        with native_stderr(False):
            raise SystemExit("reason")
    """)
    assert (done.returncode, done.stderr) == (1, "reason\n")


def test_warnings_logging_and_thread_errors_come_through() -> None:
    lines = stderr_of("""
        import warnings
        def fail():
            raise ValueError("in a thread")
        with native_stderr(False):
            logging.warning("logged")
            warnings.warn("warned")
            thread = threading.Thread(target=fail)
            thread.start()
            thread.join()
    """)
    assert any("logged" in line for line in lines)
    assert any("warned" in line for line in lines)
    assert any("in a thread" in line for line in lines)


def test_a_stream_kept_from_inside_still_works_afterwards() -> None:
    assert stderr_of("""
        with native_stderr(False):
            handler = logging.StreamHandler()
        logger = logging.getLogger("kept")
        logger.addHandler(handler)
        logger.warning("later")
        with native_stderr(False):
            logger.warning("again")
    """) == ["later", "again"]


def test_a_stream_that_python_redirected_elsewhere_is_left_alone() -> None:
    assert (
        stderr_of("""
        import contextlib, io
        held = io.StringIO()
        with contextlib.redirect_stderr(held), native_stderr(False):
            native("hidden")
            print("python", file=sys.stderr)
        assert held.getvalue() == "python\\n"
    """)
        == []
    )


def test_a_closed_stderr_is_no_trouble_and_no_file_opened_later_is_written_into() -> None:
    done = run(
        """
        import tempfile
        with native_stderr(False), tempfile.TemporaryFile() as file:
            native("hidden")
            assert file.seek(0, 2) == 0
        with native_stderr(False):
            native("hidden")
        print("fine")
        """,
        command='exec "$0" -c "$1" 2>&-',
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "fine\n", "")


def test_no_file_descriptor_is_left_over() -> None:
    assert (
        stderr_of("""
        with native_stderr(False):
            pass
        before = sorted(os.listdir("/dev/fd"))
        for _ in range(50):
            with native_stderr(False):
                pass
        assert sorted(os.listdir("/dev/fd")) == before
    """)
        == []
    )


def test_a_value_the_user_has_set_stays() -> None:
    assert (
        stderr_of("""
        os.environ["GLOG_minloglevel"] = "0"
        with native_stderr(False):
            pass
        assert os.environ["GLOG_minloglevel"] == "0"
        assert os.environ["OPENCV_LOG_LEVEL"]
    """)
        == []
    )


def test_what_ffmpeg_says_about_a_damaged_clip_does_not_reach_the_terminal(tmp_path_factory: pytest.TempPathFactory) -> None:
    from tests.made_clips import flip_bytes, make_clip, steady

    clip = flip_bytes(make_clip(tmp_path_factory.mktemp("clips") / "clip.mp4", steady(30, 30), noise=True), every=97)
    body = f"""
        from pathlib import Path
        from hinge_vision.video.reader import ClipReader
        with native_stderr(VERBOSE), ClipReader(Path({str(clip)!r})) as reader:
            list(reader)
    """
    assert stderr_of(body.replace("VERBOSE", "False")) == []
    assert stderr_of(body.replace("VERBOSE", "True")) != []

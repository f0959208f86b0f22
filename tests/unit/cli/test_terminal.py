"""What a command says and ends with, whatever it is stopped by."""

from __future__ import annotations

import click
import pytest

from hinge_vision.cli import commands, run_command
from hinge_vision.cli.terminal import Talk, progress_bar
from hinge_vision.errors import ClipUnreadableError, HingeVisionError, InstallationError, OutputError, SettingsError


def ending(stopped_by: BaseException | None = None, returns: object = 0, name: str = "work") -> click.Group:
    """Commands of which one ends so."""

    def work(**_: object) -> object:
        if stopped_by is not None:
            raise stopped_by
        return returns

    option = click.Option(["-v", "--verbose"], is_flag=True)
    return click.Group(commands=[click.Command(name, callback=work, params=[option])])


def said(capsys: pytest.CaptureFixture[str]) -> str:
    told = capsys.readouterr()
    assert told.out == ""
    return told.err


@pytest.mark.parametrize(
    ("error", "code"),
    [(SettingsError, 2), (ClipUnreadableError, 3), (OutputError, 5), (InstallationError, 6), (HingeVisionError, 2)],
)
def test_each_kind_of_trouble_has_its_exit_code_and_is_told_in_one_line(
    error: type[HingeVisionError], code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_command(ending(error("a.mp4: what is wrong; what to do")), ["work"]) == code
    assert said(capsys) == "hinge-vision: a.mp4: what is wrong; what to do\n"


@pytest.mark.parametrize(("returns", "code"), [(0, 0), (4, 4), (None, 0), ("text", 0)])
def test_what_a_command_returns_is_the_exit_code_where_it_is_a_number(returns: object, code: int, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(ending(returns=returns), ["work"]) == code
    assert said(capsys) == ""


@pytest.mark.parametrize("arguments", [["no-such"], ["work", "--no-such"], ["work", "more"]], ids=" ".join)
def test_wrong_usage_ends_with_2_and_names_what_is_wrong(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(ending(), arguments) == 2
    assert arguments[-1] in said(capsys)


def test_what_click_itself_complains_of_ends_with_2(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(ending(click.ClickException("no room")), ["work"]) == 2
    assert said(capsys) == "hinge-vision: no room\n"


@pytest.mark.parametrize("stopped_by", [KeyboardInterrupt, click.Abort])
@pytest.mark.parametrize("name", ["analyze", "annotate", "rejudge", "batch", "serve"])
def test_an_interrupt_ends_with_130_and_says_what_was_left_behind(
    name: str, stopped_by: type[BaseException], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_command(ending(stopped_by(), name=name), [name]) == 130
    told = said(capsys).strip()  # click ends the line that ^C stands in
    assert told.startswith("hinge-vision: interrupted; ")
    assert "\n" not in told
    # these put their files one by one where they are asked for; the others whole folders
    assert ("without report.json is unfinished" in told) == (name in ("analyze", "annotate", "rejudge"))
    assert ("nothing half-written was left behind" in told) == (name in ("batch", "serve"))


@pytest.mark.parametrize(
    "error",
    [
        ImportError("libGL.so.1: cannot open shared object file: No such file or directory"),
        OSError("libGL.so.1: cannot open shared object file: No such file or directory"),
        ModuleNotFoundError("No module named 'cv2'", name="cv2"),
    ],
    ids=["library", "library of a library", "package"],
)
def test_a_broken_installation_ends_with_6_and_the_mending_command(error: Exception, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(ending(error), ["work"]) == 6
    told = said(capsys)
    assert "run `" in told
    assert told.count("\n") == 1


@pytest.mark.parametrize("error", [PermissionError(13, "Permission denied"), ValueError("of its own"), KeyError("of its own")])
def test_a_fault_of_its_own_ends_with_70_in_one_line_and_with_a_traceback_only_when_asked_for(
    error: Exception, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_command(ending(error), ["work"]) == 70
    told = said(capsys)
    assert told.startswith(f"hinge-vision: this should not have happened ({type(error).__name__}: ")
    assert told.endswith("; run again with -v for the details\n")
    assert told.count("\n") == 1
    assert run_command(ending(error), ["work", "-v"]) == 70
    assert "Traceback" in said(capsys)


@pytest.mark.parametrize(("quiet", "json", "heard"), [(False, False, "a line\n"), (True, False, ""), (False, True, ""), (True, True, "")])
def test_lines_for_people_are_left_out_where_nobody_or_a_program_listens(
    quiet: bool, json: bool, heard: str, capsys: pytest.CaptureFixture[str]
) -> None:
    Talk(quiet=quiet, json=json).say("a line")
    assert capsys.readouterr().out == heard


@pytest.mark.parametrize("talk", [Talk(), Talk(quiet=True), Talk(json=True)], ids=str)
def test_no_progress_is_drawn_where_nobody_watches(talk: Talk, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    if talk.quiet or talk.json:
        monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    with progress_bar("lift.mp4", talk) as show:
        assert show is None
    assert said(capsys) == ""


def test_on_a_terminal_the_bar_names_the_clip_and_what_is_being_done(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "160")
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    with progress_bar("lift.mp4", Talk()) as show:
        assert show is not None
        show("survey", 1.0, 8.0)
        show("pose", 4.0, 8.0)
        show("pose", 0.0, 0.0)
    told = said(capsys)
    assert "lift.mp4: following the lifter" in told


@pytest.mark.parametrize("name", sorted(commands.commands))
def test_a_fault_of_the_program_itself_names_no_option_that_the_command_does_not_have(
    name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def at_fault(**_: object) -> int:
        raise ValueError("of its own")

    command = commands.commands[name]
    monkeypatch.setattr(command, "callback", at_fault)
    monkeypatch.setattr(command, "params", [option for option in command.params if not option.required])
    assert run_command(commands, [name]) == 70
    said = capsys.readouterr().err
    assert said.startswith("hinge-vision: this should not have happened (ValueError: of its own)")
    assert ("run again with -v" in said) == any("-v" in option.opts for option in command.params)


def test_the_list_of_commands_breaks_no_sentence_off(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(commands, ["--help"]) == 0
    assert "..." not in capsys.readouterr().out.split("Commands:")[1]

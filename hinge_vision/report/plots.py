"""The report's plots as Plotly figures in plain data. Colours are names, such as `$hip`, which the page's theme fills in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from hinge_vision.arrays import FloatArray
from hinge_vision.findings.thresholds import Thresholds
from hinge_vision.kinematics.filters import stretches
from hinge_vision.kinematics.motion import Angle, Motion
from hinge_vision.kinematics.reps import Segmentation
from hinge_vision.report import text
from hinge_vision.report.contacts import CONTACTS, contact_states, gap_change_pct
from hinge_vision.report.json_report import number

MOST_POINTS = 6000
"""Points of one curve in the page; longer clips are thinned evenly."""
MARGIN_PX = {"l": 70, "r": 12, "t": 28, "b": 46}
PHASE_OPACITY = {"down": 0.10, "bottom": 0.30, "up": 0.17, "lockout": 0.05}
LOOP_COLOURS = 6

PlotlyDict = dict[str, Any]
"""A figure of Plotly, or a part of one, in plain data."""


def curves(motion: Motion, segmentation: Segmentation | None, limits: Thresholds, *, slow_motion: bool = False) -> PlotlyDict:
    """Return hip flexion, lumbar flexion, the three contacts and the hand's room over real time, one below the other.

    Of a slow-motion clip it is not the time a player shows, and the axis says so.
    """
    rows = _thin(len(motion.time_s))
    time_s = _numbers(motion.time_s[rows], 3)
    data: list[PlotlyDict] = []
    for name, angle, axis, colour in (("Hips", motion.hip_flexion, "y", "$hip"), ("Low back", motion.lumbar_flexion, "y2", "$back")):
        data.append(_band(motion.time_s[rows], angle, rows, axis, colour))
        data.append(
            {
                "type": "scatter",
                "mode": "lines",
                "name": name,
                "x": time_s,
                "y": _numbers(angle.value_deg[rows], 1),
                "customdata": _numbers(angle.sd_deg[rows], 1),
                "yaxis": axis,
                "line": {"color": colour, "width": 2.5},
                "hovertemplate": f"{name} %{{y:.0f}}° ± %{{customdata:.0f}}°<extra></extra>",
            }
        )
    data += _contact_lanes(motion, rows, limits)
    room = gap_change_pct(motion, "low_back")
    data.append(
        {
            "type": "scatter",
            "mode": "lines",
            "name": "Hand's room",
            "x": time_s,
            "y": _numbers(room[rows], 1),
            "yaxis": "y4",
            "line": {"color": "$room", "width": 2},
            "hovertemplate": "Hand's room %{y:+.1f} %<extra></extra>",
        }
    )
    first_s, last_s = float(motion.time_s[0]), float(motion.time_s[-1])
    lumbar = motion.lumbar_flexion.value_deg
    layout = {
        "xaxis": {
            "range": [number(first_s), number(max(last_s, first_s + 0.1))],
            "anchor": "y4",
            "title": {"text": "seconds, real time" if slow_motion else "seconds of the clip", "standoff": 6},
            "fixedrange": True,
            "hoverformat": ".2f",
            "ticksuffix": " s",
        },
        "yaxis": {"domain": [0.71, 1.0], "title": {"text": "hips"}, "ticksuffix": "°", "fixedrange": True, "zeroline": True, "nticks": 5},
        "yaxis2": {
            "domain": [0.39, 0.67],
            "title": {"text": "low back"},
            "ticksuffix": "°",
            "fixedrange": True,
            "zeroline": True,
            "nticks": 5,
            "range": _range(lumbar, motion.lumbar_flexion.sd_deg, at_least=15.0),
        },
        "yaxis3": {
            "domain": [0.19, 0.35],
            "range": [-0.6, len(CONTACTS) - 0.4],
            "tickvals": list(range(len(CONTACTS))),
            "ticktext": ["sacrum", "mid-back", "head"],
            "fixedrange": True,
            "zeroline": False,
            "showgrid": False,
        },
        "yaxis4": {
            "domain": [0.0, 0.15],
            "title": {"text": "room"},
            "ticksuffix": " %",
            "fixedrange": True,
            "zeroline": True,
            "nticks": 4,
            "range": _range(room, np.zeros_like(room), at_least=4.0),
        },
        "shapes": [] if segmentation is None else _shading(motion, segmentation),
        "annotations": [] if segmentation is None else _rep_labels(motion, segmentation),
        "showlegend": False,
        "hovermode": "x unified",
        "dragmode": False,
        "margin": MARGIN_PX,
        "height": 640,
    }
    return {"data": data, "layout": layout}


def loops(motion: Motion, segmentation: Segmentation) -> PlotlyDict:
    """Return lumbar flexion against hip flexion, one loop per rep: a low back that is coupled to the hips draws a slope, a steady one a flat line."""
    data: list[PlotlyDict] = []
    hips, back = motion.hip_flexion.value_deg, motion.lumbar_flexion.value_deg
    for index, rep in enumerate(segmentation.reps):
        rows = rep.rows[_thin(len(rep.rows), MOST_POINTS // 10)]
        colour = f"$loop{index % LOOP_COLOURS}"
        dash = ("solid", "dash", "dot")[index // LOOP_COLOURS % 3]
        data.append(
            {
                "type": "scatter",
                "mode": "lines",
                "name": f"rep {rep.number}{' (in part)' if rep.partial else ''}",
                "legendgroup": str(rep.number),
                "x": _numbers(hips[rows], 1),
                "y": _numbers(back[rows], 1),
                "customdata": _numbers(motion.time_s[rows], 3),
                "line": {"color": colour, "width": 2.5, "dash": dash},
                "hovertemplate": f"rep {rep.number}, %{{customdata:.2f}} s<br>hips %{{x:.0f}}°, low back %{{y:+.0f}}°<extra></extra>",
            }
        )
        data.append(
            {
                "type": "scatter",
                "mode": "markers",
                "name": f"bottom of rep {rep.number}",
                "legendgroup": str(rep.number),
                "showlegend": False,
                "x": _numbers(hips[[rep.bottom]], 1),
                "y": _numbers(back[[rep.bottom]], 1),
                "customdata": _numbers(motion.time_s[[rep.bottom]], 3),
                "marker": {"color": colour, "size": 11, "symbol": index % 8, "line": {"color": "$paper", "width": 1}},
                "error_x": _error_bar(motion.hip_flexion, rep.bottom, colour),
                "error_y": _error_bar(motion.lumbar_flexion, rep.bottom, colour),
                "hovertemplate": f"bottom of rep {rep.number}<br>hips %{{x:.0f}}°, low back %{{y:+.0f}}°<extra></extra>",
            }
        )
    layout = {
        "xaxis": {"title": {"text": "hip flexion since standing"}, "ticksuffix": "°", "fixedrange": True, "zeroline": True},
        "yaxis": {
            "title": {"text": "low back since standing"},
            "ticksuffix": "°",
            "fixedrange": True,
            "zeroline": True,
            "range": _range(back, motion.lumbar_flexion.sd_deg, at_least=20.0),
        },
        "annotations": [
            {"xref": "paper", "yref": "paper", "x": 0.01, "y": 1.0, "xanchor": "left", "yanchor": "top", "showarrow": False, "text": "rounds ↑"},
            {"xref": "paper", "yref": "paper", "x": 0.01, "y": 0.0, "xanchor": "left", "yanchor": "bottom", "showarrow": False, "text": "arches ↓"},
        ],
        "showlegend": len(segmentation.reps) > 1,
        "legend": {"orientation": "h", "y": -0.2},
        "hovermode": "closest",
        "dragmode": False,
        "margin": MARGIN_PX,
        "height": 420,
    }
    return {"data": data, "layout": layout}


def readings(motion: Motion, segmentation: Segmentation | None) -> dict[str, list[Any]]:
    """Return what the page says of the moment under the cursor, one entry per (thinned) frame."""
    rows = _thin(len(motion.time_s))
    hip, back = motion.hip_flexion, motion.lumbar_flexion
    return {
        "time_s": _numbers(motion.time_s[rows], 3),
        "hips": [text.degrees(float(hip.value_deg[row]), float(hip.sd_deg[row])) for row in rows],
        "back": [text.degrees(float(back.value_deg[row]), float(back.sd_deg[row]), signed=True) for row in rows],
        "rep": [0 if segmentation is None else int(segmentation.rep[row]) for row in rows],
        "phase": ["" if segmentation is None else str(segmentation.phase[row]) for row in rows],
    }


def _band(time_s: FloatArray, angle: Angle, rows: Sequence[int] | np.ndarray[Any, Any], axis: str, colour: str) -> PlotlyDict:
    """Return one standard error up and down as closed shapes, one per unbroken stretch, so that no band spans a gap."""
    value, sd = angle.value_deg[rows], angle.sd_deg[rows]
    x: list[float | None] = []
    y: list[float | None] = []
    for first, last in stretches(np.isfinite(value) & np.isfinite(sd)):
        there, upper, lower = time_s[first:last], (value + sd)[first:last], (value - sd)[first:last]
        x += [*_numbers(there, 3), *_numbers(there[::-1], 3), None]
        y += [*_numbers(upper, 1), *_numbers(lower[::-1], 1), None]
    return {
        "type": "scatter",
        "mode": "lines",
        "x": x,
        "y": y,
        "yaxis": axis,
        "fill": "toself",
        "fillcolor": f"{colour}-band",
        "line": {"width": 0, "color": colour},
        "hoverinfo": "skip",
        "name": "one standard error",
    }


def _contact_lanes(motion: Motion, rows: Sequence[int] | np.ndarray[Any, Any], limits: Thresholds) -> list[PlotlyDict]:
    """Return a lane per contact: a thick bar while touching, a row of open rings while lost, nothing where not measured."""
    lanes: list[PlotlyDict] = []
    time_s = motion.time_s[rows]
    step = max(1, len(time_s) // 30)
    for lane, (contact, states) in enumerate(reversed(contact_states(motion, limits).items())):
        name = text.CONTACT_NAMES[contact]
        state = states[rows]
        lost = np.flatnonzero(state == 0)
        rings = np.array([row for first, last in stretches(state == 0) for row in range(first, last, step)], dtype=int)
        lanes.append(
            {
                "type": "scatter",
                "mode": "lines",
                "name": f"{name} touching",
                "x": _numbers(time_s, 3),
                "y": [lane if value == 1 else None for value in state],
                "yaxis": "y3",
                "line": {"color": "$touch", "width": 9},
                "hovertemplate": f"{name}: touching<extra></extra>",
            }
        )
        lanes.append(
            {
                "type": "scatter",
                "mode": "markers",
                "name": f"{name} lost",
                "x": _numbers(time_s[rings], 3),
                "y": [lane] * len(rings),
                "yaxis": "y3",
                "marker": {"color": "$lost", "size": 8, "symbol": "circle-open", "line": {"width": 2}},
                "hoverinfo": "skip",
            }
        )
        lanes.append(
            {
                "type": "scatter",
                "mode": "lines",
                "name": f"{name} lost",
                "x": _numbers(time_s[lost], 3),
                "y": [lane] * len(lost),
                "yaxis": "y3",
                "line": {"color": "rgba(0,0,0,0)", "width": 1},
                "hovertemplate": f"{name}: lost<extra></extra>",
            }
        )
    return lanes


def _shading(motion: Motion, segmentation: Segmentation) -> list[PlotlyDict]:
    shapes: list[PlotlyDict] = []
    for rep in segmentation.reps:
        phases = segmentation.phase[rep.rows]
        for phase, opacity in PHASE_OPACITY.items():
            for first, last in stretches(phases == phase):
                until = min(rep.start + last, len(motion.time_s) - 1)
                shapes.append(
                    {
                        "type": "rect",
                        "layer": "below",
                        "xref": "x",
                        "yref": "paper",
                        "x0": number(motion.time_s[rep.start + first]),
                        "x1": number(motion.time_s[until]),
                        "y0": 0,
                        "y1": 1,
                        "fillcolor": "$shade",
                        "opacity": opacity,
                        "line": {"width": 0},
                    }
                )
    return shapes


def _rep_labels(motion: Motion, segmentation: Segmentation) -> list[PlotlyDict]:
    many = len(segmentation.reps) > 8
    return [
        {
            "xref": "x",
            "yref": "paper",
            "x": number(motion.time_s[rep.bottom]),
            "y": 1.0,
            "yanchor": "bottom",
            "showarrow": False,
            "text": str(rep.number) if many else f"rep {rep.number}",
        }
        for rep in segmentation.reps
    ]


def _error_bar(angle: Angle, row: int, colour: str) -> PlotlyDict:
    sd_deg = number(angle.sd_deg[row], 1)
    return {"type": "data", "array": [sd_deg], "visible": sd_deg is not None, "color": colour, "thickness": 1.5}


def _range(value: FloatArray, sd: FloatArray, *, at_least: float) -> list[float]:
    """Return an axis range that holds the band, and never less than -`at_least`..`at_least`: a small wobble must look small."""
    low, high = value - np.nan_to_num(sd), value + np.nan_to_num(sd)
    known = np.isfinite(value)
    if not known.any():
        return [-at_least, at_least]
    return [min(-at_least, round(float(low[known].min()) - 2, 1)), max(at_least, round(float(high[known].max()) + 2, 1))]


def _thin(count: int, most: int = MOST_POINTS) -> np.ndarray[Any, np.dtype[np.int64]]:
    return np.arange(0, count, max(1, -(-count // most)))


def _numbers(values: FloatArray, decimals: int) -> list[float | None]:
    return [number(value, decimals) for value in values]

"""The plot of the angles, the contacts and the hand's room over time."""

from __future__ import annotations

import numpy as np

from hinge_vision.arrays import FloatArray, IntArray
from hinge_vision.findings.thresholds import Thresholds
from hinge_vision.kinematics.filters import stretches
from hinge_vision.kinematics.motion import Angle, Motion
from hinge_vision.kinematics.reps import Segmentation
from hinge_vision.report import text
from hinge_vision.report.contacts import CONTACTS, contact_states, gap_change_pct
from hinge_vision.report.json_report import number
from hinge_vision.report.plot_parts import MARGIN_PX, PlotlyDict, axis_range, numbers, thin

PHASE_OPACITY = {"down": 0.10, "bottom": 0.30, "up": 0.17, "lockout": 0.05}


def curves(motion: Motion, segmentation: Segmentation | None, thresholds: Thresholds, *, slow_motion: bool = False) -> PlotlyDict:
    """Return hip flexion, lumbar flexion, the three contacts and the hand's room over real time, one below the other.

    Of a slow-motion clip it is not the time a player shows, and the axis says so.
    """
    rows = thin(len(motion.time_s))
    time_s = numbers(motion.time_s[rows], 3)
    data: list[PlotlyDict] = []
    for name, angle, axis, colour in (("Hips", motion.hip_flexion, "y", "$hip"), ("Low back", motion.lumbar_flexion, "y2", "$back")):
        data.append(_band(motion.time_s[rows], angle, rows, axis, colour))
        data.append(
            {
                "type": "scatter",
                "mode": "lines",
                "name": name,
                "x": time_s,
                "y": numbers(angle.value_deg[rows], 1),
                "customdata": numbers(angle.sd_deg[rows], 1),
                "yaxis": axis,
                "line": {"color": colour, "width": 2.5},
                "hovertemplate": f"{name} %{{y:.0f}}° ± %{{customdata:.0f}}°<extra></extra>",
            }
        )
    data += _contact_lanes(motion, rows, thresholds)
    room = gap_change_pct(motion, "low_back")
    data.append(
        {
            "type": "scatter",
            "mode": "lines",
            "name": "Hand's room",
            "x": time_s,
            "y": numbers(room[rows], 1),
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
            "range": axis_range(lumbar, motion.lumbar_flexion.sd_deg, at_least=15.0),
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
            "range": axis_range(room, np.zeros_like(room), at_least=4.0),
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


def _band(time_s: FloatArray, angle: Angle, rows: IntArray, axis: str, colour: str) -> PlotlyDict:
    """Return one standard error up and down as closed shapes, one per unbroken stretch, so that no band spans a gap."""
    value, sd = angle.value_deg[rows], angle.sd_deg[rows]
    x: list[float | None] = []
    y: list[float | None] = []
    for first, last in stretches(np.isfinite(value) & np.isfinite(sd)):
        there, upper, lower = time_s[first:last], (value + sd)[first:last], (value - sd)[first:last]
        x += [*numbers(there, 3), *numbers(there[::-1], 3), None]
        y += [*numbers(upper, 1), *numbers(lower[::-1], 1), None]
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


def _contact_lanes(motion: Motion, rows: IntArray, thresholds: Thresholds) -> list[PlotlyDict]:
    """Return a lane per contact: a thick bar while touching, a row of open rings while lost, nothing where not measured."""
    lanes: list[PlotlyDict] = []
    time_s = motion.time_s[rows]
    step = max(1, len(time_s) // 30)
    for lane, (contact, states) in enumerate(reversed(contact_states(motion, thresholds).items())):
        name = text.CONTACT_NAMES[contact]
        state = states[rows]
        lost = np.flatnonzero(state == 0)
        rings = np.array([row for first, last in stretches(state == 0) for row in range(first, last, step)], dtype=int)
        lanes.append(
            {
                "type": "scatter",
                "mode": "lines",
                "name": f"{name} touching",
                "x": numbers(time_s, 3),
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
                "x": numbers(time_s[rings], 3),
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
                "x": numbers(time_s[lost], 3),
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

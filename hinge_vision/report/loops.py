"""The plot of the low back against the hips, one loop per rep."""

from __future__ import annotations

from hinge_vision.kinematics.motion import Angle, Motion
from hinge_vision.kinematics.reps import Segmentation
from hinge_vision.report import text
from hinge_vision.report.json_report import number
from hinge_vision.report.plot_parts import MARGIN_PX, MOST_POINTS, PlotlyDict, axis_range, numbers, thin

COLOURS = 6


def loops(motion: Motion, segmentation: Segmentation) -> PlotlyDict:
    """Return lumbar flexion against hip flexion, one loop per rep: a low back that is coupled to the hips draws a slope, a steady one a flat line."""
    data: list[PlotlyDict] = []
    hips, back = motion.hip_flexion.value_deg, motion.lumbar_flexion.value_deg
    for index, rep in enumerate(segmentation.reps):
        rows = rep.rows[thin(len(rep.rows), MOST_POINTS // 10)]
        colour = f"$loop{index % COLOURS}"
        dash = ("solid", "dash", "dot")[index // COLOURS % 3]
        data.append(
            {
                "type": "scatter",
                "mode": "lines",
                "name": f"rep {rep.number}{' (in part)' if rep.partial else ''}",
                "legendgroup": str(rep.number),
                "x": numbers(hips[rows], 1),
                "y": numbers(back[rows], 1),
                "customdata": numbers(motion.time_s[rows], 3),
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
                "x": numbers(hips[[rep.bottom]], 1),
                "y": numbers(back[[rep.bottom]], 1),
                "customdata": numbers(motion.time_s[[rep.bottom]], 3),
                "marker": {"color": colour, "size": 11, "symbol": index % 8, "line": {"color": "$paper", "width": 1}},
                "error_x": _error_bar(motion.hip_flexion, rep.bottom, colour),
                "error_y": _error_bar(motion.lumbar_flexion, rep.bottom, colour),
                "hovertemplate": f"bottom of rep {rep.number}<br>hips %{{x:.0f}}°, low back %{{y:+.0f}}°<extra></extra>",
            }
        )
    zero = text.ZERO_NAMES[motion.baseline.source]
    layout = {
        "xaxis": {"title": {"text": f"hip flexion since {zero}"}, "ticksuffix": "°", "fixedrange": True, "zeroline": True},
        "yaxis": {
            "title": {"text": f"low back since {zero}"},
            "ticksuffix": "°",
            "fixedrange": True,
            "zeroline": True,
            "range": axis_range(back, motion.lumbar_flexion.sd_deg, at_least=20.0),
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


def _error_bar(angle: Angle, row: int, colour: str) -> PlotlyDict:
    sd_deg = number(angle.sd_deg[row], 1)
    return {"type": "data", "array": [sd_deg], "visible": sd_deg is not None, "color": colour, "thickness": 1.5}

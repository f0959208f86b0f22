"use strict";
(() => {
  const { rows, names, headings } = JSON.parse(document.getElementById("data").textContent);
  const by = (id) => document.getElementById(id);
  const PAGE = 200, CHARTS = 24;
  const title = (flag) => {
    const [name, ...rest] = flag.split(" ");
    return (names[name] || name) + (rest.length ? " " + rest.join(" ") : "");
  };
  const isFault = (flag) => flag.includes("(");
  // no fault named, and none ruled out: no reason to be at ease
  const unsure = (row) => row.heading === headings.unsure;
  const degrees = (value, sd, signed) => {
    if (value === null) return "";
    const number = Math.round(value);
    const text = (signed && number > 0 ? "+" : "") + String(number).replace("-", "\u2212") + "\u00b0";
    return sd === null ? text : text + "\u00a0\u00b1\u00a0" + Math.max(1, Math.round(sd)) + "\u00b0";
  };
  const day = (row) => (row.recorded_at ? row.recorded_at.slice(0, 10) : "");
  const columns = [
    { key: "clip", label: "Clip" },
    { key: "athlete", label: "Athlete" },
    { key: "recorded_at", label: "Date" },
    { key: "exercise", label: "Exercise" },
    { key: "reps", label: "Reps" },
    { key: "peak_hip_flexion_deg", label: "Hips at most" },
    { key: "lumbar_at_bottom_deg", label: "Low back at bottom" },
    { key: "flags", label: "Seen" },
    { key: "confidence", label: "Confidence" },
  ];
  let order = { key: "recorded_at", down: true }, limit = PAGE, chartLimit = CHARTS;

  const make = (tag, attributes = {}, ...children) => {
    const node = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
    node.append(...children);
    return node;
  };
  // a path may hold any character
  const link = (path) => path.split("/").map(encodeURIComponent).join("/");

  const worst = (row) => {
    if (row.status === "failed") return 100;
    if (row.status === "declined") return -1;
    const weights = { marked: 9, moderate: 3, mild: 1 };
    return row.flags.reduce((sum, flag) => sum + (weights[(flag.match(/\((\w+)\)/) || [])[1]] || 0.1), 0);
  };
  const value = (row, key) => {
    if (key === "flags") return worst(row);
    const v = row[key];
    return v === null || v === "" || (key === "reps" && row.status !== "judged") ? null : typeof v === "string" ? v.toLowerCase() : v;
  };

  function chosen() {
    const words = by("search").value.toLowerCase().split(/\s+/).filter(Boolean);
    const want = { athlete: by("athlete").value, exercise: by("exercise").value, status: by("status").value };
    const flag = by("flag").value;
    return rows.filter((row) => {
      for (const [key, wanted] of Object.entries(want)) if (wanted && row[key] !== wanted) return false;
      if (flag === "none" && (row.status !== "judged" || unsure(row) || row.flags.some(isFault))) return false;
      if (flag && flag !== "none" && !row.flags.some((one) => one.split(" ")[0] === flag)) return false;
      const text = [row.clip, row.athlete, row.says, day(row), ...row.flags.map(title)].join(" ").toLowerCase();
      return words.every((word) => text.includes(word));
    });
  }

  function sorted(list) {
    const sign = order.down ? -1 : 1;
    return [...list].sort((a, b) => {
      const x = value(a, order.key), y = value(b, order.key);
      if (x === null || y === null) return (x === null) - (y === null); // not measured: last either way
      return (x < y ? -1 : x > y ? 1 : 0) * sign || (a.clip < b.clip ? -1 : 1);
    });
  }

  function line(row) {
    const cell = (label, text, kind = "") => make("td", { ...(text ? { "data-label": label } : {}), class: kind }, text);
    const picture = make("td", { class: "picture" });
    if (row.thumbnail) {
      const image = make("img", { src: link(row.thumbnail), alt: "Worst frame, at " + row.worst_frame_s.toFixed(1) + " s", loading: "lazy" });
      picture.append(make("a", { href: link(row.report), tabindex: "-1" }, image));
    }
    const name = make("td", {}, row.report ? make("a", { class: "path", href: link(row.report) }, row.clip) : make("span", { class: "path" }, row.clip));
    name.append(make("span", { class: "says" }, row.says));
    const seen = make("td", {});
    if (row.status !== "judged") seen.append(make("span", { class: "tag " + row.status }, row.status));
    else if (!row.flags.some(isFault)) seen.append(make("span", { class: row.heading === headings.clear ? "tag clear" : "tag" }, row.heading || "no fault named"));
    for (const flag of row.flags) seen.append(make("span", { class: isFault(flag) ? "tag fault" : "tag" }, title(flag)));
    if (row.rejudged) seen.append(make("span", { class: "tag" }, "judged by other limits"));
    const date = cell("Date", day(row), "number");
    if (row.recorded_at_from === "file") date.append(make("span", { class: "from" }, "file\u2019s date"));
    return make("tr", {}, picture, name, cell("Athlete", row.athlete), date, cell("Exercise", names[row.exercise] || row.exercise || ""),
      cell("Reps", row.status === "judged" ? String(row.reps) : "", "number"),
      cell("Hips at most", degrees(row.peak_hip_flexion_deg, row.peak_hip_flexion_sd_deg, false), "number"),
      cell("Low back at bottom", degrees(row.lumbar_at_bottom_deg, row.lumbar_at_bottom_sd_deg, true), "number"), seen,
      cell("Confidence", row.confidence === null ? "" : Math.round(100 * row.confidence) + "\u00a0%", "number"));
  }

  function draw() {
    const list = sorted(chosen());
    by("clips").tBodies[0].replaceChildren(...list.slice(0, limit).map(line));
    by("more").hidden = list.length <= limit;
    const shown = Math.min(limit, list.length);
    by("shown").textContent = list.length === 0 ? "No clip fits." : (shown < list.length ? `${shown} of ${list.length} clips shown` : list.length === 1 ? "1 clip" : `${list.length} clips`);
    for (const head of by("clips").tHead.rows[0].cells) {
      if (head.dataset.key) head.setAttribute("aria-sort", head.dataset.key !== order.key ? "none" : order.down ? "descending" : "ascending");
    }
    by("order").value = order.key + (order.down ? " down" : "");
    drawCharts(list);
  }

  const SVG = "http://www.w3.org/2000/svg";
  const shape = (tag, attributes, text) => {
    const node = document.createElementNS(SVG, tag);
    for (const [name, v] of Object.entries(attributes)) node.setAttribute(name, v);
    if (text) node.textContent = text;
    return node;
  };

  function chart(points, kind, label) {
    const W = 330, H = 110, left = 36, right = 8, top = 8, bottom = 18;
    const times = points.map((p) => p.time), lows = points.map((p) => p.value - (p.sd || 0)), highs = points.map((p) => p.value + (p.sd || 0));
    const t0 = Math.min(...times), t1 = Math.max(...times);
    let low = Math.min(...lows, kind === "back" ? -5 : Infinity), high = Math.max(...highs, kind === "back" ? 5 : -Infinity);
    const room = Math.max(4, (high - low) * 0.1); low -= room; high += room;
    const x = (t) => (t1 > t0 ? left + ((t - t0) / (t1 - t0)) * (W - left - right - 8) + 4 : (left + W - right) / 2);
    const y = (v) => top + ((high - v) / (high - low)) * (H - top - bottom);
    const first = points[0], last = points[points.length - 1];
    const said = `${label}: ${degrees(first.value, first.sd, kind === "back")} on ${first.day}` + (points.length > 1 ? `, ${degrees(last.value, last.sd, kind === "back")} on ${last.day}, ${points.length} clips` : "");
    const svg = shape("svg", { viewBox: `0 0 ${W} ${H}`, role: "img", "aria-label": said });
    const step = [5, 10, 20, 50, 100].find((s) => (high - low) / s <= 4) || 100;
    for (let v = Math.ceil(low / step) * step; v <= high; v += step) {
      svg.append(shape("line", { class: v === 0 && kind === "back" ? "zero" : "axis", x1: left, x2: W - right, y1: y(v), y2: y(v) }));
      svg.append(shape("text", { x: left - 5, y: y(v) + 4, "text-anchor": "end" }, String(v).replace("-", "\u2212") + "\u00b0"));
    }
    svg.append(shape("text", { x: t1 > t0 ? left : W / 2, y: H - 4, "text-anchor": t1 > t0 ? "start" : "middle" }, first.day));
    if (t1 > t0) svg.append(shape("text", { x: W - right, y: H - 4, "text-anchor": "end" }, last.day));
    svg.append(shape("polyline", { class: "line " + kind, points: points.map((p) => `${x(p.time)},${y(p.value)}`).join(" ") }));
    for (const p of points) {
      if (p.sd) svg.append(shape("line", { class: "spread " + kind, x1: x(p.time), x2: x(p.time), y1: y(p.value - p.sd), y2: y(p.value + p.sd) }));
      const dot = shape("circle", { class: kind, cx: x(p.time), cy: y(p.value), r: 3.5 });
      dot.append(shape("title", {}, `${p.day}: ${degrees(p.value, p.sd, kind === "back")}, ${p.clip}`));
      svg.append(dot);
    }
    return svg;
  }

  function drawCharts(list) {
    const groups = new Map();
    for (const row of list) {
      const time = Date.parse(row.recorded_at || "");
      if (row.status !== "judged" || Number.isNaN(time)) continue;
      const who = row.athlete || "Athlete not named";
      if (!groups.has(who)) groups.set(who, []);
      groups.get(who).push({ row, time });
    }
    const athletes = [...groups].sort((a, b) => (a[0] < b[0] ? -1 : 1));
    by("trends").hidden = athletes.length === 0;
    by("more-charts").hidden = athletes.length <= chartLimit;
    by("charts").replaceChildren(...athletes.slice(0, chartLimit).map(([who, clips]) => {
      clips.sort((a, b) => a.time - b.time);
      const figure = make("figure", {}, make("figcaption", {}, who));
      for (const [key, kind, label] of [["lumbar_at_bottom", "back", "Low back at bottom"], ["peak_hip_flexion", "hip", "Hips at most"]]) {
        const points = clips.filter(({ row }) => row[key + "_deg"] !== null)
          .map(({ row, time }) => ({ time, day: day(row), clip: row.clip, value: row[key + "_deg"], sd: row[key + "_sd_deg"] }));
        if (points.length) figure.append(make("p", { class: "what" }, label), chart(points, kind, `${who}, ${label}`));
      }
      return figure;
    }));
  }

  by("clips").tHead.rows[0].append(make("th", { scope: "col" }, "Frame"));
  for (const { key, label } of columns) {
    const button = make("button", { type: "button" }, label);
    const head = make("th", { scope: "col", "data-key": key }, button);
    button.addEventListener("click", () => {
      order = { key, down: order.key === key ? !order.down : !["clip", "athlete", "exercise"].includes(key) };
      draw();
    });
    by("clips").tHead.rows[0].append(head);
    by("order").append(make("option", { value: key }, label + ", up"), make("option", { value: key + " down" }, label + ", down"));
  }
  by("order").addEventListener("change", () => {
    const [key, down] = by("order").value.split(" ");
    order = { key, down: down === "down" };
    draw();
  });
  const again = () => { limit = PAGE; chartLimit = CHARTS; draw(); };
  for (const id of ["search", "athlete", "exercise", "status", "flag"]) by(id).addEventListener("input", again);
  by("filters").addEventListener("reset", () => setTimeout(again));
  by("filters").addEventListener("submit", (event) => event.preventDefault());
  by("more").addEventListener("click", () => { limit += PAGE; draw(); });
  by("more-charts").addEventListener("click", () => { chartLimit += CHARTS; draw(); });
  draw();
})();

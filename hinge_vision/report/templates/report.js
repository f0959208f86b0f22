"use strict";
(() => {
  const data = JSON.parse(document.getElementById("report-data").textContent);
  const video = document.getElementById("clip");
  const curves = document.getElementById("curves");
  const slider = document.getElementById("seek");
  const reading = document.getElementById("reading");
  const times = data.readings ? data.readings.time_s : [];
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const calm = window.matchMedia("(prefers-reduced-motion: reduce)");
  const LIGHT = {paper: "#ffffff", ink: "#16191d", line: "#d5d9de", hip: "#1f6fb2", back: "#c4500a", room: "#7a5195", touch: "#008562", lost: "#c4500a", shade: "#5b6b7d",
    loop0: "#1f6fb2", loop1: "#c4500a", loop2: "#008562", loop3: "#a3447f", loop4: "#6b5b00", loop5: "#4a4f57"};
  let now = times.length ? times[0] : 0;
  let cursor = null;

  // ---- plots -------------------------------------------------------------------------------------------------
  const colour = (name, light) => {
    const band = name.endsWith("-band");
    const key = band ? name.slice(0, -5) : name;
    const value = light ? LIGHT[key] : getComputedStyle(document.documentElement).getPropertyValue("--" + key).trim();
    return band ? value + "40" : value;
  };
  const themed = (part, light) => {
    if (typeof part === "string") return part[0] === "$" ? colour(part.slice(1), light) : part;
    if (Array.isArray(part)) return part.map((item) => themed(item, light));
    if (part && typeof part === "object") return Object.fromEntries(Object.entries(part).map(([key, item]) => [key, themed(item, light)]));
    return part;
  };
  const draw = (light = false, width = null) => {
    for (const [name, figure] of Object.entries(data.figures)) {
      const place = document.getElementById(name);
      if (!place) continue;
      const {data: traces, layout} = themed(figure, light);
      const ink = colour("ink", light), line = colour("line", light), paper = colour("paper", light);
      layout.paper_bgcolor = paper;
      layout.plot_bgcolor = paper;
      layout.font = {color: ink, family: getComputedStyle(document.body).fontFamily, size: 13};
      layout.hoverlabel = {bgcolor: paper, bordercolor: line, font: {color: ink}};
      for (const key of Object.keys(layout)) {
        if (/^[xy]axis/.test(key)) Object.assign(layout[key], {gridcolor: line, zerolinecolor: ink, zerolinewidth: 1, linecolor: line, automargin: false});
      }
      layout.autosize = width === null;
      if (width !== null) layout.width = width;
      window.Plotly.react(place, traces, layout, {displayModeBar: false, responsive: true, doubleClick: false, showTips: false});
    }
    if (curves && !cursor) {
      cursor = document.createElement("div");
      cursor.className = "cursor";
      curves.append(cursor);
    }
    show();
  };

  // ---- the moment shown --------------------------------------------------------------------------------------
  const span = () => curves.layout.xaxis.range;
  const inner = () => {
    const {l, r, t, b} = curves.layout.margin;
    return {left: l, width: curves.clientWidth - l - r, top: t, height: curves.layout.height - t - b};
  };
  const nearest = (time) => {
    let low = 0, high = times.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (times[middle] < time) low = middle + 1; else high = middle;
    }
    return low > 0 && time - times[low - 1] < times[low] - time ? low - 1 : low;
  };
  const show = () => {
    if (!times.length || !curves) return;
    const row = nearest(now), {hips, back, rep, phase} = data.readings;
    const where = rep[row] ? `, rep ${rep[row]} (${phase[row]})` : phase[row] ? ` (${phase[row]})` : "";
    reading.textContent = `${now.toFixed(2)} s${where}: hips ${hips[row]}, low back ${back[row]}`;
    slider.value = String(row);
    slider.setAttribute("aria-valuetext", reading.textContent);
    if (cursor && curves.layout) {
      const {left, width, top, height} = inner(), [from, to] = span();
      cursor.style.cssText = `left:${left + width * (now - from) / (to - from) - 1}px;top:${top}px;height:${height}px`;
    }
  };
  const seek = (time) => {
    if (!Number.isFinite(time)) return;
    now = times.length ? times[nearest(time)] : time;
    if (video && video.readyState > 0) video.currentTime = Math.max(0, now - data.video_start_s + 0.001);
    show();
  };
  const follow = () => {
    if (!video.seeking) {
      now = video.currentTime + data.video_start_s;
      show();
    }
  };

  if (slider && times.length) {
    slider.max = String(times.length - 1);
    slider.addEventListener("input", () => seek(times[Number(slider.value)]));
  }
  for (const button of document.querySelectorAll("[data-seek]")) {
    button.addEventListener("click", () => {
      seek(Number(button.dataset.seek));
      if (button.classList.contains("link") && (video || curves)) (video || curves).scrollIntoView({block: "center", behavior: calm.matches ? "auto" : "smooth"});
    });
  }
  if (video) {
    const film = document.getElementById("film");
    if (film) {
      const bytes = Uint8Array.from(atob(film.textContent), (letter) => letter.charCodeAt(0));
      video.src = URL.createObjectURL(new Blob([bytes], {type: "video/mp4"}));
    }
    const missing = () => { document.getElementById("no-film").hidden = false; };
    video.addEventListener("error", missing);
    if (video.error) missing();
    if ("requestVideoFrameCallback" in video) {
      const each = (_, frame) => {
        if (!video.seeking) { now = frame.mediaTime + data.video_start_s; show(); }
        video.requestVideoFrameCallback(each);
      };
      video.requestVideoFrameCallback(each);
    } else {
      video.addEventListener("timeupdate", follow);
    }
    video.addEventListener("seeked", follow);
    const speed = document.getElementById("speed");
    if (speed) speed.addEventListener("change", () => { video.playbackRate = Number(speed.value); });
  }
  if (curves && window.Plotly) {
    let dragging = false;
    const go = (event) => {
      const {left, width} = inner(), [from, to] = span();
      const share = (event.clientX - curves.getBoundingClientRect().left - left) / width;
      if (share >= -0.02 && share <= 1.02) seek(from + Math.min(Math.max(share, 0), 1) * (to - from));
    };
    curves.addEventListener("pointerdown", (event) => { if (event.button === 0) { dragging = true; go(event); } }, true);
    window.addEventListener("pointermove", (event) => { if (dragging && event.buttons & 1) go(event); else dragging = false; }, true);
    window.addEventListener("pointerup", () => { dragging = false; }, true);
    draw();
    const loops = document.getElementById("loops");
    if (loops && loops.on) loops.on("plotly_click", (event) => seek(event.points[0].customdata));
    dark.addEventListener("change", () => draw());
    new ResizeObserver(show).observe(curves);
    window.addEventListener("beforeprint", () => {
      for (const part of document.querySelectorAll("details")) part.open = true;
      draw(true, 690);
    });
    window.addEventListener("afterprint", () => draw());
  }
})();

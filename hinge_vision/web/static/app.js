"use strict";
// Uploads with their progress, and lists that keep up with the server. Without this script forms and links do the same, page by page.
(() => {
  const news = document.getElementById("news");
  const tell = (words) => { if (news) news.textContent = words; };
  const STAGES = {survey: "Looking for the lifter", pose: "Following the lifter", write: "Drawing the video and the report"};
  document.documentElement.classList.add("scripted");

  // ---- what is happening with a clip, in words ---------------------------------------------------------------
  const left = (seconds) => {
    if (seconds === null) return "";
    if (seconds < 8) return ", a few seconds left";
    if (seconds < 55) return `, about ${5 * Math.round(seconds / 5)} seconds left`;
    const minutes = Math.max(1, Math.round(seconds / 60));
    return minutes === 1 ? ", about a minute left" : `, about ${minutes} minutes left`;
  };
  const ordinal = (number) => {
    const teen = [11, 12, 13].includes(number % 100);
    return number + (teen ? "th" : {1: "st", 2: "nd", 3: "rd"}[number % 10] || "th");
  };
  const happening = (clip) => {
    if (clip.state === "queued") return clip.place === 1 ? "Next in the queue" : `${ordinal(clip.place)} in the queue`;
    if (!clip.progress) return "Starting";
    if (clip.task === "judge") return "Judging the stored measurements again";
    return (STAGES[clip.progress.stage] || "Working") + left(clip.progress.left_s);
  };
  const update = (place, clip) => {
    place.querySelector("[data-happening]").textContent = happening(clip);
    const bar = place.querySelector("progress");
    if (bar) bar.value = clip.progress ? 100 * clip.progress.share : 0;
  };

  // ---- the list ----------------------------------------------------------------------------------------------
  const list = document.getElementById("clips");
  const WAITING = '[data-state="queued"], [data-state="running"]';
  let signedOut = false;
  const tellSignedOut = () => {
    if (signedOut) return;
    signedOut = true;
    const words = document.createElement("p");
    const link = document.createElement("a");
    words.className = "warning";
    words.setAttribute("role", "alert");
    link.href = "/sign-in";
    link.textContent = "Sign in again";
    words.append("You have been signed out. ", link);
    list.before(words);
  };
  const replace = async (id) => {
    let answer, text;
    try {
      answer = await fetch(`/clips/${id}/card`);
      text = await answer.text();
    } catch {
      return;
    }
    const old = document.getElementById(`clip-${id}`);
    if (answer.status === 404 && old) old.remove();
    if (answer.redirected) tellSignedOut();
    if (!answer.ok || answer.redirected) return;
    const box = document.createElement("ul");
    box.innerHTML = text;
    const card = box.firstElementChild;
    if (!card || !card.matches("li.card")) return;
    if (old) {
      const focused = old.contains(document.activeElement) ? document.activeElement.getAttribute("href") : null;
      old.replaceWith(card);
      if (focused) (card.querySelector(`a[href="${focused}"]`) || card.querySelector("a")).focus();
    } else {
      list.prepend(card);
    }
    const none = document.getElementById("none-yet");
    if (none) none.remove();
    return card;
  };
  let stream = null;
  const follow = () => {
    if (stream || signedOut || !list || !list.querySelector(WAITING)) return;
    stream = new EventSource("/api/events");
    stream.addEventListener("progress", async (event) => {
      const clips = new Map(JSON.parse(event.data).map((clip) => [clip.id, clip]));
      for (const card of [...list.querySelectorAll(WAITING)]) {
        const clip = clips.get(card.dataset.clip);
        if (clip && clip.state === card.dataset.state) {
          update(card, clip);
        } else {
          const state = card.dataset.state;
          card.dataset.state = "asked";
          const fresh = await replace(card.dataset.clip);
          if (!fresh) {
            setTimeout(() => { card.dataset.state = state; follow(); }, 2000);
          } else if (!["queued", "running"].includes(fresh.dataset.state)) {
            tell(`${fresh.querySelector("h3").textContent}: ${fresh.querySelector(".state").textContent}`);
          }
        }
      }
    });
    stream.addEventListener("end", () => { stream.close(); stream = null; setTimeout(follow, 200); });
    stream.addEventListener("error", async () => {
      // one that broke off is opened again by the browser, one that was refused is not; a card's answer tells whether the reader is signed out
      if (stream.readyState !== EventSource.CLOSED) return;
      stream = null;
      const card = list.querySelector(WAITING);
      if (card) await replace(card.dataset.clip);
      setTimeout(follow, 2000);
    });
  };
  follow();

  // ---- one clip's page ---------------------------------------------------------------------------------------
  const page = document.querySelector("[data-clip-page]");
  if (page && ["queued", "running"].includes(page.dataset.state)) {
    const events = new EventSource(`/api/clips/${page.dataset.clipPage}/events`);
    const title = page.querySelector("h2");
    events.addEventListener("progress", (event) => {
      const clip = JSON.parse(event.data);
      if (clip && ["queued", "running"].includes(clip.state)) {
        title.textContent = clip.state === "queued" ? "Waiting" : "Being analysed";
        update(page, clip);
      }
    });
    events.addEventListener("end", () => { events.close(); location.reload(); });
    events.addEventListener("error", () => { if (events.readyState === EventSource.CLOSED) setTimeout(() => location.reload(), 2000); });
  }

  // ---- uploads -----------------------------------------------------------------------------------------------
  const form = document.getElementById("upload");
  if (!form) return;
  const input = document.getElementById("file");
  const drop = document.getElementById("drop");
  const sending = document.getElementById("sending");
  const waiting = [];
  let busy = false;
  input.multiple = true;

  const line = (name) => {
    const item = document.createElement("li");
    const words = document.createElement("p");
    const bar = document.createElement("progress");
    bar.max = 100;
    bar.value = 0;
    bar.setAttribute("aria-label", `Upload of ${name}`);
    words.textContent = `${name}: waiting for its turn`;
    const cancel = document.createElement("button");
    cancel.type = "button";
    cancel.className = "quiet";
    cancel.textContent = "Cancel";
    cancel.setAttribute("aria-label", `Cancel the upload of ${name}`);
    item.append(words, bar, cancel);
    sending.append(item);
    return {item, words, bar, cancel};
  };
  const refuse = (shown, name, why) => {
    shown.bar.remove();
    shown.cancel.remove();
    shown.words.className = "warning";
    shown.words.textContent = `${name}: ${why}`;
    shown.words.setAttribute("role", "alert");
  };
  const cancelled = (shown, name) => {
    shown.item.remove();
    tell(`${name}: the upload was cancelled`);
    input.focus();
  };
  const send = ({file, data, shown}) => new Promise((done) => {
    const request = new XMLHttpRequest();
    shown.cancel.onclick = () => request.abort();
    request.addEventListener("abort", () => { cancelled(shown, file.name); done(); });
    request.upload.addEventListener("progress", (event) => {
      if (!event.lengthComputable) return;
      const share = 100 * event.loaded / event.total;
      shown.bar.value = share;
      if (share === 100) shown.cancel.remove(); // the server has it now; its card can be deleted
      shown.words.textContent = share < 100 ? `${file.name}: ${Math.floor(share)} % sent` : `${file.name}: sent, being looked at`;
    });
    request.addEventListener("load", async () => {
      let answer = {};
      try { answer = JSON.parse(request.responseText); } catch { /* not from this server */ }
      try {
        if (request.status === 201) {
          shown.item.remove();
          tell(`${answer.name} is in the queue`);
          await replace(answer.id);
          follow();
        } else {
          refuse(shown, file.name, answer.detail || `the server answered ${request.status}; try again`);
        }
      } finally {
        done();
      }
    });
    request.addEventListener("error", () => { refuse(shown, file.name, "the connection broke off; send it again"); done(); });
    request.open("POST", "/api/clips");
    request.send(data);
  });
  const work = async () => {
    if (busy) return;
    busy = true;
    while (waiting.length) await send(waiting.shift());
    busy = false;
  };
  const add = (files) => {
    for (const file of files) {
      const shown = line(file.name);
      if (file.size > Number(form.dataset.maxBytes)) {
        refuse(shown, file.name, `the largest file taken is ${form.dataset.maxWords}; trim the clip, or export it at 1080p`);
        continue;
      }
      const data = new FormData(form);
      data.delete("clip");
      data.append("clip", file, file.name);
      const upload = {file, data, shown};
      waiting.push(upload);
      shown.cancel.onclick = () => {
        waiting.splice(waiting.indexOf(upload), 1);
        cancelled(shown, file.name);
      };
    }
    work();
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    add([...input.files]);
    input.value = "";
  });
  for (const kind of ["dragenter", "dragover"]) {
    document.addEventListener(kind, (event) => {
      if (![...event.dataTransfer.types].includes("Files")) return;
      event.preventDefault();
      drop.classList.add("over");
    });
  }
  document.addEventListener("dragleave", (event) => { if (!event.relatedTarget) drop.classList.remove("over"); });
  document.addEventListener("drop", (event) => {
    event.preventDefault();
    drop.classList.remove("over");
    add([...event.dataTransfer.files]);
  });
  window.addEventListener("beforeunload", (event) => { if (busy) event.preventDefault(); });
})();

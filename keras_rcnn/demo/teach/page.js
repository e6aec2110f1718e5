"use strict";

const find = (id) => document.getElementById(id);
const COLORS = ["#0072b2", "#e69f00", "#009e73", "#cc79a7", "#d55e00", "#56b4e9", "#f0e442", "#7f7f7f"];
let state = { classes: [], photos: [], version: "", status: {} };
let shown = null;
let chosen = 0;
let sending = Promise.resolve();
const canvas = new Canvas(find("canvas"), sendStroke);

function say(text) {
  find("message").textContent = text;
  find("message").hidden = !text;
}

// Asks the server; a refusal becomes the message of the page.
async function ask(address, method = "GET", body) {
  const isFile = body instanceof Blob;
  let answer;
  try {
    answer = await fetch(address, {
      method,
      body: isFile || body === undefined ? body : JSON.stringify(body),
      headers: body === undefined || isFile ? {} : { "Content-Type": "application/json" },
    });
  } catch {
    say("The server does not answer: start keras-rcnn demo again. All strokes up to here are saved.");
    return null;
  }
  const value = await answer.json().catch(() => null);
  if (!answer.ok) {
    say((value && value.error) || `The server answers ${answer.status}.`);
    return null;
  }
  say("");
  return value;
}

function picture(address) {
  return new Promise((resolve) => {
    const image = new Image();
    image.onload = () => resolve(image);
    image.onerror = () => resolve(null);
    image.src = address;
  });
}

const at = (kind, name, version = "") => `${kind}/${encodeURIComponent(name)}?${version}`;

function sendStroke(stroke, line) {
  const name = shown;
  if (!state.classes.length) {
    line.destroy();
    return say("Name a class first.");
  }
  sending = sending.then(async () => {
    const done = await ask(at("strokes", name), "POST", stroke);
    await refreshStrokes(name, [line]);
    if (done) adopt(done);
  });
}

function step(kind) {
  const name = shown;
  if (!name) return;
  sending = sending.then(async () => {
    const done = await ask(at(kind, name), "POST");
    await refreshStrokes(name, []);
    if (done) adopt(done);
  });
}

async function refreshStrokes(name, lines) {
  const image = await picture(at("strokes", name, Date.now()));
  if (name === shown) canvas.setStrokes(image, lines);
}

async function refreshLabels() {
  if (!shown || !state.version) return;
  const name = shown;
  const image = await picture(at("labels", name, state.version));
  if (name === shown && image) canvas.setLabels(image);
}

async function open(name) {
  shown = name;
  drawPhotos();
  const photo = state.photos.find((each) => each.name === name);
  const image = await picture(at("photo", name));
  if (name !== shown) return;
  if (!image) return ask(at("photo", name)); // Its answer says what is wrong.
  canvas.setPhoto(image, { width: photo.width, height: photo.height });
  refreshStrokes(name, []);
  refreshLabels();
}

// Takes what the server knows, and draws what has changed.
function adopt(next) {
  const before = state;
  state = next;
  const same = (key) => JSON.stringify(before[key]) === JSON.stringify(next[key]);
  if (!same("classes")) {
    drawClasses();
    choose(Math.min(chosen, next.classes.length - 1));
    if (shown) refreshStrokes(shown, []);
  }
  if (!same("photos") || before.version !== next.version) drawPhotos();
  if (before.version !== next.version) refreshLabels();
  drawStatus();
  if (!shown && next.photos.length) open(next.photos[0].name);
}

function drawStatus() {
  const { is_learning: isLearning, status, error } = state;
  find("learn").textContent = isLearning ? "Stop" : "Learn";
  find("progress").hidden = !isLearning;
  find("progress").value = status.progress || 0;
  const left = Math.ceil((status.seconds || 0) * (1 - (status.progress || 0)));
  const right = status.accuracy ? `, ${(100 * status.accuracy).toFixed(0)} % of the painted pixels right` : "";
  find("status").textContent = isLearning
    ? !status.steps ? "Getting ready ..." : left ? `${left} s left, ${status.steps} steps${right}` : "Finishing ..."
    : error ? "" : status.steps
      ? `Learned ${status.steps} steps${right}. Correct the labels, and learn again.` : "";
  if (error) say(error);
  find("folder").textContent = state.folder;
  find("commands").textContent = state.commands.join("\n\n");
  find("hint").textContent = !state.photos.length
    ? "Drop photos here, or press Add photos."
    : !state.classes.length ? "Name the classes, then paint some strokes of each." : "";
}

function drawClasses() {
  find("classes").replaceChildren(...state.classes.map(({ name, color }, index) => {
    const row = document.createElement("div");
    const key = document.createElement("button");
    Object.assign(key, { className: "choose", textContent: index + 1, title: `Paint ${name} (${index + 1})` });
    key.onclick = () => choose(index);
    const text = document.createElement("input");
    Object.assign(text, { className: "name", value: name, maxLength: 60 });
    text.setAttribute("aria-label", `Name of class ${index + 1}`);
    text.onchange = () => sendClasses((list) => { list[index].name = text.value; });
    const picker = document.createElement("input");
    Object.assign(picker, { type: "color", value: color });
    picker.setAttribute("aria-label", `Color of ${name}`);
    picker.onchange = () => sendClasses((list) => { list[index].color = picker.value; });
    row.append(key, text, picker);
    if (index === state.classes.length - 1) {
      const remove = document.createElement("button");
      Object.assign(remove, { textContent: "\u00d7", title: `Remove ${name}` });
      remove.onclick = () => sendClasses((list) => list.pop());
      row.append(remove);
    }
    return row;
  }));
}

async function sendClasses(change) {
  const list = state.classes.map((each) => ({ ...each }));
  change(list);
  const next = await ask("classes", "PUT", list);
  if (next) adopt(next);
  else drawClasses();
  return next;
}

function choose(index) {
  if (!state.classes[index]) return;
  chosen = index;
  canvas.setBrush({ label: index, color: state.classes[index].color });
  if (canvas.brush.tool === "eraser") setTool("brush");
  [...find("classes").children].forEach((row, number) => {
    row.classList.toggle("chosen", number === index);
    row.firstChild.setAttribute("aria-pressed", number === index);
  });
}

function setTool(tool) {
  canvas.setBrush({ tool });
  for (const button of document.querySelectorAll("[data-tool]")) {
    button.setAttribute("aria-pressed", button.dataset.tool === tool);
  }
}

function setSize(value) {
  find("size").value = value;
  // From 0.5 to 20 percent of the longer side.
  canvas.setBrush({ size: 0.005 * 40 ** (find("size").value / 100) });
}

function drawPhotos() {
  const old = new Map([...find("photos").children].map((each) => [each.title, each]));
  find("photos").replaceChildren(...state.photos.map(({ name, is_painted: isPainted }) => {
    const button = old.get(name) || thumbnail(name);
    button.classList.toggle("painted", isPainted);
    button.setAttribute("aria-pressed", name === shown);
    const labels = button.querySelector(".labels");
    labels.hidden = !state.version;
    if (state.version) labels.src = at("labels", name, state.version);
    return button;
  }));
}

function thumbnail(name) {
  const button = document.createElement("button");
  Object.assign(button, { className: "photo", title: name });
  for (const kind of ["thumbnail", "labels"]) {
    const image = new Image();
    Object.assign(image, { className: kind, alt: kind === "labels" ? "" : name, loading: "lazy" });
    button.append(image);
  }
  button.firstChild.src = at("thumbnail", name);
  button.onclick = () => open(name);
  return button;
}

async function addFiles(files) {
  for (const file of files) {
    const next = await ask(`photos?name=${encodeURIComponent(file.name)}`, "POST", file);
    if (!next) return;
    adopt(next);
  }
}

function next(direction) {
  const index = state.photos.findIndex((each) => each.name === shown) + direction;
  if (state.photos[index]) open(state.photos[index].name);
}

async function learn() {
  const address = state.is_learning ? "stop" : `learn?seconds=${find("seconds").value}`;
  await sending;
  const answer = await ask(address, "POST");
  if (answer) adopt(answer);
}

async function poll() {
  const isLearning = state.is_learning;
  if (!document.hidden || isLearning) {
    const answer = await fetch("state").then((each) => each.json()).catch(() => null);
    if (answer) adopt(answer);
  }
  setTimeout(poll, state.is_learning ? 700 : 2500);
}

const KEYS = {
  b: () => setTool("brush"), e: () => setTool("eraser"), p: () => setTool("area"),
  "[": () => setSize(find("size").value - 5), "]": () => setSize(+find("size").value + 5),
  "+": () => canvas.zoom(1.25), "-": () => canvas.zoom(0.8), 0: () => canvas.fit(),
  Enter: () => canvas.closeArea(), Escape: () => canvas.cancel(),
  ArrowLeft: () => next(-1), ArrowRight: () => next(1), l: learn,
  h: () => { find("opacity").value = find("opacity").value > 0 ? 0 : 45; setOpacity(); },
};

function onKey(event) {
  if (event.target.matches("input:not([type=range]), select")) return;
  if (event.key === " ") {
    canvas.isSpaceDown = event.type === "keydown";
    if (event.target === document.body) event.preventDefault();
    return;
  }
  if (event.type !== "keydown") return;
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  if (event.ctrlKey || event.metaKey) {
    if (key === "z") step(event.shiftKey ? "redo" : "undo");
    else if (key === "y") step("redo");
    else return;
  } else if (/^[1-9]$/.test(key)) choose(key - 1);
  else if (KEYS[key] && !(key === "Enter" && event.target.matches("button"))) KEYS[key]();
  else return;
  event.preventDefault();
}

function setOpacity() {
  canvas.labels.opacity(find("opacity").value / 100);
}

document.addEventListener("keydown", onKey);
document.addEventListener("keyup", onKey);
for (const button of document.querySelectorAll("[data-tool]")) button.onclick = () => setTool(button.dataset.tool);
find("undo").onclick = () => step("undo");
find("redo").onclick = () => step("redo");
find("closer").onclick = KEYS["+"];
find("farther").onclick = KEYS["-"];
find("whole").onclick = KEYS[0];
find("size").oninput = () => setSize(find("size").value);
find("opacity").oninput = setOpacity;
find("learn").onclick = learn;
find("files").onchange = () => addFiles([...find("files").files]).then(() => { find("files").value = ""; });
find("drop").onkeydown = (event) => { if (event.key === "Enter") find("files").click(); };
find("add").onsubmit = (event) => {
  event.preventDefault();
  const name = find("new-class").value;
  const used = new Set(state.classes.map((each) => each.color));
  const color = COLORS.find((each) => !used.has(each)) || "#" + Math.random().toString(16).slice(2, 8).padEnd(6, "0");
  sendClasses((list) => list.push({ name, color })).then((next) => {
    if (!next) return;
    find("new-class").value = "";
    choose(state.classes.length - 1);
  });
};
document.addEventListener("dragover", (event) => { event.preventDefault(); document.body.classList.add("dropping"); });
document.addEventListener("dragleave", () => document.body.classList.remove("dropping"));
document.addEventListener("drop", (event) => {
  event.preventDefault();
  document.body.classList.remove("dropping");
  addFiles([...event.dataTransfer.files]);
});
setTool("brush");
setSize(56);
setOpacity();
poll();

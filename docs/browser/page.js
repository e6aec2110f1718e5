// Photos, the camera and networks in; `view.js` shows what comes of them.

import { readClasses } from "./formats.js";
import { labelPhoto, openNetwork } from "./labeler.js";
import { download, draw } from "./view.js";

// Some browsers have no larger canvases.
const MAX_PIXELS = 16e6;
const at = (id) => document.getElementById(id);
// What is shown: `{ picture, found, about }`.
let shown = null;
let classes = [];
let camera = null;
// The newest action: what older ones find is not shown.
let newest = 0;

// Runs an action and shows what goes wrong.
async function act(action) {
  const mine = ++newest;
  at("message").textContent = "";
  try {
    await action(() => mine === newest);
  } catch (error) {
    at("message").textContent = error.message;
  }
}

async function fetchFile(address) {
  const response = await fetch(address);
  if (!response.ok)
    throw new Error(`${address} is missing (${response.status}).`);
  return new Uint8Array(await response.arrayBuffer());
}

async function useNetwork(files) {
  const found = readClasses(files[0]);
  await openNetwork(files);
  classes = found;
}

// The pixels of a photo, or of what the camera sees, on white.
function pixels(source, width, height) {
  const scale = Math.min(1, Math.sqrt(MAX_PIXELS / (width * height)));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(scale * width));
  canvas.height = Math.max(1, Math.round(scale * height));
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.fillStyle = "white";
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.drawImage(source, 0, 0, canvas.width, canvas.height);
  return context.getImageData(0, 0, canvas.width, canvas.height);
}

async function label(picture, about, isWanted) {
  const found = await labelPhoto(picture);
  if (!isWanted()) return;
  shown = { picture, found, about };
  draw(picture, found, classes, about);
}

// The same photo by another network.
const labelAgain = (isWanted) =>
  shown && !camera && label(shown.picture, shown.about, isWanted);

async function openPhoto(file, credit, isWanted) {
  stopCamera();
  at("status").textContent = `Labeling ${file.name}.`;
  let bitmap;
  try {
    // Colors as they are in the file, as Python reads them.
    bitmap = await createImageBitmap(file, { colorSpaceConversion: "none" });
  } catch {
    at("status").textContent = "";
    throw new Error(`${file.name} is no photo that this browser can read.`);
  }
  const size = [bitmap.height, bitmap.width];
  const picture = pixels(bitmap, bitmap.width, bitmap.height);
  bitmap.close();
  await label(picture, { name: file.name, size, credit }, isWanted);
}

async function openOwnNetwork(file, isWanted) {
  try {
    await useNetwork([new Uint8Array(await file.arrayBuffer())]);
  } catch (error) {
    throw new Error(
      `${file.name} cannot be used: write it with keras-rcnn export ` +
        `--litert=FILE --litert_size=240x320. ${error.message}`,
    );
  }
  at("network").append(new Option(file.name, "", true, true));
  await labelAgain(isWanted);
}

const openFile = (file) =>
  act((isWanted) =>
    file.name.endsWith(".tflite")
      ? openOwnNetwork(file, isWanted)
      : openPhoto(file, null, isWanted),
  );

async function openSample({ name, credit }, isWanted) {
  await openPhoto(new File([await fetchFile(name)], name), credit, isWanted);
}

async function chooseNetwork(networks, isWanted) {
  const chosen = networks.find(({ name }) => name === at("network").value);
  await useNetwork(await Promise.all(chosen.files.map(fetchFile)));
  // The choice of a file of one's own cannot be repeated.
  at("network").querySelector("option[value='']")?.remove();
  await labelAgain(isWanted);
}

async function startCamera(isWanted) {
  const stream = await openStream();
  if (!isWanted()) return stream.getTracks().forEach((track) => track.stop());
  camera = stream;
  at("camera").setAttribute("aria-pressed", "true");
  at("status").textContent = "The camera is on.";
  const video = document.createElement("video");
  Object.assign(video, { srcObject: stream, muted: true, playsInline: true });
  const isOn = () => camera === stream;
  try {
    await video.play();
    // Each picture as soon as the one before has its labels.
    while (isOn()) {
      const { videoWidth: width, videoHeight: height } = video;
      const about = { name: "camera.png", size: [height, width], isLive: true };
      await label(pixels(video, width, height), about, isOn);
      await new Promise(requestAnimationFrame);
    }
  } finally {
    if (isOn()) stopCamera();
  }
}

async function openStream() {
  try {
    const video = { facingMode: "environment" };
    return await navigator.mediaDevices.getUserMedia({ video });
  } catch (error) {
    throw new Error(
      `There is no camera to use (${error.name}): allow it, open this page ` +
        "by https or on localhost, or choose a photo.",
    );
  }
}

function stopCamera() {
  camera?.getTracks().forEach((track) => track.stop());
  camera = null;
  at("camera").setAttribute("aria-pressed", "false");
  at("status").textContent = "";
}

function listen({ networks, sample }) {
  at("file").onchange = ({ target }) => {
    if (target.files.length) openFile(target.files[0]);
    target.value = ""; // The same photo may be chosen again.
  };
  at("sample").onclick = () => act((isWanted) => openSample(sample, isWanted));
  at("camera").onclick = () => (camera ? stopCamera() : act(startCamera));
  at("network").onchange = () =>
    act((isWanted) => chooseNetwork(networks, isWanted));
  at("download").onclick = () => act(() => download(shown.found, shown.about));
  at("opacity").oninput = ({ target }) => {
    at("labels").style.opacity = target.value / 100;
    at("percent").textContent = target.value;
  };
  document.ondragover = (event) => {
    event.preventDefault();
    document.body.classList.add("dropping");
  };
  document.ondragleave = ({ relatedTarget }) => {
    if (!relatedTarget) document.body.classList.remove("dropping");
  };
  document.ondrop = (event) => {
    event.preventDefault();
    document.body.classList.remove("dropping");
    const [file] = event.dataTransfer.files;
    if (file) openFile(file);
  };
}

act(async (isWanted) => {
  const response = await fetch("contents.json");
  const contents = await response.json();
  at("network").append(...contents.networks.map(({ name }) => new Option(name)));
  at("opacity").value = 60; // Browsers may restore another value.
  at("labels").style.opacity = 0.6;
  listen(contents);
  await chooseNetwork(contents.networks, () => true);
  if (isWanted()) await openSample(contents.sample, isWanted);
});

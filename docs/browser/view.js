// Shows a photo under its labels, and says what is in it.

import { encodePng } from "./formats.js";
import { scaleLabels } from "./scaling.js";

const at = (id) => document.getElementById(id);
const percent = (share) => `${(100 * share).toFixed(1)} %`;

function element(name, className, text = "") {
  const made = document.createElement(name);
  return Object.assign(made, { className, textContent: text });
}

// `picture` is an `ImageData`, `found` the answer of the labeler, and `classes`
// are those of the network. `about` holds the name of the photo, its size, its
// credit, and whether it comes from the camera.
export function draw(picture, found, classes, about) {
  at("stage").style.setProperty("--ratio", picture.width / picture.height);
  const { rows, columns } = found;
  const colors = new ImageData(columns, rows);
  const words = new Uint32Array(colors.data.buffer);
  const palette = classes.map(({ color }) => word(color));
  found.data.forEach((label, index) => (words[index] = palette[label]));
  put(at("photo"), picture);
  put(at("labels"), colors);
  describe(sharesOf(found.data, classes), found, about);
}

function put(canvas, image) {
  [canvas.width, canvas.height] = [image.width, image.height];
  canvas.getContext("2d").putImageData(image, 0, 0);
}

// A color such as #87ceeb as the four bytes of a pixel.
function word(color) {
  const channels = color.match(/[0-9a-f]{2}/gi).map((two) => parseInt(two, 16));
  return new Uint32Array(Uint8Array.of(...channels, 255).buffer)[0];
}

// Classes that are there, the largest first.
function sharesOf(data, classes) {
  const counts = new Uint32Array(classes.length);
  data.forEach((label) => counts[label]++);
  return classes
    .map((one, label) => ({ ...one, share: counts[label] / data.length }))
    .filter(({ share }) => share > 0)
    .sort((one, other) => other.share - one.share);
}

function describe(shares, found, { name, size, credit, isLive }) {
  const main = shares.slice(0, 3);
  const words = main.map((one) => `${percent(one.share)} ${one.name}`);
  at("labels").setAttribute("aria-label", `Labels: ${words.join(", ")}`);
  // Changes of the status are read aloud; the camera's would never end.
  if (!isLive)
    at("status").textContent = `${name}, ${size[1]} × ${size[0]} pixels.`;
  at("speed").textContent =
    `${found.milliseconds.toFixed(0)} ms for the ` +
    `${found.columns} × ${found.rows} pixels that the network takes.`;
  at("credit").replaceChildren(...(credit ?? []).flatMap(creditLink));
  at("legend").replaceChildren(...shares.map(legendRow));
  at("download").hidden = false;
}

const creditLink = ([text, address]) => [
  Object.assign(element("a", "", text), { href: address }),
  " ",
];

function legendRow({ name, color, share }) {
  const row = element("li", "");
  const swatch = element("span", "swatch");
  swatch.style.background = color;
  row.append(
    swatch,
    element("span", "name", name),
    element("span", "share", percent(share)),
  );
  return row;
}

// Saves the labels at the size of the photo.
export async function download(found, { name, size }) {
  const content = await encodePng(scaleLabels(found, ...size), ...size);
  const link = element("a", "");
  link.href = URL.createObjectURL(content);
  link.download = `${name.replace(/\.[^.]*$/, "")}_labels.png`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

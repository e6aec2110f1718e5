// Runs the networks, so that the page stays usable meanwhile. labeler.js sets
// `base`, the address of this folder.

const libraries = Promise.all([
  import(`${base}litert/core.js`),
  import(`${base}scaling.js`),
]);
// LiteRT would look for its files beside the address of a blob.
self.Module = {
  locateFile: (name) => `${base}litert/${name}`,
  printErr: (text) => console.debug(text), // Its log is no error.
};
const ready = libraries.then(([{ loadLiteRt }]) =>
  loadLiteRt(`${base}litert/`),
);
// The files of the network that is in use: each for photos of one size.
let network = [];

// Replaces the network.
async function open(files) {
  const litert = await ready;
  const opened = [];
  for (const file of files)
    opened.push(await litert.loadAndCompile(file, { accelerator: "wasm" }));
  const problem = opened.map(unfit).find(Boolean);
  const unused = problem ? opened : network;
  if (!problem) network = opened;
  unused.forEach((model) => model.delete());
  if (problem) throw new Error(problem);
}

function unfit(model) {
  const [{ dtype, shape }] = model.getInputDetails();
  const [output] = model.getOutputDetails();
  const [count, rows, columns, colors] = shape;
  const isPhoto =
    dtype === "uint8" && shape.length === 4 && count === 1 && colors === 3;
  const isLabels = output.dtype === "uint8" && output.shape.length === 3;
  return isPhoto && isLabels && rows > 1 && columns > 1
    ? null
    : "It does not give labels of photos of one size.";
}

// Labels of a photo at the size of the file whose shape is nearest.
async function label(photo) {
  const [{ Tensor }, { scalePhoto, scaleLabels }] = await libraries;
  const distance = (model) => {
    const [, rows, columns] = model.getInputDetails()[0].shape;
    return Math.abs(Math.log((rows * photo.width) / (columns * photo.height)));
  };
  const model = network.reduce((best, other) =>
    distance(other) < distance(best) ? other : best,
  );
  const [{ shape }] = model.getInputDetails();
  const [, rows, columns] = shape;
  const input = new Tensor(scalePhoto(photo, rows, columns), [...shape]);
  const start = performance.now();
  const [output] = await model.run(input);
  const milliseconds = performance.now() - start;
  const data = (await output.data()).slice();
  input.delete();
  output.delete();
  return { data, rows, columns, milliseconds };
}

const actions = { open, label };
// One after the other: a network is not replaced while it runs.
let last = Promise.resolve();
onmessage = ({ data: { id, action, argument } }) => {
  last = last.then(async () => {
    try {
      await ready;
      postMessage({ id, result: await actions[action](argument) });
    } catch (error) {
      postMessage({ id, error: String(error?.message ?? error) });
    }
  });
};

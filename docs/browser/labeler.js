// Asks the worker for labels.

const base = new URL(".", import.meta.url).href;
// A worker of a blob is bound by the page's Content-Security-Policy; a worker
// of a file would be free to ask other servers.
const script = `const base = ${JSON.stringify(base)};
importScripts(base + "worker.js");`;
const worker = new Worker(
  URL.createObjectURL(new Blob([script], { type: "text/javascript" })),
);
const waiting = new Map();
let count = 0;

worker.onmessage = ({ data: { id, result, error } }) => {
  const { resolve, reject } = waiting.get(id);
  waiting.delete(id);
  if (error === undefined) resolve(result);
  else reject(new Error(error));
};
// The script itself does not run.
worker.onerror = ({ message }) =>
  waiting.forEach(({ reject }) => reject(new Error(message)));

function ask(action, argument) {
  return new Promise((resolve, reject) => {
    waiting.set(++count, { resolve, reject });
    worker.postMessage({ id: count, action, argument });
  });
}

// Replaces the network by the one of these LiteRT files, arrays of bytes.
export const openNetwork = (files) => ask("open", files);

// Labels of an `ImageData`: `{ data, rows, columns, milliseconds }`.
export const labelPhoto = (photo) => ask("label", photo);

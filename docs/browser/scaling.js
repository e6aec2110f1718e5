// Scales photos and labels to the same bits as Pillow, which Python uses.

const FRACTION_BITS = 22;

// Colors of a photo at another size, red, green and blue of each pixel.
// Weighted means of the pixels that a triangle covers, along rows and then
// along columns.
export function scalePhoto({ data, width, height }, rows, columns) {
  const wide = new Uint8ClampedArray(3 * height * columns);
  const across = weights(width, columns);
  for (let y = 0; y < height; y++)
    average(across, data, 4 * y * width, 4, wide, 3 * y * columns, 3);
  if (rows === height) return new Uint8Array(wide.buffer);
  const scaled = new Uint8ClampedArray(3 * rows * columns);
  const down = weights(height, rows);
  const step = 3 * columns;
  for (let x = 0; x < columns; x++)
    average(down, wide, 3 * x, step, scaled, 3 * x, step);
  return new Uint8Array(scaled.buffer);
}

// The pixels that each new pixel is the mean of, and their weights as whole
// numbers.
function weights(before, after) {
  const scale = before / after;
  const reach = Math.max(scale, 1);
  return Array.from({ length: after }, (_, index) => {
    const middle = (index + 0.5) * scale;
    const first = Math.max(0, Math.trunc(middle - reach + 0.5));
    const end = Math.min(before, Math.trunc(middle + reach + 0.5));
    const parts = [];
    for (let at = first; at < end; at++)
      parts.push(Math.max(0, 1 - Math.abs((at - middle + 0.5) / reach)));
    const sum = parts.reduce((total, part) => total + part, 0);
    const whole = (part) => Math.trunc(0.5 + (part / sum) * 2 ** FRACTION_BITS);
    return { first, parts: parts.map(whole) };
  });
}

// One row or column of pixels.
function average(means, from, start, step, to, target, stride) {
  for (const { first, parts } of means) {
    for (let color = 0; color < 3; color++) {
      let sum = 2 ** (FRACTION_BITS - 1);
      let at = start + first * step + color;
      for (const part of parts) {
        sum += from[at] * part;
        at += step;
      }
      to[target + color] = sum >> FRACTION_BITS;
    }
    target += stride;
  }
}

// Labels at another size: each pixel gets the nearest label.
export function scaleLabels({ data, rows, columns }, height, width) {
  const scaled = new Uint8Array(height * width);
  const across = nearest(columns, width);
  let target = 0;
  for (const row of nearest(rows, height))
    for (const column of across)
      scaled[target++] = data[row * columns + column];
  return scaled;
}

function nearest(before, after) {
  const step = before / after;
  let at = step / 2;
  return Array.from({ length: after }, () => {
    const index = Math.trunc(at);
    // Sums round as in Pillow; products would differ in rare places.
    at += step;
    return index;
  });
}

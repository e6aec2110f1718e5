// Reads the classes of a network and writes PNG files of labels.

const CLASSES = "classes.txt";

// Names and colors that a LiteRT file of `keras-rcnn export` holds: a ZIP
// archive follows the network.
export function readClasses(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const text = storedFile(view, CLASSES);
  if (text === null) throw new Error(`It holds no ${CLASSES}.`);
  return text
    .split("\n")
    .filter(Boolean)
    .map((line) => {
      const [, name, color] = line.match(/^(.*) (#[0-9a-f]{6})$/i);
      return { name, color };
    });
}

function storedFile(view, wanted) {
  const text = (from, length) =>
    new TextDecoder().decode(
      new Uint8Array(view.buffer, view.byteOffset + from, length),
    );
  let end = view.byteLength - 22;
  while (end >= 0 && view.getUint32(end, true) !== 0x06054b50) end--;
  if (end < 0) return null;
  let entry = view.getUint32(end + 16, true);
  for (let left = view.getUint16(end + 10, true); left > 0; left--) {
    const isStored = view.getUint16(entry + 10, true) === 0;
    const size = view.getUint32(entry + 20, true);
    const nameSize = view.getUint16(entry + 28, true);
    const extraSizes =
      view.getUint16(entry + 30, true) + view.getUint16(entry + 32, true);
    const header = view.getUint32(entry + 42, true);
    if (isStored && text(entry + 46, nameSize) === wanted) {
      const names =
        view.getUint16(header + 26, true) + view.getUint16(header + 28, true);
      return text(header + 30 + names, size);
    }
    entry += 46 + nameSize + extraSizes;
  }
  return null;
}

// A gray picture whose values are the labels, as `keras-rcnn label` writes it.
export async function encodePng(labels, height, width) {
  const head = new DataView(new ArrayBuffer(13));
  head.setUint32(0, width);
  head.setUint32(4, height);
  head.setUint8(8, 8); // Bits of a pixel; the color type 0 is gray.
  const lines = new Uint8Array(height * (width + 1)); // Each begins with 0.
  for (let y = 0; y < height; y++)
    lines.set(labels.subarray(y * width, (y + 1) * width), y * (width + 1) + 1);
  const packed = new Blob([lines])
    .stream()
    .pipeThrough(new CompressionStream("deflate"));
  const content = new Uint8Array(await new Response(packed).arrayBuffer());
  return new Blob(
    [
      Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a),
      chunk("IHDR", new Uint8Array(head.buffer)),
      chunk("IDAT", content),
      chunk("IEND", new Uint8Array()),
    ],
    { type: "image/png" },
  );
}

function chunk(name, content) {
  const bytes = new Uint8Array(content.length + 12);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, content.length);
  bytes.set(new TextEncoder().encode(name), 4);
  bytes.set(content, 8);
  view.setUint32(content.length + 8, crc(bytes.subarray(4, -4)));
  return bytes;
}

const TABLE = Uint32Array.from({ length: 256 }, (_, value) => {
  for (let bit = 0; bit < 8; bit++)
    value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value;
});

function crc(bytes) {
  let value = 0xffffffff;
  for (const byte of bytes)
    value = TABLE[(value ^ byte) & 255] ^ (value >>> 8);
  return ~value >>> 0;
}

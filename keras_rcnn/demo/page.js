// Draws labels over photos, and lights up classes, in the browser alone.
window.scenes = (() => {
  const VEIL = [16, 18, 22, 205];
  let opacity = 0.5;
  // The class that a click chose, and the one under the pointer or focus.
  let chosen = null;
  let pointed = null;
  // What draws each part of the page anew.
  const painters = new Map();

  const lit = () => pointed ?? chosen;
  const paint = () => painters.forEach((painter) => painter());

  function bytes(map) {
    return Uint8Array.from(atob(map.labels), (letter) => letter.charCodeAt(0));
  }

  // A color as the four bytes of a pixel.
  const pixel = (color) =>
    new Uint32Array(new Uint8ClampedArray(color).buffer)[0];

  // Colors of labels into a canvas of their size, which the page scales.
  function draw(canvas, map, labels, palette, alpha) {
    canvas.width = map.width;
    canvas.height = map.height;
    const context = canvas.getContext("2d");
    const image = context.createImageData(map.width, map.height);
    const pixels = new Uint32Array(image.data.buffer);
    const table = palette.map((color, label) => {
      const isLit = lit() === null || lit() === label;
      return pixel(isLit ? [...color, 255 * alpha] : VEIL);
    });
    labels.forEach((label, index) => (pixels[index] = table[label]));
    context.putImageData(image, 0, 0);
  }

  function element(name, className, text = "") {
    const made = document.createElement(name);
    made.className = className;
    made.textContent = text;
    return made;
  }

  const css = (color) => `rgb(${color.join(" ")})`;
  const percent = (share) => `${(100 * share).toFixed(1)} %`;

  function point(index) {
    pointed = index;
    paint();
  }

  function choose(index) {
    chosen = chosen === index ? null : index;
    paint();
  }

  // Not loaded again while it is the same.
  function show(image, address) {
    if (image.getAttribute("src") !== address) image.src = address;
  }

  function classButton(entry) {
    const button = element("button", "class");
    button.type = "button";
    const swatch = element("span", "swatch");
    swatch.style.background = css(entry.color);
    const bar = element("span", "bar");
    bar.style.background = css(entry.color);
    bar.style.width = `${100 * entry.share}%`;
    button.append(
      swatch,
      element("span", "name", entry.name),
      element("span", "share", percent(entry.share)),
      bar,
    );
    button.dataset.index = entry.index;
    // Not by touch, where the pointer stays after the finger has gone.
    button.onpointerenter = (event) =>
      event.pointerType === "mouse" && point(entry.index);
    button.onpointerleave = () => point(null);
    button.onfocus = () =>
      button.matches(":focus-visible") && point(entry.index);
    button.onblur = () => point(null);
    button.onclick = () => choose(entry.index);
    return button;
  }

  function links(files) {
    const texts = {
      labels: "Labels (PNG)",
      overlay: "Overlay (PNG)",
      instances: "Instances (PNG)",
    };
    return Object.entries(files).map(([what, address]) => {
      const link = element("a", "file", texts[what]);
      link.dataset.address = address;
      link.download = "";
      return link;
    });
  }

  function showPicture(root, value) {
    const has = (index) => value.classes.some((each) => each.index === index);
    chosen = has(chosen) ? chosen : null;
    pointed = null;
    const labels = bytes(value.map);
    const palette = [];
    value.classes.forEach((each) => (palette[each.index] = each.color));
    const canvas = root.querySelector("canvas");
    const names = value.classes.map((e) => `${e.name} ${percent(e.share)}`);
    canvas.setAttribute("aria-label", `Labels: ${names.join(", ")}`);
    show(root.querySelector("img"), value.photo);
    const ratio = value.map.width / value.map.height;
    root.querySelector(".stage").style.setProperty("--ratio", ratio);
    const downloads = root.querySelector(".files");
    downloads.replaceChildren(...links(value.files));
    const caption = root.querySelector("figcaption");
    caption.replaceChildren(
      element("span", "speed", value.speed),
      element("span", "sizes", value.sizes),
      element("span", "credit", value.credit),
    );
    const legend = root.querySelector(".legend");
    legend.replaceChildren(...value.classes.map(classButton));
    painters.set("picture", () => {
      draw(canvas, value.map, labels, palette, opacity);
      for (const button of legend.children) {
        const index = Number(button.dataset.index);
        button.setAttribute("aria-pressed", index === chosen);
        button.classList.toggle("lit", index === lit());
      }
      for (const link of downloads.children) {
        link.href = `${link.dataset.address}&opacity=${opacity}`;
      }
    });
    followPointer(root, canvas, value, labels);
    root.querySelector(".scene").hidden = false;
    paint();
  }

  // The class under the pointer gets its name there; a click lights it up.
  function followPointer(root, canvas, value, labels) {
    const under = root.querySelector(".under");
    const legend = root.querySelector(".legend");
    const labelAt = (event) => {
      const box = canvas.getBoundingClientRect();
      const part = (at, size, count) =>
        Math.min(Math.max(Math.floor((at / size) * count), 0), count - 1);
      const row = part(event.clientY - box.top, box.height, value.map.height);
      const column = part(event.clientX - box.left, box.width, value.map.width);
      return labels[row * value.map.width + column];
    };
    const mark = (label) => {
      for (const button of legend.children) {
        const isUnder = Number(button.dataset.index) === label;
        button.classList.toggle("under-pointer", isUnder);
      }
    };
    canvas.onpointermove = (event) => {
      const box = canvas.getBoundingClientRect();
      const label = labelAt(event);
      under.textContent = value.classes.find((e) => e.index === label).name;
      const left = event.clientX - box.left;
      under.style.left = `${left}px`;
      under.style.top = `${event.clientY - box.top}px`;
      under.classList.toggle("to-the-left", left > box.width / 2);
      under.hidden = false;
      mark(label);
    };
    canvas.onpointerleave = () => {
      under.hidden = true;
      mark(null);
    };
    canvas.onclick = (event) => choose(labelAt(event));
  }

  function showStrip(root, value) {
    const photo = element("figure", "instance");
    const image = element("img", "");
    image.alt = "The photo";
    image.src = value.photo;
    photo.append(image, element("figcaption", "", "photo"));
    const maps = value.instances.map((each) => bytes(each.map));
    const figures = value.instances.map((each, index) => {
      const figure = element("figure", "instance");
      const canvas = element("canvas", "");
      canvas.setAttribute("role", "img");
      canvas.setAttribute("aria-label", `Labels of instance ${index + 1}`);
      const caption = element("figcaption", "", `instance ${index + 1}`);
      caption.append(...each.notes.map((note) => element("span", "note", note)));
      figure.append(canvas, caption);
      return figure;
    });
    root.querySelector(".instances").replaceChildren(photo, ...figures);
    painters.set("strip", () =>
      figures.forEach((figure, index) => {
        const canvas = figure.querySelector("canvas");
        draw(canvas, value.instances[index].map, maps[index], value.palette, 1);
      }),
    );
    root.querySelector(".strip").hidden = false;
    paint();
  }

  function showMessage(root, text) {
    const message = root.querySelector(".message");
    message.textContent = text ?? "";
    message.hidden = !text;
  }

  // Shows what a part of the page is given, now and later.
  const part = (show) => (root, props, watch) => {
    const update = () => props.value && show(root, props.value);
    watch("value", update);
    update();
  };

  return {
    message: (root, props, watch) => {
      watch("value", () => showMessage(root, props.value));
    },
    picture: part(showPicture),
    strip: part(showStrip),
    setOpacity: (part) => {
      opacity = part;
      paint();
    },
  };
})();

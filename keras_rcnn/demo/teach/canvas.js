"use strict";

// The photo with its labels and strokes, drawn by Konva. All coordinates are
// pixels of the photo; the server draws the strokes into the mask.
class Canvas {
  constructor(container, onStroke) {
    this.onStroke = onStroke;
    this.brush = { tool: "brush", size: 10, label: 0, color: "#000000" };
    this.photoSize = { width: 1, height: 1 };
    this.pointers = new Map();
    this.points = null;
    this.stage = new Konva.Stage({ container, width: 1, height: 1 });
    const layer = (smooth) => {
      const made = new Konva.Layer({ listening: false, imageSmoothingEnabled: smooth });
      this.stage.add(made);
      return made;
    };
    const image = (parent) => {
      const made = new Konva.Image({});
      parent.add(made);
      return made;
    };
    this.photo = image(layer(true));
    this.labels = image(layer(false));
    const strokes = layer(false);
    this.strokes = image(strokes);
    this.lines = new Konva.Group();
    strokes.add(this.lines);
    const above = layer(true);
    this.area = new Konva.Line({ closed: true, strokeScaleEnabled: false, strokeWidth: 2, dash: [6, 4] });
    this.cursor = new Konva.Circle({ stroke: "#fff", strokeWidth: 1.5, strokeScaleEnabled: false,
      shadowColor: "#000", shadowBlur: 2, visible: false });
    above.add(this.area, this.cursor);
    this.listen(container);
    new ResizeObserver(() => this.resize(container)).observe(container);
  }

  resize(container) {
    const before = this.stage.size();
    this.stage.size({ width: container.clientWidth, height: container.clientHeight });
    if (before.width !== container.clientWidth || before.height !== container.clientHeight) this.fit();
  }

  fit() {
    const { width, height } = this.photoSize;
    const scale = 0.98 * Math.min(this.stage.width() / width, this.stage.height() / height) || 1;
    this.stage.scale({ x: scale, y: scale });
    this.stage.position({
      x: (this.stage.width() - scale * width) / 2,
      y: (this.stage.height() - scale * height) / 2,
    });
  }

  // Zooms by a factor about a point of the stage, its center by default.
  zoom(factor, about) {
    about = about || { x: this.stage.width() / 2, y: this.stage.height() / 2 };
    const before = this.stage.scaleX();
    const scale = Math.min(Math.max(before * factor, 0.02), 64);
    this.stage.scale({ x: scale, y: scale });
    const moved = (axis) => about[axis] - ((about[axis] - this.stage[axis]()) * scale) / before;
    this.stage.position({ x: moved("x"), y: moved("y") });
  }

  setPhoto(image, size) {
    this.photoSize = size;
    this.cancel();
    this.lines.destroyChildren();
    for (const each of [this.photo, this.labels, this.strokes]) each.setAttrs({ ...size, image: null });
    this.photo.image(image);
    this.fit();
  }

  setStrokes(image, done) {
    this.strokes.image(image);
    for (const line of done) line.destroy();
  }

  setLabels(image) {
    this.labels.image(image);
  }

  setBrush(changes) {
    Object.assign(this.brush, changes);
    if (changes.tool) this.cancel();
    this.drawCursor();
  }

  diameter() {
    const side = Math.max(this.photoSize.width, this.photoSize.height);
    return Math.max(1, this.brush.size * side);
  }

  listen(container) {
    container.addEventListener("contextmenu", (event) => event.preventDefault());
    container.addEventListener("wheel", (event) => {
      event.preventDefault();
      this.zoom(Math.exp(-event.deltaY / 400), { x: event.offsetX, y: event.offsetY });
    });
    this.stage.on("pointerdown", ({ evt }) => this.down(evt));
    window.addEventListener("pointermove", (event) => this.move(event));
    window.addEventListener("pointerup", (event) => this.up(event));
    window.addEventListener("pointercancel", (event) => this.up(event));
    container.addEventListener("pointerleave", () => this.cursor.hide());
    container.addEventListener("dblclick", () => this.closeArea());
  }

  // Where a pointer is, in pixels of the stage and of the photo.
  place(event) {
    const box = this.stage.container().getBoundingClientRect();
    const at = { x: event.clientX - box.left, y: event.clientY - box.top };
    const inPhoto = this.stage.getAbsoluteTransform().copy().invert().point(at);
    return { at, inPhoto: [inPhoto.x, inPhoto.y] };
  }

  down(event) {
    const { at, inPhoto } = this.place(event);
    this.pointers.set(event.pointerId, at);
    if (this.pointers.size > 1) return this.dropLine();
    this.isMoving = event.button === 1 || event.button === 2 || this.isSpaceDown;
    if (this.isMoving || !this.photo.image()) return;
    if (this.brush.tool === "area") return this.addCorner(inPhoto);
    this.points = [inPhoto];
    const isEraser = this.brush.tool === "eraser";
    this.line = new Konva.Line({
      points: [...inPhoto, ...inPhoto], stroke: isEraser ? "#000" : this.brush.color,
      strokeWidth: this.diameter(), lineCap: "round", lineJoin: "round",
      globalCompositeOperation: isEraser ? "destination-out" : "source-over",
    });
    this.lines.add(this.line);
  }

  move(event) {
    const { at, inPhoto } = this.place(event);
    const before = this.pointers.get(event.pointerId);
    this.drawCursor(event.pointerType === "touch" ? null : inPhoto);
    if (!before) return;
    this.pointers.set(event.pointerId, at);
    if (this.pointers.size > 1) return this.pinch(event.pointerId, before, at);
    if (this.isMoving) {
      this.stage.position({
        x: this.stage.x() + at.x - before.x, y: this.stage.y() + at.y - before.y,
      });
    } else if (this.points) {
      this.points.push(inPhoto);
      this.line.points(this.line.points().concat(inPhoto));
    }
  }

  up(event) {
    if (!this.pointers.delete(event.pointerId) || !this.points) return;
    const { points, line } = this;
    this.points = this.line = null;
    this.send(points, false, line);
  }

  // Two fingers zoom and move the photo.
  pinch(id, before, at) {
    const [other] = [...this.pointers].filter(([key]) => key !== id).map(([, place]) => place);
    const distance = (place) => Math.hypot(place.x - other.x, place.y - other.y) || 1;
    this.zoom(distance(at) / distance(before), other);
    this.stage.position({
      x: this.stage.x() + (at.x - before.x) / 2, y: this.stage.y() + (at.y - before.y) / 2,
    });
  }

  dropLine() {
    if (this.line) this.line.destroy();
    this.points = this.line = null;
  }

  addCorner(place) {
    const corners = this.area.points();
    const near = 14 / this.stage.scaleX();
    if (corners.length > 5 && Math.hypot(place[0] - corners[0], place[1] - corners[1]) < near) {
      return this.closeArea();
    }
    this.area.setAttrs({ points: corners.concat(place), stroke: this.brush.color,
      fill: `${this.brush.color}66` });
  }

  closeArea() {
    const corners = this.area.points();
    this.cancel();
    if (corners.length < 6) return;
    const line = new Konva.Line({ points: corners, closed: true, fill: this.brush.color });
    this.lines.add(line);
    const pairs = [];
    for (let index = 0; index < corners.length; index += 2) pairs.push(corners.slice(index, index + 2));
    this.send(pairs, true, line);
  }

  cancel() {
    this.dropLine();
    this.area.points([]);
  }

  send(points, isArea, line) {
    const isEraser = this.brush.tool === "eraser";
    this.onStroke({
      points, size: this.diameter(), is_area: isArea,
      label: isEraser ? 255 : this.brush.label,
    }, line);
  }

  drawCursor(place) {
    this.cursor.radius(this.diameter() / 2);
    if (!place || this.brush.tool === "area" || !this.photo.image()) return this.cursor.hide();
    this.cursor.position({ x: place[0], y: place[1] });
    this.cursor.show();
  }
}

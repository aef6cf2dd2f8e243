// Draws an image slice by slice on canvases: window, scroll, crosshair and labels are computed here, pixels come as they are asked for.

const TYPES = { uint8: Uint8Array, int16: Int16Array, uint16: Uint16Array, float32: Float32Array };
const NAMES = { axial: "Axial", coronal: "Coronal", sagittal: "Sagittal", frames: "Frame", image: "Image" };
const COORDINATES = { axial: 2, coronal: 1, sagittal: 0 };
const KEPT_BYTES = 96e6; // slices that stay in the page
const AHEAD = 4; // slices fetched on each side of the one in sight
const IN_FLIGHT = 3; // requests at a time: more would queue in the kernel behind the one that is wanted next
const SILENT_MS = 1500; // above, the page says that it waits
const NARROW_PX = 620;

function make(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (value !== null && value !== undefined && value !== false) node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.filter((child) => child !== null && child !== undefined));
  return node;
}
const clamp = (value, low, high) => Math.min(Math.max(value, low), high);
const minus = (text) => text.replace("-", "−");
function number(value, digits) {
  if (!Number.isFinite(value)) return "no value";
  return minus(value.toLocaleString("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits }));
}
const copied = (view) => (view instanceof ArrayBuffer ? view : view.buffer.slice(view.byteOffset, view.byteOffset + view.byteLength));

// ---- pixels: what has arrived, what is asked for next

function pixelStore(model, scene, arrived) {
  const Type = TYPES[scene.dtype];
  const channels = scene.color ? 3 : 1;
  const labeled = scene.legend.length > 0;
  const kept = new Map();
  const flying = new Set();
  let [bytes, queue, since] = [0, [], 0];
  const [n0, n1, n2] = scene.shape;
  const whole = scene.slab ? { pixels: new Type(n0 * n1 * n2 * channels), labels: labeled ? new Uint8Array(n0 * n1 * n2) : null, next: 0 } : null;
  const name = (plane, position) => `${plane.key}:${position}`;

  function keep(key, slice) {
    kept.set(key, slice);
    bytes += slice.pixels.byteLength;
    for (const [oldest, held] of kept) {
      if (bytes <= KEPT_BYTES || oldest === key) break;
      kept.delete(oldest);
      bytes -= held.pixels.byteLength;
    }
  }

  // A plane of the whole image as it lies on the page.
  function cut(source, plane, position, width) {
    const strides = [n1 * n2, n2, 1];
    const [down, right] = [strides[plane.down] * width, strides[plane.right] * width];
    let start = position * strides[plane.step] * width;
    if (plane.flipped[1]) start += (plane.rows - 1) * down;
    if (plane.flipped[2]) start += (plane.columns - 1) * right;
    const [stepDown, stepRight] = [plane.flipped[1] ? -down : down, plane.flipped[2] ? -right : right];
    const out = new source.constructor(plane.rows * plane.columns * width);
    let to = 0;
    for (let row = 0; row < plane.rows; row++) {
      let from = start + row * stepDown;
      for (let column = 0; column < plane.columns; column++, from += stepRight) {
        for (let channel = 0; channel < width; channel++) out[to++] = source[from + channel];
      }
    }
    return out;
  }

  function get(plane, position) {
    const key = name(plane, position);
    const held = kept.get(key);
    if (held) {
      kept.delete(key);
      kept.set(key, held);
      return held;
    }
    const ready = whole && (whole.next >= n0 || (plane.step === 0 && position < whole.next));
    if (!ready) return null;
    const slice = { pixels: cut(whole.pixels, plane, position, channels), labels: whole.labels && cut(whole.labels, plane, position, 1) };
    keep(key, slice);
    return slice;
  }

  function pump() {
    while (flying.size < IN_FLIGHT && queue.length) {
      const { plane, position } = queue.shift();
      const key = name(plane, position);
      if (kept.has(key) || flying.has(key) || get(plane, position)) continue;
      flying.add(key);
      if (!since) since = performance.now();
      model.send({ do: "slice", plane: plane.key, position });
    }
    if (whole && whole.next < n0 && !flying.size && !queue.length) {
      flying.add("slab");
      model.send({ do: "slab", start: whole.next });
    }
  }

  function receive(content, buffers) {
    const [pixels, labels] = [new Type(copied(buffers[0])), labeled ? new Uint8Array(copied(buffers[1])) : null];
    since = 0;
    if (content.kind === "slice") {
      const key = `${content.plane}:${content.position}`;
      flying.delete(key);
      if (!kept.has(key)) keep(key, { pixels, labels });
      arrived();
    } else if (content.kind === "slab") {
      flying.delete("slab");
      whole.pixels.set(pixels, content.start * n1 * n2 * channels);
      if (labels) whole.labels.set(labels, content.start * n1 * n2);
      whole.next = Math.max(whole.next, content.stop);
      if (whole.next >= n0) arrived();
    }
    pump();
  }

  return {
    get,
    receive,
    want(list) {
      queue = list; // what was wanted before and is not in sight any more is not asked for
      pump();
    },
    waiting: () => since && performance.now() - since > SILENT_MS,
    isWhole: () => !!whole && whole.next >= n0,
  };
}

// ---- where a pixel of a plane is in the array and in the patient

function geometry(scene) {
  const unflip = (plane, which, axis, at) => (plane.flipped[which] ? scene.shape[axis] - 1 - at : at);
  return {
    // the array index, perhaps between two, of a place on the page given in the plane's own rows and columns
    index(plane, position, row, column) {
      const at = plane.step < 0 ? [0, 0] : scene.shape.map(() => 0);
      const fine = (place) => (place + 0.5) * plane.factor - 0.5;
      if (plane.step >= 0) at[plane.step] = position;
      at[plane.down] = unflip(plane, 1, plane.down, fine(row));
      at[plane.right] = unflip(plane, 2, plane.right, fine(column));
      return at;
    },
    place(plane, index) {
      const coarse = (which, axis) => (unflip(plane, which, axis, index[axis]) + 0.5) / plane.factor;
      return { row: coarse(1, plane.down), column: coarse(2, plane.right) };
    },
    millimeters(index) {
      if (!scene.origin || !scene.spacing) return null;
      return [0, 1, 2].map((c) => index.reduce((sum, at, axis) => sum + at * scene.spacing[axis] * scene.direction[axis][c], scene.origin[c]));
    },
  };
}

// ---- gray values to colors

function windowed(slice, scene, state, into) {
  const [pixels, out] = [slice.pixels, new Uint32Array(into.data.buffer)];
  if (scene.color && state.window[0] === 127.5 && state.window[1] === 255 && !state.invert) {
    for (let i = 0, j = 0; i < out.length; i++, j += 3) out[i] = 0xff000000 | (pixels[j + 2] << 16) | (pixels[j + 1] << 8) | pixels[j];
    return;
  }
  const low = state.window[0] - state.window[1] / 2;
  const scale = 255 / state.window[1];
  const turned = state.invert ? 255 : 0;
  const level = (value) => {
    const gray = (value - low) * scale;
    return Math.abs(turned - (gray > 0 ? (gray < 255 ? gray | 0 : 255) : 0));
  };
  if (scene.color) {
    for (let i = 0, j = 0; i < out.length; i++, j += 3) out[i] = 0xff000000 | (level(pixels[j + 2]) << 16) | (level(pixels[j + 1]) << 8) | level(pixels[j]);
    return;
  }
  for (let i = 0; i < out.length; i++) {
    const gray = level(pixels[i]);
    out[i] = 0xff000000 | (gray << 16) | (gray << 8) | gray;
  }
}

function colored(labels, plane, legend, state, into) {
  const out = new Uint32Array(into.data.buffer);
  const colors = new Uint32Array(256);
  for (const { value, color } of legend) {
    if (state.hidden.has(value)) continue;
    const rgb = parseInt(color.slice(1), 16);
    colors[value] = 0xff000000 | ((rgb & 255) << 16) | (rgb & 0xff00) | (rgb >> 16);
  }
  const { rows, columns } = plane;
  for (let row = 0, i = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++, i++) {
      const label = labels[i];
      let shown = colors[label];
      if (shown && state.outline) {
        const edge = row === 0 || column === 0 || row === rows - 1 || column === columns - 1 || labels[i - 1] !== label || labels[i + 1] !== label || labels[i - columns] !== label || labels[i + columns] !== label;
        if (!edge) shown = 0;
      }
      out[i] = shown;
    }
  }
}

// ---- one plane on the page

function paneOf(plane, app) {
  const { scene, state, store, space } = app;
  const canvas = make("canvas", { class: "wv-canvas", "aria-hidden": "true" });
  const corner = (where, ...children) => make("span", { class: `wv-corner is-${where}` }, ...children);
  const texts = { count: make("span", {}), place: make("span", {}), window: make("span", {}), bar: make("span", { class: "wv-bar", hidden: true }) };
  const letters = ["left", "right", "top", "bottom"].map((side, k) => make("span", { class: `wv-letter is-${side}`, "aria-hidden": "true" }, plane.letters[k]));
  const title = `${NAMES[plane.key]}${plane.oblique_degrees >= 1 ? " (oblique)" : ""}`;
  const stage = make(
    "div",
    { class: "wv-stage", tabindex: 0, role: "group", "aria-roledescription": "image plane", "aria-label": spoken() },
    canvas,
    ...letters,
    corner("tl", make("strong", {}, title)),
    corner("tr", texts.count, texts.place),
    corner("bl", texts.bar),
    corner("br", texts.window),
  );
  const stops = plane.kept ?? Array.from({ length: plane.n }, (_, k) => (plane.flipped[0] ? plane.n - 1 - k : k));
  const slider = make("input", { type: "range", class: "wv-slider", min: 0, max: stops.length - 1, step: 1, "aria-label": `${NAMES[plane.key]} slice`, hidden: stops.length < 2 });
  const play = scene.kind === "cine" && stops.length > 1 ? make("button", { type: "button", class: "wv-button wv-play", onclick: () => app.toggle() }, "Play") : null;
  const node = make("section", { class: "wv-pane", "data-plane": plane.key }, stage, stops.length > 1 ? make("div", { class: "wv-row" }, play, slider) : null);
  const buffers = { image: null, labels: null, key: "", labelKey: "" };
  let [width, height, box, shown] = [0, 0, { x: 0, y: 0, w: 1, h: 1 }, null];
  const view = { zoom: 1, x: 0, y: 0 };

  function spoken() {
    const [left, right, top, bottom] = plane.letters;
    const edges = left ? `, ${left} on the left, ${right} on the right, ${top} at the top, ${bottom} at the bottom` : "";
    return `${NAMES[plane.key]} of a ${scene.modality || ""} image${edges}`.replace("  ", " ");
  }
  const at = () => (plane.step < 0 ? 0 : state.position[plane.step]);
  const stopAt = () => {
    const exact = stops.indexOf(at());
    if (exact >= 0) return exact;
    return stops.reduce((best, stop, k) => (Math.abs(stop - at()) < Math.abs(stops[best] - at()) ? k : best), 0);
  };
  const size = () => {
    const [down, right] = plane.pixel_mm ?? [1, 1];
    return { w: plane.columns * right, h: plane.rows * down };
  };

  function layers(kind) {
    if (buffers[kind]) return buffers[kind];
    const layer = make("canvas", {});
    layer.width = plane.columns;
    layer.height = plane.rows;
    const context = layer.getContext("2d");
    return (buffers[kind] = { layer, context, pixels: context.createImageData(plane.columns, plane.rows) });
  }

  function refresh(slice) {
    const key = [at(), state.window, state.invert].join();
    if (buffers.key !== key) {
      const image = layers("image");
      windowed(slice, scene, state, image.pixels);
      image.context.putImageData(image.pixels, 0, 0);
      buffers.key = key;
    }
    if (!slice.labels) return;
    const labelKey = [at(), state.outline, [...state.hidden].join("-")].join();
    if (buffers.labelKey === labelKey) return;
    const over = layers("labels");
    colored(slice.labels, plane, scene.legend, state, over.pixels);
    over.context.putImageData(over.pixels, 0, 0);
    buffers.labelKey = labelKey;
  }

  function draw() {
    if (!width || !height) return;
    describe();
    const slice = store.get(plane, at());
    node.classList.toggle("is-waiting", !slice);
    if (!slice && !buffers.key) return;
    if (slice) {
      refresh(slice);
      shown = slice;
      node.dataset.drawn = at();
    }
    const { w, h } = size();
    const fit = Math.min(width / w, height / h) * view.zoom;
    box = { w: w * fit, h: h * fit };
    box.x = (width - box.w) / 2 + view.x;
    box.y = (height - box.h) / 2 + view.y;
    const dense = devicePixelRatio || 1;
    const context = canvas.getContext("2d");
    context.setTransform(dense, 0, 0, dense, 0, 0);
    context.fillStyle = "#000";
    context.fillRect(0, 0, width, height);
    context.imageSmoothingEnabled = box.w / plane.columns < 8; // closer, single pixels are to be seen
    context.imageSmoothingQuality = "high";
    context.drawImage(buffers.image.layer, box.x, box.y, box.w, box.h);
    if (buffers.labels && state.opacity > 0) {
      context.globalAlpha = state.outline ? Math.min(1, 2 * state.opacity) : state.opacity;
      context.imageSmoothingEnabled = false;
      context.drawImage(buffers.labels.layer, box.x, box.y, box.w, box.h);
      context.globalAlpha = 1;
    }
    if (app.crossed()) cross(context);
    scaleBar(w, fit);
  }

  function cross(context) {
    const { row, column } = space.place(plane, state.position);
    const [x, y] = [box.x + (column / plane.columns) * box.w, box.y + (row / plane.rows) * box.h];
    const gap = 9;
    const line = (color, ...points) => {
      context.strokeStyle = color;
      context.lineWidth = 1;
      context.beginPath();
      for (const [x1, y1, x2, y2] of points) {
        context.moveTo(x1, y1);
        context.lineTo(x2, y2);
      }
      context.stroke();
    };
    const color = (axis) => app.colors[scene.planes.find((other) => other.step === axis)?.key] ?? "#fff";
    line(color(plane.right), [x, 0, x, y - gap], [x, y + gap, x, height]);
    line(color(plane.down), [0, y, x - gap, y], [x + gap, y, width, y]);
  }

  function scaleBar(w, fit) {
    const bar = texts.bar;
    bar.hidden = scene.kind !== "volume" || !plane.pixel_mm;
    if (bar.hidden) return;
    const long = [200, 100, 50, 20, 10, 5, 2, 1].find((mm) => mm * fit <= Math.min(130, width * 0.3)) ?? 1;
    bar.style.width = `${long * fit}px`;
    bar.textContent = long >= 10 ? `${long / 10} cm` : `${long} mm`;
  }

  function describe() {
    const stop = stopAt();
    const mm = space.millimeters(state.position);
    const c = COORDINATES[plane.key];
    const times = scene.frame_times;
    const where = mm && c !== undefined ? `${"xyz"[c]} ${number(mm[c], 1)} mm` : times.length > at() ? `${number(times[at()] / 1000, 2)} s` : "";
    const count = plane.n > 1 ? `${at()} of 0–${plane.n - 1}` : ""; // as the array is indexed, in Python too
    texts.count.textContent = count;
    texts.place.textContent = where;
    texts.window.textContent = scene.color ? "RGB" : `C ${app.shortly(state.window[0])}  W ${app.shortly(state.window[1])}`;
    if (document.activeElement !== slider || Number(slider.value) !== stop) slider.value = stop;
    slider.setAttribute("aria-valuetext", `${at()} of 0 to ${plane.n - 1}${where ? `, ${where}` : ""}`);
    slider.style.setProperty("--done", `${stops.length > 1 ? (100 * stop) / (stops.length - 1) : 0}%`);
  }

  function go(steps) {
    const next = clamp(stopAt() + steps, 0, stops.length - 1);
    if (plane.step >= 0) app.move(plane.step, stops[next]);
  }

  // what lies under a point of the page
  function under(event) {
    const frame = canvas.getBoundingClientRect();
    const column = Math.floor(((event.clientX - frame.left - box.x) / box.w) * plane.columns);
    const row = Math.floor(((event.clientY - frame.top - box.y) / box.h) * plane.rows);
    if (column < 0 || row < 0 || column >= plane.columns || row >= plane.rows) return null;
    return { row, column };
  }
  function read(place) {
    if (!place || !shown || node.classList.contains("is-waiting")) return null;
    const i = place.row * plane.columns + place.column;
    const value = scene.color ? [0, 1, 2].map((c) => shown.pixels[3 * i + c]) : shown.pixels[i];
    const index = space.index(plane, at(), place.row, place.column);
    return { value, label: shown.labels ? shown.labels[i] : 0, index, mm: space.millimeters(index), plane, place };
  }
  function cursor() {
    const { row, column } = space.place(plane, state.position);
    return read({ row: clamp(Math.floor(row), 0, plane.rows - 1), column: clamp(Math.floor(column), 0, plane.columns - 1) });
  }
  function cross_at(place) {
    if (!place) return;
    const index = space.index(plane, at(), place.row, place.column);
    app.place(index.map((each, axis) => clamp(Math.round(each), 0, scene.shape[axis] - 1)));
  }
  function zoomBy(factor, event) {
    const frame = canvas.getBoundingClientRect();
    const [px, py] = event ? [event.clientX - frame.left - width / 2, event.clientY - frame.top - height / 2] : [0, 0];
    const zoom = clamp(view.zoom * factor, 1, 24);
    const real = zoom / view.zoom;
    Object.assign(view, zoom === 1 ? { zoom, x: 0, y: 0 } : { zoom, x: px - (px - view.x) * real, y: py - (py - view.y) * real });
    app.later();
  }
  function shift(dx, dy) {
    view.x += dx;
    view.y += dy;
    app.later();
  }

  slider.addEventListener("input", () => go(Number(slider.value) - stopAt()));
  const spokenStop = () => slider.getAttribute("aria-valuetext");
  const pane = { plane, node, spokenStop, stage, canvas, draw, go, under, read, cursor, cross_at, zoomBy, shift, size, at, stops, stopAt, play };
  pane.reset = () => Object.assign(view, { zoom: 1, x: 0, y: 0 });
  pane.fitInto = (w, h) => {
    [width, height] = [Math.max(1, Math.round(w)), Math.max(1, Math.round(h))];
    const dense = devicePixelRatio || 1;
    canvas.width = width * dense;
    canvas.height = height * dense;
    stage.style.height = `${height}px`;
    stage.classList.toggle("is-small", width < 360);
  };
  listen(pane, app);
  return pane;
}

// ---- mouse, touch and keys on a plane

function listen(pane, app) {
  const { stage, canvas } = pane;
  const pointers = new Map();
  let [begun, wheel, spread] = [null, 0, 0];
  const toolFor = (event) => (event.button === 1 || event.shiftKey ? "move" : event.button === 2 ? "window" : app.state.tool);

  stage.addEventListener("pointerdown", (event) => {
    if (event.target !== canvas) return;
    event.preventDefault();
    stage.focus({ preventScroll: true });
    canvas.setPointerCapture(event.pointerId);
    pointers.set(event.pointerId, [event.clientX, event.clientY]);
    begun = { x: event.clientX, y: event.clientY, tool: toolFor(event), window: [...app.state.window], stop: pane.stopAt(), moved: false };
    if (pointers.size === 2) spread = distance();
  });
  const distance = () => {
    const [[x1, y1], [x2, y2]] = [...pointers.values()];
    return Math.hypot(x2 - x1, y2 - y1);
  };
  stage.addEventListener("pointermove", (event) => {
    if (!pointers.has(event.pointerId)) {
      app.readout(pane.read(pane.under(event)));
      return;
    }
    const [lastX, lastY] = pointers.get(event.pointerId);
    pointers.set(event.pointerId, [event.clientX, event.clientY]);
    if (pointers.size === 2) {
      begun.moved = true;
      const now = distance();
      pane.shift((event.clientX - lastX) / 2, (event.clientY - lastY) / 2);
      if (spread) pane.zoomBy(now / spread, event);
      spread = now;
      return;
    }
    const [dx, dy] = [event.clientX - begun.x, event.clientY - begun.y];
    if (!begun.moved && Math.hypot(dx, dy) < 4) return;
    begun.moved = true;
    if (begun.tool === "move") pane.shift(event.clientX - lastX, event.clientY - lastY);
    else if (begun.tool === "slices") pane.go(begun.stop + Math.trunc(dy / Math.max(3, Math.min(16, 260 / pane.stops.length))) - pane.stopAt());
    else {
      const per = Math.max(begun.window[1], (app.scene.range[1] - app.scene.range[0]) / 400) / 300; // pixel of the screen
      app.setWindow(begun.window[0] + dy * per, begun.window[1] + dx * per * 2);
    }
    app.readout(pane.read(pane.under(event)));
  });
  const end = (event) => {
    if (!pointers.delete(event.pointerId)) return;
    if (begun && !begun.moved && event.type === "pointerup" && begun.tool !== "none") pane.cross_at(pane.under(event));
    if (!pointers.size) begun = null;
  };
  stage.addEventListener("pointerup", end);
  stage.addEventListener("pointercancel", end);
  stage.addEventListener("pointerleave", () => app.readout(null));
  stage.addEventListener("contextmenu", (event) => event.preventDefault());
  stage.addEventListener("dblclick", () => app.reset());
  stage.addEventListener(
    "wheel",
    (event) => {
      if (event.ctrlKey || event.metaKey) {
        event.preventDefault();
        pane.zoomBy(Math.exp(-event.deltaY / 300), event);
        return;
      }
      if (pane.stops.length < 2) return; // a single picture lets the page scroll
      event.preventDefault();
      wheel += event.deltaMode === 1 ? event.deltaY * 30 : event.deltaY;
      const steps = Math.abs(event.deltaY) >= 60 && event.deltaMode === 0 ? Math.sign(event.deltaY) : Math.trunc(wheel / 30);
      if (!steps) return;
      wheel = 0;
      pane.go(steps);
      app.readout(null);
    },
    { passive: false },
  );
  const page = Math.max(1, Math.round(pane.stops.length / 10));
  const keys = {
    ArrowUp: () => pane.go(-1), ArrowDown: () => pane.go(1), ArrowLeft: () => pane.go(-1), ArrowRight: () => pane.go(1),
    PageUp: () => pane.go(-page), PageDown: () => pane.go(page), Home: () => pane.go(-1e9), End: () => pane.go(1e9),
    "+": () => pane.zoomBy(1.25), "=": () => pane.zoomBy(1.25), "-": () => pane.zoomBy(0.8), 0: () => app.reset(), i: () => app.invert(), m: () => app.masks(), c: () => app.cross(),
    " ": () => app.toggle(),
  };
  stage.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target !== stage) return;
    const aimed = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[event.key];
    const preset = app.scene.windows[Number(event.key) - 1];
    if (event.shiftKey && aimed) {
      const here = pane.cursor();
      if (here) pane.cross_at({ row: here.place.row + aimed[0], column: here.place.column + aimed[1] });
    } else if (event.key !== "0" && preset) app.setWindow(preset.center, preset.width);
    else if (keys[event.key]) keys[event.key]();
    else return;
    event.preventDefault();
    app.readout(null);
    app.speak(pane);
  });
}

// ---- what stands above and below

function choices(label, options, chosen, choose) {
  const group = make("div", { class: "wv-choices", role: "radiogroup", "aria-label": label });
  const buttons = options.map(([key, text, hint]) =>
    make("button", { type: "button", role: "radio", class: "wv-choice", "data-key": key, title: hint, onclick: () => choose(key) }, text),
  );
  group.append(...buttons);
  group.update = () =>
    buttons.forEach((button) => {
      const on = button.dataset.key === chosen();
      button.setAttribute("aria-checked", on);
      button.tabIndex = on ? 0 : -1;
    });
  group.addEventListener("keydown", (event) => {
    const by = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (!by) return;
    event.preventDefault();
    event.stopPropagation();
    const next = buttons[(buttons.findIndex((each) => each.dataset.key === chosen()) + by + buttons.length) % buttons.length];
    choose(next.dataset.key);
    next.focus();
  });
  return group;
}

function windowControls(app) {
  const { scene, state } = app;
  const presets = make("select", { class: "wv-select", "aria-label": "Window preset" }, ...scene.windows.map((each, k) => make("option", { value: k, title: each.source }, each.name)), make("option", { value: "", disabled: true }, "By hand"));
  presets.addEventListener("change", () => presets.value && app.setWindow(scene.windows[presets.value].center, scene.windows[presets.value].width));
  const field = (k, text) => {
    const input = make("input", { type: "number", step: "any", class: "wv-number", "aria-label": `Window ${text.toLowerCase()}${scene.units ? `, ${scene.units}` : ""}` });
    input.addEventListener("change", () => {
      const next = [...state.window];
      next[k] = Number(input.value);
      if (input.value !== "" && Number.isFinite(next[k]) && next[1] > 0) app.setWindow(...next);
      else node.update();
    });
    input.addEventListener("keydown", (event) => event.stopPropagation());
    return input;
  };
  const inputs = [field(0, "Center"), field(1, "Width")];
  const node = make(
    "div",
    { class: "wv-group" },
    make("label", { class: "wv-label" }, make("span", {}, "Window"), presets),
    make("label", { class: "wv-label" }, make("span", {}, "Center"), inputs[0]),
    make("label", { class: "wv-label" }, make("span", {}, "Width"), inputs[1]),
    make("span", { class: "wv-unit" }, scene.units),
  );
  node.update = () => {
    const same = (each) => Math.abs(each.center - state.window[0]) < 1e-6 && Math.abs(each.width - state.window[1]) < 1e-6;
    presets.value = String(scene.windows.findIndex(same));
    if (presets.selectedIndex < 0) presets.value = "";
    inputs.forEach((input, k) => {
      if (document.activeElement !== input) input.value = app.digits ? state.window[k].toFixed(app.digits) : Math.round(state.window[k]);
    });
  };
  return node;
}

function legend(app) {
  const { scene, state } = app;
  const size = (entry) => (entry.ml !== undefined ? `${number(entry.ml, entry.ml < 10 ? 1 : 0)} ml` : `${number(entry.n, 0)} px`);
  const entries = scene.legend.map((entry) => {
    const button = make(
      "button",
      { type: "button", class: "wv-entry", title: "Show or hide", onclick: () => app.hide(entry.value) },
      make("span", { class: "wv-swatch", style: `--label: ${entry.color}` }),
      make("span", {}, entry.name),
      make("span", { class: "wv-soft" }, size(entry)),
    );
    button.update = () => button.setAttribute("aria-pressed", !state.hidden.has(entry.value));
    return button;
  });
  const opacity = make("input", { type: "range", class: "wv-slider wv-opacity", min: 0, max: 1, step: 0.05, "aria-label": "Opacity of the mask" });
  opacity.addEventListener("input", () => app.setOpacity(Number(opacity.value)));
  const style = choices("Mask drawn as", [["fill", "Fill"], ["outline", "Outline"]], () => (state.outline ? "outline" : "fill"), (key) => app.setOutline(key === "outline"));
  const node = make("div", { class: "wv-legend" }, make("div", { class: "wv-entries", role: "group", "aria-label": "Mask" }, ...entries), make("div", { class: "wv-group" }, make("label", { class: "wv-label" }, make("span", {}, "Opacity"), opacity), style));
  node.update = () => {
    entries.forEach((each) => each.update());
    opacity.value = state.opacity;
    opacity.style.setProperty("--done", `${100 * state.opacity}%`);
    style.update();
  };
  return node;
}

function readoutLine(app) {
  const { scene } = app;
  const parts = { value: make("strong", { class: "wv-value" }), label: make("span", { class: "wv-under" }), mm: make("span", {}), index: make("span", { class: "wv-soft" }) };
  const node = make("p", { class: "wv-readout" }, parts.value, parts.label, parts.mm, parts.index);
  node.update = (here) => {
    node.classList.toggle("is-empty", !here);
    if (!here) return;
    const unit = scene.units === "unknown units" ? " (unknown units)" : ` ${scene.units}`;
    parts.value.textContent = scene.color ? `RGB ${here.value.join(" ")}` : `${number(here.value, scene.dtype === "float32" ? app.digits || 1 : 0)}${unit}`;
    parts.label.textContent = scene.legend.find((entry) => entry.value === here.label)?.name ?? "";
    parts.mm.textContent = here.mm ? here.mm.map((part, c) => `${"xyz"[c]} ${number(part, 1)}`).join("  ") + " mm" : flat(here);
    parts.index.textContent = `[${here.index.map((part) => Math.round(part)).join(", ")}]`;
  };
  // without a place in the patient: from the upper left corner of the picture
  const flat = ({ plane, place }) => (plane.pixel_mm ? `${number((place.column + 0.5) * plane.pixel_mm[1], 1)} mm right, ${number((place.row + 0.5) * plane.pixel_mm[0], 1)} mm down` : "");
  return node;
}

// ---- the whole

function render({ model, el }) {
  const scene = model.get("scene");
  const state = {
    position: [...model.get("position")], window: [...model.get("window")], invert: false, opacity: scene.legend.length ? 0.45 : 0, hidden: new Set(), outline: false,
    tool: matchMedia("(pointer: coarse)").matches && (scene.planes[0].kept ?? { length: scene.planes[0].n }).length > 1 ? "slices" : "window",
    layout: "", crosshair: true,
  };
  const [root, stages] = [make("div", { class: "wv", lang: "en", "data-ready": "false" }), make("div", { class: "wv-stages" })];
  const span = scene.range[1] - scene.range[0];
  const app = { scene, state, space: geometry(scene), colors: { axial: "#f0b429", coronal: "#56b4e9", sagittal: "#5fd38d" } };
  app.digits = scene.dtype === "float32" ? clamp(Math.ceil(2 - Math.log10(Math.max(span, 1e-6))), 0, 6) : 0;
  app.shortly = (value) => number(value, app.digits);
  let [frame, timer, saving, playing] = [0, 0, 0, null];
  app.store = pixelStore(model, scene, () => app.later());
  const panes = scene.planes.map((plane) => paneOf(plane, app));
  const several = panes.length > 1;
  const inSight = () => (state.layout === "all" ? panes : panes.filter((pane) => pane.plane.key === state.layout));

  app.later = () => (frame ||= requestAnimationFrame(show));
  app.crossed = () => several && state.crosshair && state.layout === "all";
  app.readout = (here) => line.update(here ?? inSight()[0]?.cursor());
  function keepState() {
    clearTimeout(saving);
    saving = setTimeout(() => {
      model.set("position", [...state.position]);
      model.set("window", [...state.window]);
      model.save_changes();
    }, 200);
  }
  app.place = (position) => {
    if (position.every((each, axis) => each === state.position[axis])) return;
    state.position = position;
    fetchSoon();
    app.later();
    keepState();
  };
  app.move = (axis, at) => app.place(state.position.map((each, k) => (k === axis ? at : each)));
  app.setWindow = (center, width) => {
    const least = app.digits ? 10 ** -app.digits : 1;
    state.window = [center, clamp(width, least, Math.max(span * 4, least, 255))];
    app.later();
    keepState();
  };
  app.setOpacity = (opacity) => app.set({ opacity });
  app.setOutline = (outline) => app.set({ outline });
  app.set = (changes) => {
    Object.assign(state, changes);
    app.later();
  };
  app.hide = (value) => {
    if (!state.hidden.delete(value)) state.hidden.add(value);
    app.later();
  };
  app.invert = () => app.set({ invert: !state.invert });
  app.cross = () => app.set({ crosshair: !state.crosshair });
  app.masks = () => scene.legend.length && app.set({ hidden: new Set(state.hidden.size ? [] : scene.legend.map((entry) => entry.value)) });
  app.reset = () => {
    panes.forEach((pane) => pane.reset());
    const first = scene.windows[0];
    state.invert = false;
    if (first) app.setWindow(first.center, first.width);
    else app.setWindow(127.5, 255);
  };
  app.toggle = () => (playing ? stop() : start());

  function start() {
    const pane = inSight()[0];
    if (!pane?.play) return;
    let last = performance.now();
    const step = (now) => {
      const due = Math.floor(((now - last) * scene.rate) / 1000);
      if (due > 0) {
        const next = (pane.stopAt() + due) % pane.stops.length;
        if (app.store.get(pane.plane, pane.stops[next])) {
          pane.go(next - pane.stopAt());
          last = now;
        } else fetchSoon(); // the film waits for what is on its way
      }
      playing = requestAnimationFrame(step);
    };
    playing = requestAnimationFrame(step);
    app.later();
  }
  function stop() {
    cancelAnimationFrame(playing);
    playing = null;
    app.later();
  }

  function fetchSoon() {
    const [first, around] = [[], []];
    for (const pane of inSight()) {
      const [stop, stops] = [pane.stopAt(), pane.stops];
      first.push({ plane: pane.plane, position: stops[stop] });
      const far = playing ? 12 : AHEAD;
      for (let k = 1; k <= far; k++) {
        for (const next of playing ? [(stop + k) % stops.length] : [stop + k, stop - k]) {
          if (stops[next] !== undefined) around.push({ plane: pane.plane, position: stops[next] });
        }
      }
    }
    app.store.want([...first, ...around]);
  }

  function lay() {
    const all = stages.clientWidth;
    if (!all) return;
    const visible = inSight();
    root.dataset.layout = state.layout;
    stages.replaceChildren(...visible.map((pane) => pane.node));
    const tallest = clamp(innerHeight * 0.62, 260, 720);
    const gap = 8;
    const under = visible[0].stops.length > 1 ? 40 : 0;
    if (visible.length === 1) {
      const { w, h } = visible[0].size();
      visible[0].fitInto(all, clamp((all * h) / w, Math.min(200, all), tallest));
    } else if (all >= NARROW_PX) {
      const [first, ...others] = visible;
      const aspect = (pane) => pane.size().h / pane.size().w;
      // The wide column holds the first plane, the narrow one the two others, as tall together as the first.
      const left = Math.round((all - gap) * 0.6);
      const right = all - gap - left;
      const height = clamp(Math.max(left * aspect(first), others.reduce((sum, pane) => sum + right * aspect(pane), under + gap)), 300, tallest);
      first.fitInto(left, height);
      others.forEach((pane) => pane.fitInto(right, (height - under - gap) / 2));
    } else visible.forEach((pane) => pane.fitInto(all, clamp((all * pane.size().h) / pane.size().w, 160, tallest * 0.7)));
    fetchSoon();
    app.later();
  }

  function show() {
    frame = 0;
    const visible = inSight();
    visible.forEach((pane) => pane.draw());
    for (const part of parts) part?.update();
    if (!line.matches(":hover")) line.update(hovered ?? visible[0]?.cursor());
    const waiting = visible.some((pane) => pane.node.classList.contains("is-waiting"));
    clearTimeout(timer);
    if (waiting) timer = setTimeout(() => (status.textContent = app.store.waiting() ? "Waiting for the kernel to send this slice. A saved page has none and keeps no pixels: open the notebook in JupyterLab and run it." : ""), SILENT_MS + 50);
    else status.textContent = "";
    visible.forEach((pane) => pane.play && (pane.play.textContent = playing ? "Pause" : "Play"));
    root.dataset.ready = String(!waiting);
    root.dataset.whole = String(app.store.isWhole());
    root.dataset.window = state.window.join();
    root.dataset.position = state.position.join();
  }
  let hovered = null;
  const readNow = app.readout;
  app.readout = (here) => {
    hovered = here;
    readNow(here);
  };

  const button = (text, hint, action, pressed) => {
    const node = make("button", { type: "button", class: "wv-button", title: hint, onclick: action }, text);
    node.update = () => pressed && node.setAttribute("aria-pressed", pressed());
    return node;
  };
  const layouts = several ? choices("Planes", [["all", "All planes"], ...panes.map((pane) => [pane.plane.key, NAMES[pane.plane.key]])], () => state.layout, (key) => { state.layout = key; lay(); }) : null;
  const stepping = panes.some((pane) => pane.stops.length > 1);
  const tools = choices("Dragging changes", [["window", "Window"], ...(stepping ? [["slices", scene.kind === "cine" ? "Frame" : "Slice"]] : []), ["move", "Move"]], () => state.tool, (tool) => app.set({ tool }));
  const bars = [
    layouts,
    scene.color ? null : windowControls(app),
    make("div", { class: "wv-group" }, make("span", { class: "wv-label" }, make("span", {}, "Drag"), tools)),
    make("div", { class: "wv-group" }, ...[scene.color ? null : button("Invert", "Key I", app.invert, () => state.invert), several ? button("Crosshair", "Key C", app.cross, () => state.crosshair) : null, button("Reset", "Key 0, or double click", app.reset)].filter(Boolean)),
  ];
  const masks = scene.legend.length ? legend(app) : null;
  const line = readoutLine(app);
  const live = make("p", { class: "wv-live", "aria-live": "polite" });
  let speaking = 0;
  app.speak = (pane) => {
    clearTimeout(speaking);
    speaking = setTimeout(() => (live.textContent = `${NAMES[pane.plane.key]} ${pane.spokenStop()}: ${line.textContent}`), 400);
  };
  const status = make("p", { class: "wv-status", role: "status" });
  const help = make(
    "details",
    { class: "wv-help" },
    make("summary", {}, "Keys and gestures"),
    make("dl", {}, ...[
      ["Scroll, ↑ ↓, Page ↑ ↓, Home, End", "step through the slices"],
      ["Drag, or right button", "window: right widens, down moves the center up"],
      ["Click, Shift + arrows", "move the crosshair"],
      ["Ctrl + scroll, pinch, + −", "zoom; Shift + drag moves"],
      ["1 to 9, I, M, C, 0", "window presets, invert, mask, crosshair, reset"],
      ...(scene.kind === "cine" ? [["Space", "play and pause"]] : []),
    ].map(([keys, does]) => make("div", {}, make("dt", {}, keys), make("dd", {}, does)))),
  );
  const notes = scene.notes.map((text) => make("p", { class: "wv-note" }, text));
  const parts = [layouts, bars[1], tools, ...bars[3].children, masks];
  root.append(make("div", { class: "wv-toolbar", role: "toolbar", "aria-label": "Image" }, ...bars.filter(Boolean)), stages, line, ...[masks].filter(Boolean), status, live, ...notes, help);
  el.replaceChildren(root);

  // JupyterLab looks for its one-key commands (D D deletes the cell) before we are asked; keys without Ctrl, Alt or Cmd are ours.
  const shield = (event) => {
    if (!root.contains(event.target)) return;
    const theirs = event.ctrlKey || event.metaKey || event.altKey || (event.shiftKey && event.key === "Enter");
    event.target.toggleAttribute("data-lm-suppress-shortcuts", !theirs);
  };
  addEventListener("keydown", shield, true);
  const darkness = matchMedia("(prefers-color-scheme: dark)");
  const theme = () => {
    const lab = document.body.dataset.voila ? undefined : document.body.dataset.jpThemeLight;
    root.dataset.theme = (lab === undefined ? darkness.matches : lab === "false") ? "dark" : "light";
  };
  const watcher = new MutationObserver(theme);
  watcher.observe(document.body, { attributes: true, attributeFilter: ["data-jp-theme-light"] });
  darkness.addEventListener("change", theme);
  theme();
  let seen = 0;
  const sized = new ResizeObserver(() => {
    const all = stages.clientWidth;
    if (!all || all === seen) return;
    if (!state.layout) state.layout = several && all >= NARROW_PX ? "all" : panes[0].plane.key;
    seen = all;
    lay();
  });
  sized.observe(stages);
  const moved = () => {
    const told = model.get("position");
    if (told.length === state.position.length && told.some((each, axis) => each !== state.position[axis])) app.place([...told]);
  };
  const widened = () => {
    const told = model.get("window");
    if (told.some((each, k) => Math.abs(each - state.window[k]) > 1e-9)) app.set({ window: [...told] });
  };
  const receive = (content, buffers) => app.store.receive(content, buffers);
  model.on("change:position", moved);
  model.on("change:window", widened);
  model.on("msg:custom", receive);
  return () => {
    stop();
    clearTimeout(saving);
    clearTimeout(timer);
    clearTimeout(speaking);
    cancelAnimationFrame(frame);
    removeEventListener("keydown", shield, true);
    sized.disconnect();
    watcher.disconnect();
    darkness.removeEventListener("change", theme);
    model.off("change:position", moved);
    model.off("change:window", widened);
    model.off("msg:custom", receive);
  };
}

export default { render };

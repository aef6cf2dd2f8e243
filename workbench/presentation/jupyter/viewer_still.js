// Stands in for the kernel in a page of its own: answers what the viewer asks for out of the packed slices.
const packed = JSON.parse(document.getElementById("KEY-scene").textContent);
const unpack = async (text) => {
  const bytes = Uint8Array.from(atob(text), (each) => each.charCodeAt(0));
  return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"))).arrayBuffer();
};
const held = { scene: packed.scene, position: packed.position, window: packed.window };
const heard = {};
const model = {
  get: (name) => held[name],
  set: (name, value) => { held[name] = value; },
  save_changes: () => {},
  on: (name, action) => { heard[name] = action; },
  off: (name) => { delete heard[name]; },
  send: async ({ plane, position }) => {
    const texts = packed.slices[position];
    const buffers = await Promise.all(texts.map((text) => (text ? unpack(text) : new ArrayBuffer(0))));
    heard["msg:custom"]?.({ kind: "slice", plane, position }, buffers);
  },
};
render({ model, el: document.getElementById("KEY") });

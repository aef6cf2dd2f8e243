// Says how a volume is shown and switches; tells the kernel what draws WebGL in this browser, which the kernel cannot know.

const SOFTWARE = /swiftshader|llvmpipe|lavapipe|softpipe|software|basic render/i;

// "none", "software" or "hardware". A browser may answer that it is slow, or give the name of what draws.
function drawnBy() {
  const context = (attributes) => {
    const canvas = document.createElement("canvas");
    return canvas.getContext("webgl2", attributes) ?? canvas.getContext("webgl", attributes);
  };
  const any = context({});
  if (!any) return "none";
  const extension = any.getExtension("WEBGL_debug_renderer_info");
  const name = String(any.getParameter(extension ? extension.UNMASKED_RENDERER_WEBGL : any.RENDERER));
  any.getExtension("WEBGL_lose_context")?.loseContext(); // browsers keep few at a time
  if (SOFTWARE.test(name)) return "software";
  const quick = context({ failIfMajorPerformanceCaveat: true });
  quick?.getExtension("WEBGL_lose_context")?.loseContext();
  return quick ? "hardware" : "software";
}

function render({ model, el }) {
  const root = document.createElement("div");
  root.className = "ws";
  const sentence = document.createElement("p");
  sentence.setAttribute("role", "status");
  const button = document.createElement("button");
  button.type = "button";
  button.addEventListener("click", () => {
    button.disabled = true; // the kernel may be busy, and then answers a second click too
    model.send({ do: "switch" });
  });
  const legend = document.createElement("ul");
  root.append(sentence, button, legend);
  const show = () => {
    sentence.textContent = model.get("sentence");
    button.textContent = model.get("offer");
    button.hidden = !button.textContent;
    button.disabled = false;
    legend.replaceChildren(...model.get("legend").map(({ name, color }) => {
      const [entry, swatch] = [document.createElement("li"), document.createElement("span")];
      swatch.style.background = color;
      entry.append(swatch, name);
      return entry;
    }));
    legend.hidden = !legend.childElementCount;
    root.dataset.shown = model.get("shown");
  };
  const darkness = matchMedia("(prefers-color-scheme: dark)");
  const theme = () => {
    const lab = document.body.dataset.voila ? undefined : document.body.dataset.jpThemeLight;
    root.dataset.theme = (lab === undefined ? darkness.matches : lab === "false") ? "dark" : "light";
  };
  const watcher = new MutationObserver(theme);
  watcher.observe(document.body, { attributes: true, attributeFilter: ["data-jp-theme-light"] });
  darkness.addEventListener("change", theme);
  theme();
  model.on("change", show);
  show();
  el.replaceChildren(root);
  if (model.get("asks")) model.send({ do: "found", drawn_by: drawnBy() });
  return () => {
    model.off("change", show);
    watcher.disconnect();
    darkness.removeEventListener("change", theme);
  };
}

export default { render };

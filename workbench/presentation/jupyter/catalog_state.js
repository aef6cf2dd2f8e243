// What a visitor has chosen, as one plain object, and how it stands in the address: every view can be shared.

const FACET_NAMES = ["kind", "image", "region", "task", "use", "access", "people", "idc", "state"];
const SORTS = { match: "Best match", size: "Most patients first", name: "By name", newest: "Newest first" };
const VIEWS = { browse: "Browse", map: "Map", conflicts: "Where sources disagree", method: "Method and citing" };
const MOST_COMPARED = 4;
const MOST_ASKED = 50; // of one thing in an address

const nothingChosen = () => ({
  question: "",
  text: "",
  facets: Object.fromEntries(FACET_NAMES.map((name) => [name, []])),
  sort: "match",
  view: "browse",
  collections: false,
  card: "",
  compare: [],
  comparing: false,
  strange: [], // what the address asks for and the catalog lacks
});

function toHash(state) {
  const said = new URLSearchParams();
  if (state.question) said.set("ask", state.question);
  if (state.view !== "browse") said.set("view", state.view);
  if (state.collections) said.set("collections", "1");
  if (state.text) said.set("find", state.text);
  for (const name of FACET_NAMES) for (const value of state.facets[name]) said.append(name, value);
  if (state.sort !== "match") said.set("sort", state.sort);
  if (state.compare.length) said.set("compare", state.compare.join(","));
  if (state.comparing) said.set("side-by-side", "1");
  if (state.card) said.set("entry", state.card);
  const text = said.toString();
  return text ? `#${text}` : "";
}

// What an address asks for; an entry, or a value of a filter, that the catalog lacks is left out and told.
function fromHash(hash, catalog) {
  const state = nothingChosen();
  const said = new URLSearchParams(hash.replace(/^#/, ""));
  state.question = (said.get("ask") ?? "").slice(0, 400);
  state.text = (said.get("find") ?? "").slice(0, 200);
  if (Object.hasOwn(VIEWS, said.get("view") ?? "")) state.view = said.get("view");
  if (Object.hasOwn(SORTS, said.get("sort") ?? "")) state.sort = said.get("sort");
  state.collections = said.get("collections") === "1" && catalog.collections.length > 0;
  const shown = state.collections ? catalog.collections : catalog.entries;
  for (const name of FACET_NAMES) {
    const known = new Set(shown.flatMap((entry) => valuesOf(entry, name, catalog)));
    const asked = [...new Set(said.getAll(name))].slice(0, MOST_ASKED);
    state.facets[name] = asked.filter((value) => known.has(value));
    state.strange.push(...asked.filter((value) => !known.has(value)).map((value) => `“${brief(value)}” under “${FACETS[name][0]}”`));
  }
  const keys = [...new Set((said.get("compare") ?? "").split(",", MOST_ASKED).filter(Boolean))];
  const card = said.get("entry") ?? "";
  state.compare = keys.filter((key) => catalog.byKey.has(key)).slice(0, MOST_COMPARED);
  state.comparing = said.get("side-by-side") === "1" && state.compare.length > 1;
  if (catalog.byKey.has(card)) state.card = card;
  state.strange.push(...[...new Set([card, ...keys])].filter((key) => key && !catalog.byKey.has(key)).map((key) => `an entry “${brief(key)}”`));
  return state;
}

const brief = (text) => (text.length > 60 ? `${text.slice(0, 59)}…` : text);

// The address belongs to the page where the page is all there is; in a notebook it belongs to the notebook.
const ownsAddress = () => Boolean(document.body.dataset.voila || document.documentElement.dataset.workbench);

function writeAddress(state, { step = false } = {}) {
  if (!ownsAddress()) return;
  const hash = toHash(state);
  if (hash === location.hash) return;
  history[step ? "pushState" : "replaceState"](null, "", hash || location.pathname + location.search);
}

function addressOf(state) {
  return location.origin + location.pathname + location.search + toHash(state);
}

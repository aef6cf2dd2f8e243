// The data catalog: small parts that its views share. `make` comes from page_parts.js.
// Everything from a file is set as text, never as markup; an address is linked only when it is http or https.

const USE_SIGNS = { yes: "●", no: "✚", ask: "◆", unknown: "■" };
const ANSWER_SIGNS = { yes: "✓", partly: "◐", no: "✕", unknown: "?" };
const VERDICT_SIGNS = { agrees: "✓", differs: "≠", not_comparable: "↔", unchecked: "·" };

function isWebAddress(url) {
  try {
    return ["http:", "https:"].includes(new URL(url).protocol);
  } catch {
    return false;
  }
}

const hostOf = (url) => new URL(url).hostname.replace(/^www\./, "");

// A link that leaves the page: in a new tab, told to those who do not see the sign.
function outLink(url, text, label) {
  if (!isWebAddress(url)) return make("span", {}, text ?? String(url ?? ""));
  const link = make("a", { class: "wc-out", href: url, target: "_blank", rel: "noopener noreferrer", "aria-label": label });
  link.append(text ?? hostOf(url), make("span", { class: "wc-hidden" }, " (opens in a new tab)"));
  return link;
}

function on(node, events) {
  for (const [type, act] of Object.entries(events)) node.addEventListener(type, act);
  return node;
}

const button = (text, act, attributes = {}) =>
  make("button", { type: "button", class: "wb-button", onclick: act, ...attributes }, text);

const number = (value) => Number(value).toLocaleString("en-US");
const counted = (n, one, many = `${one}s`) => `${number(n)} ${n === 1 ? one : many}`;
const capital = (text) => text.charAt(0).toUpperCase() + text.slice(1);
const percent = (share) => `${Math.round(share * 100)}\u00a0%`;

function useBadge(use, words) {
  return make("span", { class: "wc-use", "data-use": use }, make("span", { class: "wc-sign", "aria-hidden": "true" }, USE_SIGNS[use] ?? "■"), words.license_use[use] ?? use);
}

function answerMark(answer, words) {
  const sign = make("span", { class: "wc-sign", "aria-hidden": "true" }, ANSWER_SIGNS[answer] ?? "?");
  return make("span", { class: "wc-mark", "data-answer": answer }, sign, words.answer[answer] ?? answer);
}

// Whose words a fact rests on: quoted, with the page and the day on which it was read.
function evidenceNote(evidence, words) {
  if (!evidence) return null;
  const who = words.source[evidence.kind] ?? evidence.kind;
  return make(
    "p",
    { class: "wc-evidence" },
    make("q", {}, evidence.words),
    " ",
    outLink(evidence.page, isWebAddress(evidence.page) ? hostOf(evidence.page) : evidence.page),
    make("span", { class: "wc-quiet" }, ` · ${who}${evidence.where ? `, ${evidence.where}` : ""}, read ${evidence.read}`),
  );
}

// A short link to where a sentence was read, for the end of that sentence.
function sourceLink(page) {
  return isWebAddress(page) ? outLink(page, "source", `Source: ${hostOf(page)}, opens in a new tab`) : null;
}

async function copyText(text, node) {
  const before = node.textContent;
  try {
    await navigator.clipboard.writeText(text);
    node.textContent = "Copied";
  } catch {
    node.textContent = "Select and copy by hand";
  }
  setTimeout(() => (node.textContent = before), 2000);
}

function copyButton(text, label = "Copy") {
  const node = make("button", { type: "button", class: "wb-button" }, label);
  return on(node, { click: () => copyText(text(), node) });
}

function saveText(name, text, type) {
  const url = URL.createObjectURL(new Blob([text], { type }));
  make("a", { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 1000);
}

// Rows of terms and what is said of them; a row of which nothing is known is left out.
function factList(facts, attributes = {}) {
  const rows = facts.filter(([, value]) => value !== null && value !== undefined && value !== "" && value?.length !== 0);
  return make("dl", { class: "wc-facts", ...attributes }, rows.map(([term, value]) => make("div", {}, make("dt", {}, term), make("dd", {}, value))));
}

function plainTable(columns, rows, caption) {
  const head = make("tr", {}, columns.map((name) => make("th", { scope: "col" }, name)));
  const body = rows.map((cells) => make("tr", {}, cells.map((cell, at) => make(at ? "td" : "th", at ? { "data-column": columns[at] } : { scope: "row" }, cell))));
  const table = make("table", {}, make("caption", { class: "wc-hidden" }, caption), make("thead", {}, head), make("tbody", {}, body));
  return make("div", { class: "wc-scroll", tabindex: "0", role: "region", "aria-label": caption }, table);
}

const listed = (items) => (items.length < 2 ? items.join("") : `${items.slice(0, -1).join(", ")} and ${items.at(-1)}`);

// "name" of every key; a key that the catalog lacks is shown as it is
function nameOf(catalog, key) {
  return catalog.byKey.get(key)?.name ?? key;
}

// "radiology:410" is a line of a guide
function guideName(row) {
  const [, guide, line] = /^([a-z_]+):(\d+)$/.exec(row) ?? [];
  return guide ? `${capital(guide.replaceAll("_", " "))} guide, line ${line}` : row;
}

// The kinds of image with their DICOM terms, such as "X-ray (CR, DX)"
function imagesOf(entry, catalog) {
  const terms = entry.modality ?? [];
  const kinds = Object.entries(catalog.image_kinds).map(([kind, members]) => [kind, members.filter((term) => terms.includes(term))]);
  const known = kinds.filter(([, found]) => found.length).map(([kind, found]) => (kind === found[0] ? kind : `${kind} (${found.join(", ")})`));
  const other = terms.filter((term) => !kinds.some(([, found]) => found.includes(term)));
  return listed([...known, ...other.map((term) => catalog.words.modality[term] ?? term)]);
}

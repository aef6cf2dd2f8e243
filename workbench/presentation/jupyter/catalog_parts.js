// The data catalog: small parts that its views share. `make` comes from page_parts.js.
// Everything from a file is set as text, never as markup; an address is linked only when it is http or https.

const USE_SIGNS = { yes: "●", no: "✚", ask: "◆", unknown: "■" };
const ANSWER_SIGNS = { yes: "✓", partly: "◐", no: "✕", unknown: "?" };
const VERDICT_SIGNS = { agrees: "✓", differs: "≠", not_comparable: "↔", unchecked: "·", counted: "✓", third_party: "≈" };
const ARCHIVES = { "10.7937": "The Cancer Imaging Archive", "10.5281": "Zenodo", "10.13026": "PhysioNet", "10.48550": "arXiv" }; // by prefix of the DOI
const PATH_SHOWN = 34; // characters of an address beyond its host
const QUOTE_SHOWN = 30; // first characters by which a quotation is known, since its end may be cut off

function isWebAddress(url) {
  try {
    return ["http:", "https:"].includes(new URL(url).protocol);
  } catch {
    return false;
  }
}

const hostOf = (url) => new URL(url).hostname.replace(/^www\./, "");

// The name of a page: "IDC v25 index, description", a DOI with its archive, else host and path
function pageName(url, where = "") {
  const { pathname } = new URL(url);
  const host = hostOf(url);
  const [, prefix, rest] = host.endsWith("doi.org") ? (/^\/(10\.\d+)\/(.+)$/.exec(decoded(pathname)) ?? []) : [];
  const page = prefix ? `${Object.hasOwn(ARCHIVES, prefix) ? `${ARCHIVES[prefix]}, ` : ""}doi:${prefix}/${rest}` : host + shortened(pathname);
  const [, index, part] = /^(IDC v\d+)(?:, (.+))?$/.exec(where) ?? [];
  return index ? `${index} index${part ? `, ${part}` : ""} (${page})` : page;
}

function decoded(path) {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

function shortened(path) {
  const plain = decoded(path).replace(/\/$/, "");
  return plain.length <= PATH_SHOWN ? plain : `/…${plain.slice(1 - PATH_SHOWN)}`;
}

// Words of a page without the marks of Markdown and HTML; an address is written beside them anyway.
function plainWords(words) {
  const unlinked = String(words).replace(/!?\[([^\]]+)\]\([^)\s]*\)/g, "$1").replace(/(^|\s)\[((?!\.\.\.)[^\]=,]{3,})\](?!\()/g, "$1$2");
  return unlinked.replace(/(\*\*|__)(?=\S)(.+?)\1/g, "$2").replace(/`([^`]+)`/g, "$1").replace(/<(\w+)>([^<>]*)<\/\1>/g, "$2");
}

// The end of a quotation: no stop follows its own.
const quoted = (words) => make("q", {}, plainWords(words).replace(/[\s.]+$/, (end) => (/\.\.\.|…/.test(end) ? "…" : end.includes(".") ? "." : "")));

// A link that leaves the page: in a new tab, told to those who do not see the sign.
function outLink(url, text, label) {
  if (!isWebAddress(url)) return make("span", {}, text ?? String(url ?? ""));
  const link = make("a", { class: "wc-out", href: url, target: "_blank", rel: "noopener noreferrer", "aria-label": label });
  link.append(text ?? pageName(url), make("span", { class: "wc-hidden" }, " (opens in a new tab)"));
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
    quoted(evidence.words),
    " ",
    outLink(evidence.page, isWebAddress(evidence.page) ? pageName(evidence.page, evidence.where) : evidence.page),
    make("span", { class: "wc-quiet" }, ` · ${who}${evidence.where && !evidence.where.startsWith("IDC v") ? `, ${evidence.where}` : ""}, read ${evidence.read}`),
  );
}

// A sentence with a quotation in it: without marks of Markdown, and with one stop at its end
const tidied = (text) => plainWords(text).replace(/([.?!…])([”"’])\./g, "$1$2").replace(/(?<!\.)\.\.(?!\.)/g, ".");

// Everything that an entry rests on, wherever it stands in it.
function* evidenceOf(value) {
  if (typeof value !== "object" || value === null) return;
  if (value.page && value.words) yield value;
  for (const each of Object.values(value)) yield* evidenceOf(each);
}

// Where on its page a quoted sentence was read, such as "read in a copy", or nothing.
function placeOf({ text, source }, entry) {
  const held = (words) => text.includes(`“${words.slice(0, QUOTE_SHOWN)}`);
  const found = source ? [...evidenceOf(entry)].find(({ page, where, words }) => page === source && where && held(words)) : null;
  return found && !found.where.startsWith("IDC v") ? make("span", { class: "wc-quiet wc-place" }, ` (${found.where})`) : null;
}

// A short link to where a sentence was read, for the end of that sentence.
function sourceLink(page) {
  return isWebAddress(page) ? outLink(page, "source", `Source: ${pageName(page)}, opens in a new tab`) : null;
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

function copyingButton(text, label = "Copy") {
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
  // its cells stand below each other on a phone, so the roles are written out
  const head = make("tr", { role: "row" }, columns.map((name) => make("th", { scope: "col", role: "columnheader" }, name)));
  const body = rows.map((cells) => make("tr", { role: "row" }, cells.map((cell, at) => make(at ? "td" : "th", at ? { role: "cell", "data-column": columns[at] } : { scope: "row", role: "rowheader" }, cell))));
  const table = make("table", { class: "wc-stacked", role: "table" }, make("caption", { class: "wc-hidden" }, caption), make("thead", { role: "rowgroup" }, head), make("tbody", { role: "rowgroup" }, body));
  return make("div", { class: "wc-scroll", tabindex: "0", role: "region", "aria-label": caption }, table);
}

const listed = (items) => (items.length < 2 ? items.join("") : `${items.slice(0, -1).join(", ")} and ${items.at(-1)}`);

// Patients, and what counts the images of the main kind
const sizeText = ({ size }) => (size ? capital([size.text, size.images].filter(Boolean).join(" · ")) : "");

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
const imagesOf = (entry, catalog) => listed(imageNames(entry, catalog));

function imageNames(entry, catalog) {
  const terms = entry.modality ?? [];
  const kinds = Object.entries(catalog.image_kinds).map(([kind, members]) => [kind, members.filter((term) => terms.includes(term))]);
  const known = kinds.filter(([, found]) => found.length).map(([kind, found]) => (kind === found[0] ? kind : `${kind} (${found.join(", ")})`));
  const other = terms.filter((term) => !kinds.some(([, found]) => found.includes(term)));
  return [...known, ...other.map((term) => catalog.words.modality[term] ?? term)];
}

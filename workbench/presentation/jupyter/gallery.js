// The start page: six answers, then a card for every page. The house and the parts that pages share stand before this text.

const SVG_NAMES = "http://www.w3.org/2000/svg";
const [WIDE, HIGH] = [300, 96];

function drawn(tag, attributes = {}, ...children) {
  const node = document.createElementNS(SVG_NAMES, tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
}

// a picture of a card says no more than its title and its words; so it is hidden from whoever hears the page
function smallLine({ values }) {
  const most = Math.max(...values);
  const points = values.map((value, at) => [(at / (values.length - 1)) * WIDE, HIGH - 4 - (value / most) * (HIGH - 12)]);
  const path = points.map(([x, y]) => `${x.toFixed(1)} ${y.toFixed(1)}`).join("L");
  return drawn(
    "svg",
    { viewBox: `0 0 ${WIDE} ${HIGH}`, class: "wg-line", preserveAspectRatio: "none", "aria-hidden": "true" },
    drawn("path", { class: "wg-area", d: `M0 ${HIGH}L${path}L${WIDE} ${HIGH}Z` }),
    drawn("path", { class: "wg-stroke", d: `M${path}`, "vector-effect": "non-scaling-stroke" }),
  );
}

function smallBars({ values }) {
  const most = Math.max(...values.map(([, n]) => n));
  const bars = values.map(([label, n, text]) => {
    const bar = make("span", { class: "wg-bar" });
    bar.style.setProperty("--share", String(Math.max(0.01, n / most)));
    return make("li", {}, make("span", { class: "wg-name" }, label), bar, make("span", { class: "wg-count" }, text));
  });
  return make("ul", { class: "wg-bars", "aria-hidden": "true" }, bars);
}

function picture(part) {
  const shown = part ? (part.kind === "line" ? smallLine(part) : smallBars(part)) : null;
  return make("div", { class: "wg-picture" }, shown);
}

const addressOf = (page, key) => (page.pages ?? []).find((entry) => entry.key === key)?.address;

function answer(tile, page) {
  const isCitation = tile.id === "cite";
  const address = addressOf(page, tile.page);
  const title = (page.pages ?? []).find((entry) => entry.key === tile.page)?.title;
  return make(
    "div",
    { class: "wg-answer", "data-answer": tile.id },
    make("dt", {}, tile.label),
    make("dd", { class: "wb-value", "data-tile": `answers.${tile.id}`, "data-value": String(tile.value) }, joined(tile.text)),
    tile.note ? make("dd", { class: isCitation ? "wg-citation" : "wb-note", "data-plain": isCitation }, joined(tile.note)) : null,
    isCitation ? make("dd", {}, copyButton(() => tile.note, "Copy citation")) : null,
    address && title ? make("dd", { class: "wg-more" }, make("a", { href: tile.part ? `${address}#${tile.part}` : address, "aria-label": `${title}: ${tile.label}` }, tile.link || "See the charts")) : null,
  );
}

function card(entry, page) {
  const address = addressOf(page, entry.key);
  const live = page.explore ? `${page.explore}${entry.key}` : "";
  return make(
    "li",
    { class: "wg-card", "data-card": entry.key },
    picture(entry.picture),
    make(
      "div",
      { class: "wg-words" },
      make("h3", {}, address ? make("a", { href: address }, entry.question) : entry.question),
      make("p", { class: "wg-title" }, entry.title),
      entry.number ? make("p", { class: "wg-number" }, make("strong", {}, joined(entry.number.text)), " ", entry.number.label) : null,
      entry.sentence ? make("p", { class: "wb-note" }, joined(entry.sentence)) : null,
      entry.as_of ? make("p", { class: "wb-note wg-asof" }, `As of ${entry.as_of}`) : null,
      live ? make("p", { class: "wg-live" }, make("a", { href: live, "aria-label": `Explore live: ${entry.title}` }, "Explore live")) : null,
    ),
  );
}

function compose(page) {
  const answers = page.groups?.[0]?.tiles ?? [];
  const cards = page.cards ?? [];
  return make(
    "main",
    { class: "wb-page wg-page", "data-ready": "true" },
    make(
      "header",
      { class: "wb-header" },
      make("h1", {}, page.title),
      make("p", { class: "wb-lead" }, page.subtitle),
    ),
    answers.length
      ? make("section", { class: "wg-section", "aria-labelledby": "wg-answers" }, make("h2", { id: "wg-answers", class: "wb-unseen" }, page.groups[0].title), make("dl", { class: "wg-answers" }, answers.map((tile) => answer(tile, page))))
      : null,
    cards.length
      ? make("section", { class: "wg-section", "aria-labelledby": "wg-pages" }, make("h2", { id: "wg-pages" }, "Look closer"), make("ul", { class: "wg-cards" }, cards.map((entry) => card(entry, page))))
      : make("p", { class: "wb-state" }, "There are no pages yet. Please come back after the next release."),
    closing({ ...page, cite: null, use: { license: page.use?.license } }),
  );
}

function render({ model, el }) {
  let leave = () => {};
  function show() {
    leave();
    const page = model.get("page");
    const house = shell.frame(page, compose(page));
    el.replaceChildren(house.node);
    leave = () => house.stop();
  }
  model.on("change:page", show);
  show();
  return () => {
    leave();
    model.off("change:page", show);
  };
}

export default { render };

// The files of every entry travel packed (gzip in base64) and are unpacked when the first card opens.

const FILE_KINDS = {
  croissant: ["Croissant JSON-LD", "croissant.json", "application/ld+json"],
  markdown: ["Markdown card", "md", "text/markdown"],
  bibtex: ["BibTeX", "bib", "application/x-bibtex"],
};

async function unpacked(packed) {
  const bytes = Uint8Array.from(atob(packed), (letter) => letter.charCodeAt(0));
  const plain = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Response(plain).json();
}

// Why a packed part stays closed: the browser is too old, or the part is damaged; the two ask for different things.
const unpackingFailed = (what) =>
  typeof DecompressionStream === "undefined"
    ? `The ${what} could not be unpacked by this browser. A browser of the last three years can do it.`
    : `The ${what} could not be unpacked: the file of this page is damaged. Load the page again; who serves it writes it anew with: workbench site aggregates`;

function filesOf(catalog, key) {
  catalog.files ??= unpacked(catalog.packed.files);
  return catalog.files.then((files) => files[key] ?? {});
}

function downloads(key, files) {
  const given = Object.entries(FILE_KINDS).filter(([kind]) => files[kind]);
  return make(
    "div",
    { class: "wc-row" },
    given.map(([kind, [label, ending, type]]) =>
      button(label, () => saveText(`${key}.${ending}`, files[kind], type), { "data-download": kind, "aria-label": `Download ${label}` }),
    ),
  );
}

function citing(entry, catalog) {
  const place = make("div", { class: "wc-cite" }, make("p", { class: "wc-quiet" }, "Unpacking the citation…"));
  filesOf(catalog, entry.key).then(
    (files) => {
      const text = entry.citation?.text ?? files.text ?? "";
      place.replaceChildren(
        ...[
          text ? make("div", { class: "wc-copy" }, make("p", {}, text), copyingButton(() => text, "Copy citation")) : null,
          files.bibtex ? make("div", { class: "wc-copy" }, make("pre", { tabindex: "0" }, files.bibtex.trim()), copyingButton(() => files.bibtex, "Copy BibTeX")) : null,
          Object.keys(files).length ? make("h4", {}, "Take the entry away") : null,
          downloads(entry.key, files),
        ].filter(Boolean),
      );
      place.dataset.ready = "true";
    },
    () => place.replaceChildren(make("p", {}, unpackingFailed("citation and files of this entry"))),
  );
  return place;
}

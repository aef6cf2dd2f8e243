// One chart of a public page, to stand in a frame on somebody else's: embed.html#page=census&figure=KEY. What every page has
// stands before this text; the content of the page is loaded by its name, of which the place holds a list.

const { startEmbed } = (() => {
  const known = (place) => JSON.parse(place.dataset.contents);

  function loaded(address) {
    return new Promise((resolve, reject) => {
      const script = make("script", { src: address });
      script.addEventListener("load", resolve);
      script.addEventListener("error", () => reject(new Error(`${address} did not load`)));
      document.head.append(script);
    });
  }

  const sentence = (text, home) => ({ root: make("main", { class: "wb-page" }, make("p", { class: "wb-state" }, text, " ", make("a", { href: home, target: "_blank", rel: "noopener" }, "Open the start page."))) });

  async function show(place) {
    const home = place.dataset.home;
    const { page: key, figure: id } = hashState.get();
    const contents = known(place);
    if (!Object.hasOwn(contents, key ?? "")) return sentence("This address names no page that is here.", home);
    if (!staticPages[key]) await loaded(contents[key]);
    const page = staticPages[key];
    const figure = page.figures.find((each) => each.id === id);
    if (!figure || figure.absent) return sentence(`“${page.title}” has no chart of that name; a later release may have renamed it.`, home);
    const drawn = figureSection({ ...figure, section: null }, page);
    const source = page.source ?? {};
    const told = [page.identity?.name || source.name, page.as_of ? `as of ${page.as_of}` : ""].filter(Boolean).join(", ");
    const root = make(
      "main",
      { class: "wb-page", lang: "en", "data-ready": "false" },
      page.banner ? shell.banner(page) : null,
      drawn.section,
      make("p", { class: "wb-source" }, told ? `${told} · ` : "", make("a", { href: `${key}.html`, target: "_blank", rel: "noopener" }, page.title)),
    );
    document.title = figure.title;
    return { root, drawn };
  }

  function startEmbed() {
    const place = document.getElementById("place");
    const theme = shell.follow(document.documentElement);
    let finalize = () => {};
    const redraw = async () => {
      finalize();
      const { root, drawn } = await show(place).catch(() => sentence("The numbers of this chart could not be loaded.", place.dataset.home));
      place.replaceChildren(root);
      finalize = drawn ? await draw(drawn, theme.dark()) : () => {};
      root.dataset.ready = "true";
    };
    addEventListener("hashchange", redraw);
    theme.onTheme(redraw);
    redraw();
  }

  return { startEmbed };
})();
startEmbed();

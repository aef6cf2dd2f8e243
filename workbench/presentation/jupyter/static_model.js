// A page without a kernel: what stands in for the kernel's model, and how such a page starts. It works from a file as from
// a web server, in any folder. The still page that came with the HTML stays in sight until the living one has drawn.
//
//   staticContent(name, page)       what the content file of a page calls
//   startStatic({ render })         what the page's own program calls at its end
//   staticModel(values)             {get, set, on, off, save_changes} over a plain object

const { staticContent, startStatic, staticModel, staticPages } = (() => {
  const LONGEST_MS = 15_000; // then the living page is shown however far it has come
  const staticPages = {};

  function staticModel(values) {
    const held = { ...values };
    const acts = new Map();
    const told = (event) => acts.get(event)?.forEach((act) => act());
    return {
      get: (name) => held[name],
      set(name, value) {
        held[name] = value;
        told(`change:${name}`);
      },
      on: (event, act) => acts.set(event, [...(acts.get(event) ?? []), act]),
      off: (event, act) => acts.set(event, (acts.get(event) ?? []).filter((each) => act && each !== act)),
      save_changes() {},
    };
  }

  const staticContent = (name, page) => (staticPages[name] = page);

  function startStatic({ render }) {
    const place = document.getElementById("place");
    const still = document.getElementById("still");
    const page = staticPages[place.dataset.page];
    if (!page) return; // the still page says so by itself
    render({ model: staticModel({ page }), el: place });
    // a page of charts says when the first is drawn, a closed page why; a page without such a word is there at once
    const drawn = () => place.querySelector("[data-ready='true'], [data-drawn='true'], [data-first-ms], [data-problem]") || (place.firstChild && !place.querySelector("[data-ready]"));
    const show = () => {
      watching.disconnect();
      clearTimeout(late);
      place.classList.remove("is-waiting");
      still?.remove();
    };
    const watching = new MutationObserver(() => drawn() && show());
    watching.observe(place, { subtree: true, childList: true, attributes: true });
    const late = setTimeout(show, LONGEST_MS);
    if (drawn()) show();
  }

  return { staticContent, startStatic, staticModel, staticPages };
})();

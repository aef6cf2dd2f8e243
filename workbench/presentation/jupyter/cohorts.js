// Draws the public cohort page from its published tables. The house and the parts that pages share stand before this text.

function render({ model, el }) {
  const page = model.get("page");
  const root = make("main", { class: "wb-page", "data-ready": "true" }, header(page), (page.groups ?? []).map(tileGroup), closing(page));
  const house = shell.frame(page, root);
  el.replaceChildren(house.node);
  return () => house.stop();
}

export default { render };

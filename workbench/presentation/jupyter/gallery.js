// The start page.
function render({ model, el }) {
  el.replaceChildren(document.createTextNode(model.get("page").title));
}
export default { render };

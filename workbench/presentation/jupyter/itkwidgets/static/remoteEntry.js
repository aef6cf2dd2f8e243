// A module-federation container written by hand, so that no JavaScript build is needed: it loads the classic (AMD) bundle of
// itkwidgets 0.32 and registers it with the widget manager of ipywidgets 8. Everything comes from the server of this page.
(() => {
  const NAME = "workbench-itkwidgets";
  const HERE = document.currentScript.src.replace(/[^/]*$/, "");
  let scope;

  // The shared module that the application loaded, else its newest version.
  async function shared(id) {
    const versions = scope[id];
    const names = Object.keys(versions).sort((a, b) => a.localeCompare(b, undefined, { numeric: true }));
    const chosen = names.find((name) => versions[name].loaded) ?? names.at(-1);
    return (await versions[chosen].get())();
  }

  // itkwidgets 0.32 derives with Backbone's `extend`, which calls its parent as a function; ipywidgets 8 has native classes.
  function extendable(Base) {
    function extend(members, statics) {
      const Derived = class extends this {};
      Object.assign(Derived.prototype, members);
      Object.assign(Derived, statics, { extend });
      Derived.__super__ = this.prototype;
      return Derived;
    }
    return Object.assign(class extends Base {}, { extend });
  }

  async function bundle(base) {
    const answer = await fetch(`${HERE}nbextensions/itkwidgets/index.js`);
    if (!answer.ok) throw new Error("The itkwidgets bundle is missing. Run: workbench viewer install");
    const source = await answer.text();
    const given = { "@jupyter-widgets/base": { ...base, DOMWidgetModel: extendable(base.DOMWidgetModel), DOMWidgetView: extendable(base.DOMWidgetView) } };
    let made;
    const define = (names, factory) => {
      made = factory(...names.map((name) => given[name]));
    };
    // While it is evaluated, the bundle takes the place of its WebAssembly from this attribute.
    const before = document.body.getAttribute("data-base-url");
    document.body.setAttribute("data-base-url", HERE);
    try {
      new Function("define", source)(define);
    } finally {
      if (before === null) document.body.removeAttribute("data-base-url");
      else document.body.setAttribute("data-base-url", before);
    }
    return made;
  }

  async function extension() {
    const base = await shared("@jupyter-widgets/base");
    let loading;
    const plugin = {
      id: `${NAME}:plugin`,
      autoStart: true,
      requires: [base.IJupyterWidgetRegistry],
      activate: (_, registry) => registry.registerWidget({ name: "itkwidgets", version: "0.32.6", exports: () => (loading ??= bundle(base)) }),
    };
    return () => ({ __esModule: true, default: plugin });
  }

  (window._JUPYTERLAB ??= {})[NAME] = {
    init: (given) => {
      scope = given;
    },
    get: (module) => (module === "./extension" ? extension() : Promise.reject(new Error(`${NAME} has no module ${module}.`))),
  };
})();

"""Volumes in 3-D: what itkwidgets is given, and that it reaches WebGL in JupyterLab and Voila, the network cut."""

import importlib.util
import time

import numpy as np
import pytest

from tests.presentation.conftest import CHROMIUM, FLAGS, Visit
from tests.presentation.notebook_servers import LAB_READY, LAB_RUN, laboratory, voila, wait_for, write_notebook
from workbench.imaging.images import Volume
from workbench.presentation.viewer import view
from workbench.presentation.viewer.bundle import check_bundle, install_bundle

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        importlib.util.find_spec("itkwidgets") is None,
        reason="itkwidgets is not installed: pip install 'imaging-workbench[viewer]'",
    ),
    # Of the libraries below itkwidgets, on import.
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::SyntaxWarning"),
]

VOLUME = """
import numpy as np
from workbench.imaging.images import Volume
from workbench.presentation.viewer import view
far = np.sqrt(((np.indices((12, 12, 12)) - 5.5) ** 2).sum(0))
ball = Volume(np.where(far < 4, 500, -1000).astype("int16"), spacing_mm=(3.0, 1.0, 2.0), units="HU")
view(ball, mask={"core": far < 2})
"""
# Software WebGL: pictures take tens of seconds, so what is waited for is the context that they are drawn in.
SOFTWARE = ["--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--ignore-gpu-blocklist"]
# It says that it is a graphics card, since the viewer would not go over to 3-D else.
TELL = """
for (const kind of [WebGLRenderingContext, WebGL2RenderingContext]) {
  const told = kind.prototype.getParameter;
  kind.prototype.getParameter = function (name) { return name === 0x9246 ? "A graphics card" : told.call(this, name); };
}
const asked = HTMLCanvasElement.prototype.getContext;
HTMLCanvasElement.prototype.getContext = function (kind, ...rest) {
  if (rest[0]?.failIfMajorPerformanceCaveat) rest[0].failIfMajorPerformanceCaveat = false;
  const context = asked.call(this, kind, ...rest);
  if (context && kind.startsWith("webgl")) console.info("drawn by " + kind);
  return context;
};
"""


@pytest.fixture
def bundle():
    """Install the bundle where it is missing; this is what the command does."""
    return check_bundle() if check_bundle().ready else install_bundle()


def test_itkwidgets_gets_the_place_and_the_labels_of_a_volume(bundle):
    array = np.zeros((4, 5, 6), np.int16)
    volume = Volume(array, spacing_mm=(3.0, 1.0, 2.0), origin_mm=(7.0, 8.0, 9.0), units="HU",
                    direction=((0.0, 0.0, 1.0), (0.0, -1.0, 0.0), (1.0, 0.0, 0.0)))  # fmt: skip
    viewer = view(volume, mask={"core": array == 0}, mode="3d")
    viewer = viewer.volume
    # ITK counts columns, rows, slices
    assert list(viewer.image.GetSpacing()) == [2.0, 1.0, 3.0]
    assert list(viewer.image.GetOrigin()) == [7.0, 8.0, 9.0]
    assert np.asarray(viewer.image.GetDirection()).tolist() == [[1, 0, 0], [0, -1, 0], [0, 0, 1]]
    assert [surface["metadata"]["name"] for surface in viewer.geometries] == ["core"]
    points = viewer.geometries[0]["points"]["values"].reshape(-1, 3)
    # around all voxels, half a step beyond their centers: x 7 to 17, y 8 down to 4, z 9 to 18
    assert points.min(0).tolist() == [6.0, 3.5, 7.5]
    assert points.max(0).tolist() == [18.0, 8.5, 19.5]
    # seen from the front, which is toward smaller y, with the head up
    assert viewer.camera[1].tolist() == [12.0, 6.0, 13.5]
    assert viewer.camera[0][1] < 6.0
    assert viewer.camera[2].tolist() == [0.0, 0.0, 1.0]


def test_an_axis_that_is_too_long_is_coarsened_around_the_same_place(bundle):
    array = np.arange(400, dtype=np.int16)[:, None, None] * np.ones((1, 2, 2), np.int16)
    viewer = view(Volume(array, spacing_mm=(1.0, 1.0, 1.0), units="HU"), mode="3d").volume
    # 400 slices in blocks of 3: the first is the mean of 0, 1, 2 and lies at slice 1
    assert list(viewer.image.GetLargestPossibleRegion().GetSize()) == [2, 2, 134]
    assert list(viewer.image.GetOrigin()) == [0.0, 0.0, 1.0]
    assert viewer.image.GetPixel([0, 0, 0]) == 1


def ball(**fields):
    """Return a small volume and a mask of it."""
    array = np.zeros((4, 5, 6), np.int16)
    return Volume(array, spacing_mm=(3.0, 1.0, 2.0), units="HU", **fields), {"core <b>": array == 0}


def test_slices_come_at_once_and_3d_when_the_browser_draws_it_by_a_graphics_card(bundle):
    image, mask = ball()
    viewer = view(image, mask=mask)
    assert (viewer.shown, viewer.volume, viewer.children[1]) == ("slices", None, viewer.slices)
    viewer._receive(None, {"do": "found", "drawn_by": "hardware"}, [])
    assert viewer.shown == "3d"
    assert viewer._switch.legend == [{"name": "core <b>", "color": "#e69f00"}]
    viewer._receive(None, {"do": "switch"}, [])
    assert (viewer.shown, viewer.children[1], viewer._switch.legend) == ("slices", viewer.slices, [])


@pytest.mark.parametrize(
    ("drawn_by", "sentence"),
    [
        ("none", "Shown as slices: this browser has no WebGL, which 3-D needs."),
        ("software", "Shown as slices: this browser draws WebGL without a graphics card, where 3-D can take minutes."),
        (["hardware"], "Slices, until this browser has said what draws WebGL in it."),
    ],
)
def test_slices_stay_with_the_reason_where_the_browser_cannot_draw_it(bundle, drawn_by, sentence):
    viewer = view(ball()[0])
    viewer._receive(None, {"do": "found", "drawn_by": drawn_by}, [])
    assert (viewer.shown, viewer.volume, viewer._switch.sentence) == ("slices", None, sentence)


def test_a_page_without_widgets_says_where_the_image_can_be_seen_and_holds_none(bundle):
    told = view(ball()[0])._repr_mimebundle_()
    assert "application/vnd.jupyter.widget-view+json" in told
    assert told["text/html"] == (
        "<p><em>An image viewer was here. A saved notebook keeps no pixels: open the notebook in JupyterLab and run it "
        "to see the image.</em></p>"
    )


@pytest.fixture
def software_chromium():
    """Yield a Chromium that draws WebGL without a GPU."""
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed: make setup")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=[*FLAGS, *SOFTWARE])
        yield browser
        browser.close()


def opened(browser):
    """Return a page that records, and the words of its console."""
    page = browser.new_page(viewport={"width": 300, "height": 200})
    said = []
    page.add_init_script(TELL)
    page.on("console", lambda message: said.append(message.text))
    recorded = Visit(page)
    recorded.listen()
    return recorded, said


def drawn(visit, said):
    """Wait until the volume is unpacked and WebGL begins to draw it; a busy page answers no question, but it talks."""
    for sign in ("decompression took", "drawn by webgl"):
        end = time.monotonic() + 120
        while not any(words.startswith(sign) for words in said):
            assert time.monotonic() < end, f"never said: {sign}"
            visit.page.wait_for_timeout(100)
    assert visit.external_requests == []
    assert visit.console_errors == []


@pytest.mark.browser
def test_a_volume_reaches_webgl_in_jupyterlab_and_in_voila_without_the_network(bundle, software_chromium, tmp_path):
    write_notebook(tmp_path / "ball.ipynb", VOLUME)
    with laboratory(tmp_path) as lab_address, voila(tmp_path) as voila_address:
        lab, said = opened(software_chromium)
        lab.page.goto(f"{wait_for(lab_address)}lab/tree/ball.ipynb", wait_until="commit")
        lab.page.wait_for_function(LAB_READY, timeout=60_000)
        lab.page.evaluate(LAB_RUN)
        page, words = opened(software_chromium)
        page.page.goto(f"{wait_for(voila_address)}voila/render/ball.ipynb", wait_until="commit")
        drawn(lab, said)
        drawn(page, words)

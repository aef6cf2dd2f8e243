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
TELL = """
const asked = HTMLCanvasElement.prototype.getContext;
HTMLCanvasElement.prototype.getContext = function (kind, ...rest) {
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
    # ITK counts columns, rows, slices
    assert list(viewer.image.GetSpacing()) == [2.0, 1.0, 3.0]
    assert list(viewer.image.GetOrigin()) == [7.0, 8.0, 9.0]
    assert np.asarray(viewer.image.GetDirection()).tolist() == [[1, 0, 0], [0, -1, 0], [0, 0, 1]]
    assert viewer.label_image_names == [(0, "nothing"), (1, "core")]


def test_an_axis_that_is_too_long_is_coarsened_around_the_same_place(bundle):
    array = np.arange(400, dtype=np.int16)[:, None, None] * np.ones((1, 2, 2), np.int16)
    viewer = view(Volume(array, spacing_mm=(1.0, 1.0, 1.0), units="HU"), mode="3d")
    # 400 slices in blocks of 3: the first is the mean of 0, 1, 2 and lies at slice 1
    assert list(viewer.image.GetLargestPossibleRegion().GetSize()) == [2, 2, 134]
    assert list(viewer.image.GetOrigin()) == [0.0, 0.0, 1.0]
    assert viewer.image.GetPixel([0, 0, 0]) == 1


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

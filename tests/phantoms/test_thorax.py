"""Chest phantoms: five lobes that fill the lungs, and disease of the volume and in the place that was asked for."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.errors import UnknownNameError
from workbench.phantoms.anatomy import chest_volume
from workbench.phantoms.thorax import LOBES, Chest, Finding, make_chest

DISEASE = (
    Finding("ground-glass", "right lower", 120.0),
    Finding("consolidation", "left lower", 60.0),
    Finding("ground-glass", "right lower", 30.0),
)


@pytest.fixture(scope="module")
def chest() -> Chest:
    return make_chest(findings=DISEASE)


@pytest.fixture(scope="module")
def healthy() -> Chest:
    return make_chest()


def test_every_voxel_of_the_lungs_is_in_one_lobe(chest: Chest) -> None:
    assert np.array_equal(chest.lobes > 0, chest.lungs)
    assert set(np.unique(chest.lobes)) == {0, *LOBES.values()}


def test_the_lungs_hold_about_five_liters_and_each_lobe_its_share(chest: Chest) -> None:
    # total lung capacity is 4 to 7 l; the middle lobe is the smallest, about a tenth
    total = chest.volume_ml(chest.lungs)
    shares = {name: chest.volume_ml(chest.lobes == label) / total for name, label in LOBES.items()}
    assert 4000 < total < 7000
    assert min(shares, key=lambda name: shares[name]) == "right middle"
    assert all(0.08 < share < 0.35 for share in shares.values())
    assert 0.5 < shares["right upper"] + shares["right middle"] + shares["right lower"] < 0.6


def test_lobes_lie_where_their_names_say(chest: Chest) -> None:
    height, depth, across = (
        {name: np.nonzero(chest.lobes == label)[axis].mean() for name, label in LOBES.items()} for axis in range(3)
    )
    assert height["right upper"] > height["right middle"] > height["right lower"]
    assert height["left upper"] > height["left lower"]
    assert depth["right middle"] < depth["right lower"]  # rows run to the back
    assert max(across[name] for name in LOBES if "right" in name) < min(
        across[name] for name in LOBES if "left" in name
    )


def test_a_finding_has_its_volume_to_half_a_voxel(chest: Chest) -> None:
    voxel_ml = 7.5 * 5.625 * 5.625 / 1000
    for number, (asked, drawn) in enumerate(zip(DISEASE, chest.drawn, strict=True), start=1):
        counted = np.count_nonzero(chest.findings == number) * voxel_ml
        assert drawn.volume_ml == pytest.approx(counted, rel=1e-12)
        assert abs(counted - asked.volume_ml) <= voxel_ml / 2


def test_a_finding_lies_in_its_lobe_alone(chest: Chest) -> None:
    for number, asked in enumerate(DISEASE, start=1):
        assert set(np.unique(chest.lobes[chest.findings == number])) == {LOBES[asked.lobe]}


def test_ground_glass_keeps_vessels_visible_and_consolidation_hides_them(chest: Chest, healthy: Chest) -> None:
    hazy = (chest.findings == 1) & ~chest.vessels
    vessels = (chest.findings == 1) & chest.vessels
    assert -700 < np.median(chest.hu[hazy]) < -500
    assert np.array_equal(chest.hu[vessels], healthy.hu[vessels])
    dense = chest.hu[chest.findings == 2]
    assert 0 < np.median(dense) < 70
    assert dense.std() < 40


def test_voxels_without_disease_are_those_of_the_healthy_chest(chest: Chest, healthy: Chest) -> None:
    spared = chest.findings == 0
    assert np.array_equal(chest.hu[spared], healthy.hu[spared])
    assert np.array_equal(healthy.hu, chest_volume(n_slices=40, n_pixels=64))


def test_airways_and_vessels_have_their_attenuation(healthy: Chest) -> None:
    assert np.median(healthy.hu[healthy.airways]) < -950
    assert np.median(healthy.hu[healthy.vessels]) > -300
    assert not (healthy.airways & healthy.lungs).any()
    assert not (healthy.vessels & ~healthy.lungs).any()


@settings(max_examples=5, deadline=None)
@given(seed=st.integers(0, 1000), volume_ml=st.floats(2.0, 200.0), lobe=st.sampled_from(sorted(LOBES)))
def test_any_seed_lobe_and_volume_gives_what_was_asked_for(seed: int, volume_ml: float, lobe: str) -> None:
    chest = make_chest(seed=seed, n_slices=20, n_pixels=32, findings=(Finding("consolidation", lobe, volume_ml),))
    assert chest.drawn[0].volume_ml == pytest.approx(volume_ml, abs=15 * 11.25 * 11.25 / 2000 + 1e-9)
    assert set(np.unique(chest.lobes[chest.findings == 1])) <= {LOBES[lobe]}


def test_a_finding_too_large_for_its_lobe_is_refused() -> None:
    small = make_chest(n_slices=20, n_pixels=32)
    room_ml = small.volume_ml(small.lobes == LOBES["right middle"])
    with pytest.raises(ValueError, match="has room") as caught:
        make_chest(n_slices=20, n_pixels=32, findings=(Finding("ground-glass", "right middle", 5000.0),))
    assert str(caught.value) == (  # a voxel is 15 * 11.25 * 11.25 mm: 1.898 ml
        "A finding of 5000 ml in the right middle lobe. At this spacing that lobe has room for 1.9 to "
        f"{room_ml:.0f} ml. Ask for a volume in between."
    )


def test_an_unknown_lobe_is_refused_with_the_nearest_name() -> None:
    with pytest.raises(UnknownNameError) as caught:
        make_chest(n_slices=20, n_pixels=32, findings=(Finding("ground-glass", "right lowr", 50.0),))
    assert str(caught.value) == (
        "No lobe 'right lowr' in the lungs. Did you mean 'right lower' or 'right upper' or 'right middle'? "
        "Valid: right upper, right middle, right lower, left upper, left lower. Name one of these."
    )

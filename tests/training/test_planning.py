"""The plans of `keras-rcnn train --auto`, without training."""

import dataclasses
import json

import numpy as np
import pytest

from keras_rcnn.datasets.regions import connected_regions
from keras_rcnn.errors import InputError
from keras_rcnn.training.planning import (
    PLAN_FILE,
    Choice,
    Choices,
    make_plan,
    measure_labels,
    read_plan,
)

NAMES = "sky", "road", "sign"


def halves(height, width):
    """Sky above road."""
    label = np.zeros((height, width), np.uint8)
    label[height // 2 :] = 1
    return label


def with_sign(label, part, pieces=1):
    """Square signs of `part` of the longest side, at random places."""
    side = round(part * max(label.shape))
    rng = np.random.default_rng(0)
    for _ in range(pieces):
        row, column = rng.integers(0, np.array(label.shape) - side)
        label[row : row + side, column : column + side] = 2
    return label


def plan_for(*labels, count=500, seconds=0.35, **options):
    options = {"minutes": 10} | options
    photos = measure_labels(labels, NAMES, count)
    return make_plan(photos, lambda choices: seconds, **options)


def test_regions_are_those_of_a_flood_fill():
    def filled(label):
        left = {(r, c) for r, c in np.ndindex(label.shape)}
        while left:
            seed = left.pop()
            region, edge = {seed}, [seed]
            while edge:
                row, column = edge.pop()
                for place in (
                    (row + 1, column),
                    (row - 1, column),
                    (row, column + 1),
                    (row, column - 1),
                ):
                    if place in left and label[place] == label[seed]:
                        left.remove(place)
                        region.add(place)
                        edge.append(place)
            yield int(label[seed]), len(region)

    rng = np.random.default_rng(0)
    for size in ((1, 1), (1, 9), (13, 1), (17, 23)):
        label = rng.integers(0, 2, size)
        found = zip(*connected_regions(label), strict=True)
        assert sorted(found) == sorted(filled(label))


def test_squares_hold_what_a_loop_finds():
    rng = np.random.default_rng(1)
    # Photos of 16x24, at 24 pixels: 4x6 squares of 4x4 pixels.
    label = rng.integers(0, 3, (16, 24), np.uint8)
    label[rng.random(label.shape) < 0.2] = 255
    right, known = np.zeros(3), np.zeros(3)
    for row in range(0, 16, 4):
        for column in range(0, 24, 4):
            square = label[row : row + 4, column : column + 4]
            counts = np.bincount(square.ravel(), minlength=256)[:3]
            right[counts.argmax()] += counts.max()
            known += counts
    found = measure_labels([label], NAMES, 1)
    pixels, classes = found.perfect[24]
    assert pixels == pytest.approx(right.sum() / known.sum())
    assert classes == pytest.approx(np.mean(right / known))
    assert found.labeled == pytest.approx(known.sum() / label.size)
    assert list(found.shares.values()) == pytest.approx(known / known.sum())


def test_sizes_of_regions_are_relative_to_the_photo():
    label = halves(160, 320)
    label[4:44, 8:48] = 2
    sizes = measure_labels([label, label], NAMES, 2).region_sizes
    # 40x40 pixels, and half of 160x320 pixels.
    assert sizes["sign"] == pytest.approx(0.125)
    assert sizes["road"] == pytest.approx((80 * 320) ** 0.5 / 320)


@pytest.mark.parametrize(
    ("label", "side", "crop", "batch_size"),
    [
        (halves(120, 160), 160, (96, 128), 8),
        (halves(240, 320), 320, (192, 256), 8),
        (halves(2000, 3000), 320, (160, 256), 8),
        (halves(1280, 960), 320, (256, 192), 8),
        (halves(20, 30), 30, (32, 32), 8),
        # Signs of 10 pixels at 320, or of 4, of which squares hold less.
        (with_sign(halves(960, 1280), 0.03, 12), 640, (192, 256), 8),
        (with_sign(halves(960, 1280), 0.0125, 30), 1280, (192, 256), 8),
        # Lines of a pixel are lost at any side.
        (np.tile(halves(2, 600), (200, 1)), 600, (192, 256), 8),
    ],
)
def test_regions_and_photos_decide_about_sizes(label, side, crop, batch_size):
    choices = plan_for(label, count=50).choices
    assert (choices.longest_side, choices.crop) == (side, crop)
    assert choices.batch_size == batch_size


def test_a_larger_side_needs_time():
    label = with_sign(halves(480, 640), 0.03, 12)
    photos = measure_labels([label], NAMES, 100)
    few, many = (
        make_plan(each, lambda choices: 0.35, minutes=10)
        for each in (photos, dataclasses.replace(photos, num_photos=5000))
    )
    assert few.choices.longest_side == 640
    assert many.choices.longest_side == 320
    assert many.reasons["longest_side"].startswith("no time for 640")


@pytest.mark.parametrize(
    ("minutes", "preset", "steps"),
    [(10, "pyramid", 1714), (200, "pyramid_large", 21428)],
)
def test_time_decides_about_the_network(minutes, preset, steps):
    plan = plan_for(halves(120, 160), minutes=minutes)
    # 12000 s / 0.35 s = 34285 steps, or 21428 that take 1.6 times as long.
    assert (plan.choices.preset, plan.steps) == (preset, steps)
    assert plan.choices.steps_per_epoch == min(200, steps // 10)


def test_short_trainings_take_smaller_photos():
    label = with_sign(halves(240, 320), 0.1)
    long, short = (plan_for(label, minutes=minutes) for minutes in (10, 1))
    assert long.choices.longest_side == 320
    # 171 steps of 8 crops of 192x256, or more of 8 crops of 96x128.
    assert (short.choices.longest_side, short.choices.crop) == (160, (96, 128))
    assert short.steps == int(171 / (0.4 + 0.6 / 4))
    assert short.choices.validation_fraction == 0
    assert short.reasons["longest_side"].startswith("enough for 171 steps as")


def test_photos_decide_about_the_rest():
    plain = plan_for(halves(120, 160), minutes=4).choices
    assert plain.class_balance == 0
    assert plain.scale_range == (0.75, 1.33)
    assert plain.validation_fraction == 0.1
    assert plain.flip

    # 1714 steps of 8 crops are 1371 crops of each of 10 photos.
    few = plan_for(halves(120, 160), count=10)
    assert few.choices.scale_range == (0.6, 1.6)
    assert few.choices.validation_fraction == 0
    assert "1,371 crops" in few.reasons["scale_range"]

    # A sign of 8x8 pixels has 0.33 % of the photo.
    rare = plan_for(with_sign(halves(120, 160), 0.05))
    assert rare.choices.class_balance == 0.1
    assert "sign has 0.33 %" in rare.reasons["class_balance"]

    # One class only, and unknown pixels.
    one = plan_for(np.where(halves(120, 160) == 1, 255, 0).astype(np.uint8))
    assert one.choices.class_balance == 0
    assert one.fingerprint["shares"] == {"sky": 1, "road": 0, "sign": 0}

    photos = measure_labels([halves(48, 64)], ["sky", "Left hand"], 9)
    mirrored = make_plan(photos, lambda choices: 1.0, steps=100)
    assert not mirrored.choices.flip
    photos = measure_labels([halves(48, 64)], ["bright", "leftover"], 9)
    assert make_plan(photos, lambda choices: 1.0, steps=100).choices.flip


def test_photos_without_any_label_are_refused():
    with pytest.raises(InputError, match="No pixel of 2 masks has a class"):
        measure_labels([np.full((4, 4), 255, np.uint8)] * 2, NAMES, 2)


def test_what_is_given_is_kept_and_what_depends_on_it_follows():
    timed = []
    given = {
        "longest_side": Choice(200, "given"),
        "preset": Choice("pyramid_large", "given"),
    }
    photos = measure_labels([halves(480, 640)], NAMES, 500)
    plan = make_plan(
        photos,
        lambda choices: timed.append(choices) or 0.7,
        minutes=7,
        given=given,
    )
    assert plan.choices.longest_side == 200
    assert plan.choices.preset == "pyramid_large"
    assert plan.choices.crop == (96, 160)  # of 150x200 pixels
    assert plan.reasons["preset"] == "given"
    # The network that was given was timed, once, with these crops.
    assert [(each.preset, each.crop) for each in timed] == [
        ("pyramid_large", (96, 160))
    ]
    assert plan.steps == 600
    assert all(len(line) < 110 for line in plan.table())

    # The paper's networks have their own crops.
    given = {"preset": Choice("rcnn2", "given")}
    plan = make_plan(photos, timed.append, steps=50, given=given)
    assert (plan.choices.crop, plan.choices.batch_size) == (None, None)
    assert len(timed) == 1
    assert (plan.steps, plan.seconds_per_step) == (50, None)


def test_the_recipe_of_choices_has_them():
    choices = Choices(
        320, "pyramid", (96, 128), 16, 0.1, (0.6, 1.6), 0.34, flip=False
    )
    recipe = choices.recipe()
    (phase,) = recipe.phases
    assert (phase.grid_size, phase.batch_size) == ((24, 32), 16)
    assert (recipe.class_balance, recipe.scale_range) == (0.1, (0.6, 1.6))
    # Twice the usual change of color, and of brightness.
    assert recipe.color_jitter == 0.34
    assert recipe.brightness_jitter == pytest.approx(0.7)
    assert not recipe.flip


def test_a_plan_is_a_file(tmp_path):
    plan = plan_for(halves(120, 160))
    plan.write(tmp_path / "run")
    assert read_plan(tmp_path) is None
    again = read_plan(tmp_path / "run")
    # The keys of tables are text in JSON.
    assert dataclasses.replace(again, fingerprint={}) == dataclasses.replace(
        plan, fingerprint={}
    )
    assert again.fingerprint == json.loads(json.dumps(plan.fingerprint))

    file = tmp_path / "run" / PLAN_FILE
    whole = json.loads(file.read_text())
    for damage in (
        whole | {"choices": {}},
        whole | {"choices": whole["choices"] | {"longest_side": -1}},
        whole | {"reasons": {}},
        [],
    ):
        file.write_text(json.dumps(damage))
        with pytest.raises(InputError, match=r"plan\.json is damaged"):
            read_plan(tmp_path / "run")

"""The program that compares `rank` with random choice."""

import json

import numpy as np
import pytest

from experiments import ranking
from tests.helpers.run_command import run_command


def test_a_pool_of_videos_shows_few_scenes_in_many_photos():
    pool = [*ranking.frames(0)]

    assert len(pool) == 60
    first, second, *_, last = pool[:20]
    # The camera turns by a pixel a frame.
    np.testing.assert_array_equal(first[1][:, :-1], second[1][:, 1:])
    np.testing.assert_array_equal(first[1][:, :-19], last[1][:, 19:])
    noise = first[0][:, :-1].astype(int) - second[0][:, 1:]
    assert 0 < np.abs(noise).max() <= 12
    assert np.any(pool[20][1] != last[1])
    again = [*ranking.frames(0)]
    assert all(np.all(a[0] == b[0]) for a, b in zip(pool, again, strict=True))


def test_gains_have_the_standard_error_of_their_mean():
    # Deviations -2, 0, 2: variance 4, divided by 3 seeds.
    assert ranking.gain([-1.0, 1.0, 3.0]) == {
        "mean": 1.0,
        "standard_error": pytest.approx((4 / 3) ** 0.5),
        "better": 2,
    }


@pytest.mark.slow
def test_scores_both_ways_to_choose(capfd, tmp_path, monkeypatch):
    monkeypatch.setattr(ranking, "_POOL", 9)
    monkeypatch.setattr(ranking, "_TESTED", 3)
    status, out, err = run_command(
        capfd,
        ranking,
        "--pool=scenes",
        "--seeds=1",
        "--steps=1",
        f"--report={tmp_path}/r.json",
    )

    assert status == 0, err
    (run,) = json.loads((tmp_path / "r.json").read_text())["runs"]
    assert list(run) == ["start", "random", "rank"]
    assert all(0 < x < 1 for each in run.values() for x in each.values())
    assert out.count("seed 0, ") == 3
    assert "pixel_accuracy: rank " in out

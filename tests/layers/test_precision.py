"""Which arithmetic is chosen for which processor."""

import pytest

# As it is before `float32_on_every_processor` replaces it.
from keras_rcnn.layers.precision import choose_precision, multiplies_bfloat16


@pytest.mark.parametrize(
    ("flags", "expected"),
    [
        ("flags : fpu amx_bf16 avx2", True),
        ("flags : fpu avx512_bf16", True),
        ("flags : fpu avx2 avx512f", False),
    ],
)
def test_bfloat16_is_told_by_the_processor(tmp_path, flags, expected):
    (tmp_path / "cpuinfo").write_text(flags)
    assert multiplies_bfloat16(str(tmp_path / "cpuinfo")) == expected


def test_no_bfloat16_where_nothing_tells():
    assert not multiplies_bfloat16("/no/such/file")


@pytest.mark.parametrize(
    ("has", "expected"), [(True, "mixed_bfloat16"), (False, "float32")]
)
def test_auto_follows_the_processor(monkeypatch, has, expected):
    monkeypatch.setattr(
        "keras_rcnn.layers.precision.multiplies_bfloat16", lambda: has
    )
    assert choose_precision("auto") == expected
    assert choose_precision("float32") == "float32"

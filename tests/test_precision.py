"""Which arithmetic is chosen for which processor."""

import pytest

from keras_rcnn.precision import choose_precision


@pytest.mark.parametrize(
    ("flags", "expected"),
    [
        ("flags : fpu amx_bf16 avx2", "mixed_bfloat16"),
        ("flags : fpu avx512_bf16", "mixed_bfloat16"),
        ("flags : fpu avx2 avx512f", "float32"),
    ],
)
def test_precision_follows_the_processor(tmp_path, flags, expected):
    (tmp_path / "cpuinfo").write_text(flags)
    assert choose_precision("auto", str(tmp_path / "cpuinfo")) == expected
    assert choose_precision("float32", str(tmp_path / "cpuinfo")) == "float32"


def test_precision_where_nothing_tells():
    assert choose_precision("auto", "/no/such/file") == "float32"

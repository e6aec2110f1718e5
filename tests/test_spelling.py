"""Text is written in US spelling."""

import pathlib
import re
import subprocess

ROOT = pathlib.Path(__file__).parents[1]
BRITISH = re.compile(
    r"(colour|behaviour|neighbour|favour|honour|labour|grey|artefact"
    r"|(\b|_)(centr|metr|fibr)e|(\b|un|_)(label|model|travel|signal)l(ed|ing)"
    r"|analys(ed|ing)|licence|whilst|learnt|judgement"
    r"|(initial|normal|optim|recogn|organ|general|special|minim|maxim|standard"
    r"|summar|quant|serial|visual|random|synchron|final|util|custom|parallel)"
    r"is(e|ed|es|ing|ation))(s|\b|_)",
    re.IGNORECASE,
)
# Keys of reports, a flag, a function of libvips and the title of a paper.
KEPT = re.compile(
    r"labelled_(before|fraction|pixels_per_second)|colourspace"
    r"|\"unlabelled\"|\"Colour Schemes\""
)


def test_text_is_in_us_spelling():
    listed = subprocess.run(
        [
            "git",
            "grep",
            "-lI",
            "",
            "--",
            ":!*.lock",
            ":!*.min.js",
            ":!tests/fuzz/found",
        ],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    found = {
        f"{name}: {match[0]}"
        for name in listed.stdout.splitlines()
        if name != "tests/test_spelling.py"
        for match in BRITISH.finditer(KEPT.sub("", (ROOT / name).read_text()))
    }
    assert not found

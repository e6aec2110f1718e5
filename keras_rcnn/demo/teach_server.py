"""The web application of the page of painting."""

from collections.abc import Collection
from pathlib import Path
from typing import Annotated, Any

import fastapi
from fastapi.concurrency import run_in_threadpool
from fastapi.staticfiles import StaticFiles
from pydantic import BaseModel, Field, FiniteFloat

from keras_rcnn.demo.teach_views import THUMBNAIL_SIDE, TeachViews
from keras_rcnn.demo.web import picture_answer, protect
from keras_rcnn.errors import InputError
from keras_rcnn.io.labels import IGNORE_LABEL
from keras_rcnn.teaching.strokes import MAX_POINTS, Stroke

_FILES = Path(__file__).parent / "teach"
_COLOR = "^#[0-9a-fA-F]{6}$"


class StrokeBody(BaseModel):
    """A stroke as the page sends it."""

    points: list[tuple[FiniteFloat, FiniteFloat]] = Field(
        min_length=1, max_length=MAX_POINTS
    )
    size: FiniteFloat = Field(gt=0)
    label: int = Field(ge=0, le=IGNORE_LABEL)
    is_area: bool = False


class ClassBody(BaseModel):
    """A class as the page sends it."""

    name: str
    color: str = Field(pattern=_COLOR)


def create_teach_app(
    views: TeachViews,
    max_megabytes: int,
    hosts: Collection[str] | None = None,
) -> fastapi.FastAPI:
    """The page of painting as a web application.

    Args:
        views: of the project.
        max_megabytes: maximum size of an upload.
        hosts: as for `protect`.
    """
    app = fastapi.FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    protect(app, hosts)

    @app.exception_handler(InputError)
    async def refused(
        _: fastapi.Request, error: InputError
    ) -> fastapi.responses.JSONResponse:
        return fastapi.responses.JSONResponse({"error": str(error)}, 400)

    app.mount("/assets", StaticFiles(directory=_FILES))

    @app.get("/")
    def page() -> fastapi.responses.FileResponse:
        return fastapi.responses.FileResponse(_FILES / "page.html")

    @app.get("/state")
    def state() -> dict[str, Any]:
        return views.state()

    _add_pictures(app, views)
    _add_changes(app, views, max_megabytes)
    return app


def _add_pictures(app: fastapi.FastAPI, views: TeachViews) -> None:
    @app.get("/photo/{name:path}")
    def photo(name: str) -> fastapi.Response:
        return picture_answer(views.photo(name), "image/jpeg")

    @app.get("/thumbnail/{name:path}")
    def thumbnail(name: str) -> fastapi.Response:
        return picture_answer(views.photo(name, THUMBNAIL_SIDE), "image/jpeg")

    @app.get("/strokes/{name:path}")
    def strokes(name: str) -> fastapi.Response:
        return picture_answer(views.strokes(name), "image/png")

    @app.get("/labels/{name:path}")
    def labels(name: str) -> fastapi.Response:
        return picture_answer(views.labels(name), "image/png")


def _add_changes(
    app: fastapi.FastAPI, views: TeachViews, max_megabytes: int
) -> None:
    project, rounds = views.project, views.rounds

    @app.post("/strokes/{name:path}")
    def paint(name: str, stroke: StrokeBody) -> dict[str, Any]:
        project.paint(name, Stroke(**stroke.model_dump()))
        return views.state()

    @app.post("/undo/{name:path}")
    def undo(name: str) -> dict[str, Any]:
        project.undo(name)
        return views.state()

    @app.post("/redo/{name:path}")
    def redo(name: str) -> dict[str, Any]:
        project.redo(name)
        return views.state()

    @app.put("/classes")
    def classes(classes: list[ClassBody]) -> dict[str, Any]:
        project.set_classes(
            [each.name for each in classes],
            [tuple(bytes.fromhex(each.color[1:])) for each in classes],
        )
        return views.state()

    @app.post("/photos")
    async def add(name: str, request: fastapi.Request) -> dict[str, Any]:
        content = bytearray()
        async for part in request.stream():
            content += part
            if len(content) > max_megabytes * 2**20:
                raise InputError(
                    f"{name} has more than {max_megabytes} MB, the maximum of "
                    "this page: scale it down."
                )
        await run_in_threadpool(project.add_photo, name, bytes(content))
        return views.state()

    @app.post("/learn")
    def learn(
        seconds: Annotated[float, fastapi.Query(gt=0, le=86400)],
    ) -> dict[str, Any]:
        rounds.start(seconds)
        return views.state()

    @app.post("/stop")
    def stop() -> dict[str, Any]:
        rounds.stop()
        return views.state()

"""What a visitor does on the page of painting, by Playwright."""


def name_class(page, name):
    """Adds a class."""
    page.fill("#new-class", name)
    page.click("#add button")
    page.wait_for_function(
        "name => [...document.querySelectorAll('.name')]"
        ".some(each => each.value === name)",
        arg=name,
    )
    page.evaluate("document.activeElement.blur()")


def place(page, x, y):
    """Where a point of the photo, as parts of its sides, is on the page."""
    box = page.locator("#canvas").bounding_box()
    at = page.evaluate(
        """([x, y]) => canvas.stage.getAbsoluteTransform().point({
            x: x * canvas.photoSize.width, y: y * canvas.photoSize.height})""",
        [x, y],
    )
    return box["x"] + at["x"], box["y"] + at["y"]


def drag(page, *points):
    """Paints a line through points of the photo; returns when it is saved."""
    page.mouse.move(*place(page, *points[0]))
    page.mouse.down()
    for point in points[1:]:
        page.mouse.move(*place(page, *point), steps=4)
    page.mouse.up()
    page.evaluate("sending")


def touch(page, fingers):
    """Moves fingers over the photo, each through its own points.

    Args:
        page: with touch.
        fingers: points of the photo for each finger, as many for each.
    """
    client = page.context.new_cdp_session(page)
    kinds = ["touchStart", *["touchMove"] * (len(fingers[0]) - 1)]
    for kind, points in zip(kinds, zip(*fingers, strict=True), strict=True):
        at = [place(page, *point) for point in points]
        client.send(
            "Input.dispatchTouchEvent",
            {
                "type": kind,
                "touchPoints": [
                    {"x": x, "y": y, "id": number}
                    for number, (x, y) in enumerate(at)
                ],
            },
        )
    client.send(
        "Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []}
    )
    page.evaluate("sending")


def wait_for_message(page, text):
    """Waits for the line in which the page says what is wrong."""
    page.wait_for_function(
        """text => !find('message').hidden
            && find('message').textContent.includes(text)""",
        arg=text,
    )

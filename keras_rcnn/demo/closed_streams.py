"""What the log says of streams that browsers left in mid-answer: nothing."""

import logging


def is_news(record: logging.LogRecord) -> bool:
    """Whether a message of the event loop is not about a browser that left.

    Closed in the middle of an answer, Gradio's stream of answers sends one
    more, which Python refuses.
    """
    error = record.exc_info[1] if record.exc_info else None
    return "ignored GeneratorExit" not in str(error)

"""A log filter for streams that a browser closed before their end."""

import logging


def is_news(record: logging.LogRecord) -> bool:
    """Whether a log record is about anything but a browser that left.

    When a browser leaves, Python closes Gradio's stream of answers; the stream
    answers once more, which Python reports as an error.
    """
    error = record.exc_info[1] if record.exc_info else None
    return "ignored GeneratorExit" not in str(error)

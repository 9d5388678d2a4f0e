"""Where the log of `yinju serve` goes: one handler to stderr for this program, its server and its libraries."""

from __future__ import annotations

import logging
import logging.config
import threading

from yinju.settings import Settings

FORMATTERS = {"json": "api.logs.JsonLines", "text": "api.logs.Readable"}  # the application's: they know its requests

log = logging.getLogger("yinju.serve")


def configure_logs(settings: Settings) -> None:
    """Begin logging as the settings say. The application must be importable.

    Other people's libraries are heard from warnings on, whatever the level: some tell every byte they read.
    """
    level = settings.log_level.upper()
    logging.config.dictConfig({
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": {"()": FORMATTERS[settings.log_format]}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"handlers": ["stderr"], "level": "ERROR" if level == "ERROR" else "WARNING"},
        "loggers": {"yinju": {"level": level}, "uvicorn": {"level": level}},
    })  # fmt: skip
    logging.captureWarnings(capture=True)
    threading.excepthook = _log_crash


def _log_crash(crash: threading.ExceptHookArgs) -> None:
    if crash.exc_value is not None and not isinstance(crash.exc_value, SystemExit):
        name = "unknown" if crash.thread is None else crash.thread.name
        log.critical("The thread %s failed.", name, exc_info=crash.exc_value)

"""`yinju serve`: hands the application of the checkout to a web server."""

from __future__ import annotations

import logging
import sys
from pathlib import Path
from typing import Annotated

import typer

from yinju.cli.logs import configure_logs
from yinju.cli.options import DEFAULT_HOST, DEFAULT_PORT, address
from yinju.cli.terminal import note, stderr
from yinju.cli.wording import say
from yinju.errors import Unsupported
from yinju.settings import Settings

log = logging.getLogger("yinju.serve")


def serve(
    host: Annotated[
        str, typer.Option(envvar="HOST", help=say("The address to listen on.", "监听的地址。"))
    ] = DEFAULT_HOST,
    port: Annotated[
        int, typer.Option(envvar="PORT", min=0, max=65535, help=say("The port to listen on.", "监听的端口。"))
    ] = DEFAULT_PORT,
) -> None:
    from yinju.cli.server import run

    settings = Settings.load()
    sys.path.insert(0, str(find_checkout(Path(__file__).resolve().parent, Path.cwd())))
    configure_logs(settings)
    index = settings.index.absolute()
    if not index.is_dir():
        (note if settings.log_format == "text" else log.warning)(
            say(
                f"There is no index in {index}. Run: yinju index FOLDER, or set YINJU_INDEX to where it is.",
                f"{index} 中没有索引。请运行：yinju index 文件夹，或用 YINJU_INDEX 指明索引所在。",
            )
        )
    if port and settings.log_format == "text":  # the log says it too; with port 0 the server picks one
        stderr().print(f"[bold]{say('Yinju is at', '引据的地址：')}[/] {settings.public_url or address(host, port)}")
    run(host, port)


def find_checkout(*starts: Path) -> Path:
    """The folder with `api/` in it: the first, upwards from each start, that is a checkout of this project.

    Raises Unsupported when there is none, as where only the wheel is installed.
    """
    for start in starts:
        for folder in (start, *start.parents):
            if (folder / "api" / "app.py").is_file() and (folder / "src" / "yinju").is_dir():
                return folder
    raise Unsupported(
        "The web application is not part of the installed package, and no checkout of Yinju is here. "
        "Run `yinju serve` inside one (its `make run` does everything), or use the container image."
    )

"""`python -m yinju.cli`, for where the `yinju` command is not on the path."""

from yinju.cli.app import app

app(prog_name="yinju")

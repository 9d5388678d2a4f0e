"""The command line. Nothing here loads a model before a command needs one: `--help` and errors of use are quick.

Exit status: 0 when the command did its work (an honest "not found" is an answer), 1 when something failed, 2 when it
was asked wrongly, 130 when it was interrupted; 3 where the web server could not start.
"""

from yinju.cli.app import app

__all__ = ["app"]

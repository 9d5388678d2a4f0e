"""Answers questions about an organisation's reports and quotes the source for every word it says.

Start at `yinju.library`; what it takes and gives is in `yinju.records`, `yinju.settings` and `yinju.errors`. Nothing of
ours is imported here, so that a part can be used without loading the rest.
"""

import os

# ONNX Runtime (1.29 and later) reports to its maker and leaves an identifier in the home folder unless this is set
# before it is loaded; its own `disable_telemetry_events` comes too late for both.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"

"""Nothing is sent and nothing is left behind by the libraries underneath: what they would do on their own is off."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

SESSION = """
import time
from yinju.encoder import onnx_module
import onnxruntime
from onnx import TensorProto, helper

values = [helper.make_tensor_value_info(name, TensorProto.FLOAT, [1]) for name in "xy"]
graph = helper.make_graph([helper.make_node("Identity", ["x"], ["y"])], "g", values[:1], values[1:])
model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
time.sleep(0.5)  # what it leaves behind, a thread writes
"""


def test_onnx_runtime_leaves_no_identifier_and_has_nothing_to_send(tmp_path: Path) -> None:
    # On build servers it is silent by itself: those are told by variables of this kind.
    quiet = ("CI", "BUILD_", "GITHUB_", "JENKINS_", "ORT_", "TF_BUILD", "XDG_")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(quiet)}
    subprocess.run([sys.executable, "-c", SESSION], env={**kept, "HOME": str(tmp_path)}, check=True)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []

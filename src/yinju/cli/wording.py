"""What people read, in the language of their terminal."""

from __future__ import annotations

import os


def say(english: str, chinese: str) -> str:
    """The wording for the locale the environment names: Chinese where it is Chinese, else English."""
    names = (os.environ.get(name) for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
    locale = next((name for name in names if name), "")
    return chinese if locale.lower().startswith("zh") else english


def confidence(probability: float) -> str:
    """How sure an answer is, in the words the chat page uses."""
    if probability >= 0.9:
        return say("very confident", "把握很大")
    if probability >= 0.75:
        return say("confident", "把握较大")
    if probability >= 0.6:
        return say("fairly confident: check the source", "把握一般，请核对原文")
    return say("not very confident: check the source", "把握不大，请核对原文")


def stage(name: str) -> str:
    """What is being done, from the stage a progress callback is given."""
    wordings = {
        "files": say("Files", "文件"),
        "read": say("Reading", "读取"),
        "encode": say("Encoding passages", "编码段落"),
        "build": say("Building the indexes", "建立索引"),
        "model": say("Building the model", "构建模型"),
        "ask": say("Asking", "提问"),
        "texts": say("Checking texts", "检查正文"),
        "vectors": say("Checking vectors", "检查向量"),
        "indexes": say("Checking the indexes", "检查索引"),
        "copy": say("Copying", "正在复制"),
    }
    return wordings.get(name, name)

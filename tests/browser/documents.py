"""Documents the page is shown with, beside the report in `seeds`."""

HOSTILE = """# 安全培训纪要

## 一、网页脚本演示

培训现场演示了标签 <img src=x onerror="alert('run')"> 怎样触发弹窗，共有37人参加网页脚本演示。

另一段演示用的是 <script>alert("run")</script>，由讲师逐行说明。
"""
# Characters outside the basic plane before the answer: UTF-16 indexes and code points differ from there on.
WIDE = """古籍展览简报

一、展览概况

😀😀本次展出𠮷氏家藏古籍𪚥𪚥，古籍展览接待参观者8642人次。🎓展后整理留言。

二、后续安排

展品将于下月送回原馆保存。
"""

WRITTEN = {"安全培训纪要.md": HOSTILE, "古籍展览简报.txt": WIDE}

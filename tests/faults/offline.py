"""A day of the service with no network: `unshare --net python -m tests.faults.offline FOLDER`."""

from __future__ import annotations

import socket
import struct
import subprocess
import sys
from fcntl import ioctl
from io import BytesIO
from pathlib import Path

import docx
import httpx

from tests.faults.service import ROOT, Service, surroundings

_SIOCGIFFLAGS, _SIOCSIFFLAGS, _IFF_UP = 0x8913, 0x8914, 0x1  # of linux/sockios.h and linux/if.h
_IFREQ = "16sh14x"
ASKED = {"question": "食堂改造后有多少个座位？", "collection": "后勤"}


def loopback_up() -> None:
    assert [name for _, name in socket.if_nameindex()] == ["lo"]
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        asked = struct.pack(_IFREQ, b"lo", 0)
        _, flags = struct.unpack(_IFREQ, ioctl(any_socket, _SIOCGIFFLAGS, asked))
        ioctl(any_socket, _SIOCSIFFLAGS, struct.pack(_IFREQ, b"lo", flags | _IFF_UP))


def yinju(index: Path, *command: str) -> str:
    told = subprocess.run(
        [sys.executable, "-m", "yinju.cli", *command],
        env=surroundings(YINJU_INDEX=str(index), LC_ALL="C.UTF-8"),
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert told.returncode == 0, told.stdout + told.stderr
    return told.stdout


def word_file(seats: int) -> bytes:
    document = docx.Document()
    document.add_heading("后勤服务情况", 1)
    document.add_paragraph(f"机关食堂完成改造，改造后共有{seats}个座位，日均供餐1200人次。")
    document.add_paragraph("机关大院新增充电桩46个。")
    made = BytesIO()
    document.save(made)
    return made.getvalue()


def quoted(client: httpx.Client) -> dict[str, object]:
    answer = client.post("/v1/ask", json=ASKED).json()
    assert answer["status"] == "answered", answer
    cited: dict[str, object] = answer["citations"][0]
    return cited


def a_day(running: Service, folder: Path) -> None:
    assert "added" in yinju(running.index, "index", str(ROOT / "seeds"))
    running.start(REAL_MODEL="1")
    with running.client(timeout=120) as client:
        assert client.get("/").status_code == 200
        report = client.post("/v1/ask", json={"question": "开办了多少期青年夜校？"}).json()
        assert "121期" in report["answer"]
        form = {"file": ("后勤.docx", word_file(380))}
        added = client.post("/v1/documents", files=form, data={"collection": "后勤"})
        assert added.status_code == 201, added.text
        place = f"/v1/documents/{added.json()['id']}"
        assert "380个座位" in str(quoted(client)["quote"])
        replaced = client.put(place, files={"file": ("后勤.docx", word_file(420))})
        assert replaced.status_code == 200, replaced.text
        cited = quoted(client)
        assert ("420个座位" in str(cited["quote"]), cited["version"]) == (True, 2)
        assert "380个座位" in client.get(f"{place}/text", params={"version": 1}).text
        yinju(running.index, "backup", str(folder / "backup.tar"))
        assert client.delete(place).json()["versions"] == 2
        assert client.get(f"{place}/text").status_code == 410
        refused = client.post("/v1/ask", json=ASKED)  # 404 once the indexes know that the collection is empty, too
        assert refused.status_code == 404 or refused.json()["status"] == "not_found", refused.text
    running.stop()
    yinju(running.index, "verify")
    yinju(folder / "elsewhere", "restore", str(folder / "backup.tar"))
    assert "后勤" in yinju(folder / "elsewhere", "documents")


if __name__ == "__main__":
    loopback_up()
    place = Path(sys.argv[1])
    started = Service(place / "index")
    try:
        a_day(started, place)
    finally:
        if started.alive:
            started.kill()

"""Where the service may listen: anywhere once there is a key, before that where this machine alone can reach it."""

from __future__ import annotations

import socket

from yinju.access import is_loopback
from yinju.cli.wording import say
from yinju.errors import SettingsError
from yinju.keys import FILE, KeyStore
from yinju.settings import Settings


def require_safe(host: str, settings: Settings) -> None:
    """Raises SettingsError where others could reach a service that asks nobody for a key."""
    if settings.allow_anonymous or _is_this_machine(host):
        return
    with KeyStore(settings.index / FILE) as store:
        keyed = store.exists()
    if not keyed:
        raise SettingsError(
            say(
                f"There is no key yet, and {host or 'an empty host'} can be reached from other machines: everyone "
                "could read and delete the documents. Make a key (yinju keys add NAME), or listen on this machine "
                "alone (--host 127.0.0.1); where everyone may, set YINJU_ALLOW_ANONYMOUS=true.",
                f"还没有密钥，而其他机器能够访问 {host or '空主机名'}：任何人都能读取和删除文件。"
                "请新建密钥（yinju keys add 名称），或只在本机监听（--host 127.0.0.1）；"
                "若确实允许所有人使用，请设置 YINJU_ALLOW_ANONYMOUS=true。",
            )
        )


def _is_this_machine(host: str) -> bool:
    """Does every address the server would listen on belong to this machine alone? An empty host means all."""
    try:
        found = socket.getaddrinfo(host or None, None, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except OSError:
        return False  # nothing can be listened on there; the server says so if a key lets it try
    return all(is_loopback(str(address[0])) for *_, address in found)

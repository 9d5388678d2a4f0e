"""What every response carries."""

from __future__ import annotations

# Where a body was not read to its end, its rest is not wanted, and so neither is the connection it would come on.
HANG_UP = {"Connection": "close"}
STRICT_TRANSPORT = "max-age=31536000"  # seconds; a year, for this host alone
SECURITY = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src 'self' data:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}

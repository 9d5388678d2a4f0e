"""Answers questions about an organisation's reports and quotes the source for every word it says.

Start at `yinju.library`; what it takes and gives is in `yinju.records`, `yinju.settings` and `yinju.errors`. Nothing is
imported here, so that a part can be used without loading the rest.
"""

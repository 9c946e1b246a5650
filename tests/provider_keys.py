"""Finds keys of the providers that Selfology talks to, which the secret scanner of `make check` does not know."""

from __future__ import annotations

import re

from detect_secrets.plugins.base import RegexBasedDetector


class ProviderKeyDetector(RegexBasedDetector):
    """Keys of OpenAI and Anthropic, and tokens of Telegram bots."""

    secret_type = "Key of a provider"
    denylist = [
        re.compile(r"\bsk-(?:ant-|proj-|svcacct-|admin-)?[A-Za-z0-9_-]{32,}"),
        re.compile(r"\b\d{8,10}:[A-Za-z0-9_-]{35}\b"),
    ]

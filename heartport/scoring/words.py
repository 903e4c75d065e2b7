"""What a person reads, in one or more languages."""

from collections.abc import Mapping

Words = Mapping[str, str]
"""A text by language; the main one is always there."""

MAIN_LANGUAGE = "zh-CN"

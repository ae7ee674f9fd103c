"""Finds a short script that breaks the same promise: leaves out stretches of lines as long as it still does."""

import time


def shrink(lines, breaks, seconds):
    """`breaks(lines)` plays them in a new world; whether the promise is broken again, and by how many of them."""
    end = time.monotonic() + seconds
    size = max(1, len(lines) // 2)
    while size and time.monotonic() < end:
        start, is_shorter = 0, False
        while start < len(lines) and time.monotonic() < end:
            fewer = lines[:start] + lines[start + size:]
            played = breaks(fewer) if fewer else None
            if played is None:
                start += size
            else:
                lines, is_shorter = played, True
        if not is_shorter or size > len(lines):
            size //= 2
    return lines

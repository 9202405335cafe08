"""As `warmed`, for Latin script too: what tells its languages takes 80 MB and half a second of CPU.

A crawl of Chinese sites never needs it, and every worker of one that has others would pay for itself.
"""

from __future__ import annotations

from pipelines.warmed import warm

warm(
    "The park opens a new plant", "May 6, 2024 Source: Daily By Jane Miller", "Many firms signed for plots. "
)

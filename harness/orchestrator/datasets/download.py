"""Downloads that end: a checksum on what comes, a limit on what does not, an hour's rest after a failure."""

from __future__ import annotations

import json
import logging
import queue
import threading
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import pooch
import requests

from harness.orchestrator.core.errors import DataError
from harness.orchestrator.datasets import cache
from harness.orchestrator.datasets.model import RealFile, Say

CONNECT_S = 3  # per address; a host may have many
FIRST_ANSWER_S = 5  # over all addresses and the name look-up, which has no limit of its own
READ_S = 10  # without a byte arriving
REST_S = 3600  # so that a bench without network starts at once the second time
CHUNK_BYTES = 1 << 16


# host that gave no answer in this process -> when, and how it failed
_silent_hosts: dict[str, tuple[float, str]] = {}


class DownloadFailed(DataError):
    """The reason, in a few words, that a file did not come."""


class NoAnswer(DownloadFailed):
    """The host said nothing, and so will not of another file either."""


def fetch(file: RealFile, path: Path, say: Say, always_try: bool) -> None:
    """Download a file to `path`, checked; the caller holds the lock of `path`.

    Raises:
        DownloadFailed: it did not come, or failed less than REST_S ago and `always_try` is false.
    """
    stamp = path.with_name(path.name + ".failed.json")
    if not always_try:
        _refuse_while_resting(stamp, file.url)
    host = urlsplit(file.url).netloc
    failed_at, reason = _silent_hosts.get(host, (-REST_S, ""))
    if time.time() - failed_at < REST_S and not always_try:
        raise DownloadFailed(reason)
    say(f"downloading {file.name} ({file.size_bytes / 1e6:.1f} MB) from {file.url}")
    try:
        _wait_for_first_answer(file.url)
        _silent_hosts.pop(host, None)
        _retrieve(file, path, say)
    except NoAnswer as failure:
        _silent_hosts[host] = time.time(), str(failure)
        _write_stamp(stamp, file.url, str(failure))
        raise
    except DownloadFailed as failure:
        _write_stamp(stamp, file.url, str(failure))
        raise
    stamp.unlink(missing_ok=True)


def _refuse_while_resting(stamp: Path, url: str) -> None:
    try:
        last = json.loads(stamp.read_text())
        age_s = time.time() - last["unix_s"]
        if last["url"] != url or not 0 <= age_s < REST_S:
            return
        reason = str(last["reason"])
    except (OSError, ValueError, KeyError, TypeError):
        return
    raise DownloadFailed(f"{reason} ({age_s / 60:.0f} minutes ago, not tried again within the hour)")


def _write_stamp(stamp: Path, url: str, reason: str) -> None:
    with cache.writing_to(stamp.parent):
        stamp.write_text(json.dumps({"url": url, "unix_s": time.time(), "reason": reason}) + "\n")


def _wait_for_first_answer(url: str) -> None:
    """Ask for the headers in a thread that is left behind when it takes too long."""
    answers: queue.SimpleQueue[requests.RequestException | None] = queue.SimpleQueue()

    def ask() -> None:
        try:
            pooch.HTTPDownloader(timeout=CONNECT_S)(url, "", None, check_only=True)
            answers.put(None)
        except requests.RequestException as error:
            answers.put(error)

    threading.Thread(target=ask, name="first answer", daemon=True).start()
    try:
        error = answers.get(timeout=FIRST_ANSWER_S)
    except queue.Empty:
        raise NoAnswer(f"no answer within {FIRST_ANSWER_S} s") from None
    if isinstance(error, (requests.Timeout, requests.ConnectionError)):
        raise NoAnswer(_reason(error)) from error
    if error is not None:
        raise DownloadFailed(_reason(error)) from error


class _Received:
    """What pooch takes for a progress bar: tells how much has come."""

    def __init__(self, total: int, detail: Callable[[str], None]) -> None:
        self.total, self.detail, self.come = total, detail, 0

    def update(self, count: int) -> None:
        self.come += count
        self.detail(f"{self.come / 1e6:.1f} of {self.total / 1e6:.1f} MB")

    def reset(self) -> None:
        self.come = 0

    def close(self) -> None:
        """Nothing is left to do."""


def _retrieve(file: RealFile, path: Path, say: Say) -> None:
    """pooch writes to a temporary file, checks the sum and moves the file into place."""
    pooch.get_logger().setLevel(logging.WARNING)
    detail = getattr(say, "detail", None)  # of a stage on the terminal
    progress = False if detail is None else _Received(file.size_bytes, detail)
    downloader = pooch.HTTPDownloader(progressbar=progress, chunk_size=CHUNK_BYTES, timeout=(CONNECT_S, READ_S))
    try:
        pooch.retrieve(file.url, f"sha256:{file.sha256}", fname=path.name, path=path.parent, downloader=downloader)
    except requests.RequestException as error:
        raise DownloadFailed(_reason(error)) from error
    except ValueError as error:
        raise DownloadFailed("what came has another sha256, so it is an error page or another edition") from error
    except OSError as error:
        raise DownloadFailed(f"{path} could not be written ({error.strerror or error})") from error


def _reason(error: requests.RequestException) -> str:
    """A few words instead of the nested names of the network library."""
    if isinstance(error, requests.HTTPError) and error.response is not None:
        return f"the server answered HTTP {error.response.status_code}"
    if isinstance(error, requests.Timeout):
        return "no answer in time"
    if isinstance(error, requests.exceptions.ChunkedEncodingError):
        return "the connection broke before the end of the file"
    if isinstance(error, requests.ConnectionError):
        return "no connection"
    return type(error).__name__

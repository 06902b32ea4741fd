"""Downloads from a server on the loopback: a good file, and everything else that a server may do."""

from __future__ import annotations

import hashlib
import socket
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from harness.orchestrator.datasets import cache, download
from harness.orchestrator.datasets.download import DownloadFailed, fetch
from harness.orchestrator.datasets.model import FileUnavailable, RealFile
from harness.orchestrator.datasets.real_files import read_verified

CONTENT = bytes(range(256)) * 1000
ERROR_PAGE = b"<html><body>Too many requests</body></html>"


class Handler(BaseHTTPRequestHandler):
    """The first part of the path says how to behave."""

    def do_HEAD(self):
        self._answer(with_body=False)

    def do_GET(self):
        self._answer(with_body=True)

    def _answer(self, with_body):
        behaviour = self.path.split("/")[1]
        body = ERROR_PAGE if behaviour == "page" else CONTENT
        self.send_response(403 if behaviour == "forbidden" else 200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if with_body:
            self.wfile.write(body[: len(body) // 2] if behaviour == "truncated" else body)

    def log_message(self, *arguments):
        """Nothing on stderr."""


@pytest.fixture
def address(tmp_path, monkeypatch):
    monkeypatch.setenv("HARNESS_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def file_at(url: str) -> RealFile:
    return RealFile("sample.npz", url, hashlib.sha256(CONTENT).hexdigest(), len(CONTENT))


def test_read_verified_downloads_a_good_file_and_keeps_it(address, tmp_path):
    said = []
    content, notes = read_verified(file_at(f"{address}/good/sample.npz"), said.append, always_try=False)
    assert content == CONTENT
    assert notes == []
    assert said == [f"downloading sample.npz (0.3 MB) from {address}/good/sample.npz"]
    assert (tmp_path / "cache/datasets/downloads/sample.npz").read_bytes() == CONTENT
    assert not (tmp_path / "keras").exists()


class Stage:
    """What says on a terminal what is done, and how far it is."""

    def __init__(self):
        self.said, self.details = [], []

    def __call__(self, sentence):
        self.said.append(sentence)

    def detail(self, words):
        self.details.append(words)


def test_download_tells_a_stage_how_much_has_come(address):
    stage = Stage()
    read_verified(file_at(f"{address}/good/sample.npz"), stage, always_try=False)
    assert len(stage.said) == 1
    assert stage.details[0] == "0.1 of 0.3 MB"
    assert stage.details[-1] == "0.3 of 0.3 MB"


def test_read_verified_does_not_download_twice(address):
    read_verified(file_at(f"{address}/good/sample.npz"), lambda sentence: None, always_try=True)
    said = []
    content, _ = read_verified(file_at(f"{address}/forbidden/sample.npz"), said.append, always_try=True)
    assert content == CONTENT
    assert said == []


@pytest.mark.parametrize(
    ("behaviour", "reason"),
    [
        ("truncated", "the connection broke before the end of the file"),
        ("page", "what came has another sha256"),
        ("forbidden", "the server answered HTTP 403"),
    ],
)
def test_read_verified_refuses_what_is_not_the_file(address, tmp_path, behaviour, reason):
    with pytest.raises(FileUnavailable, match=reason):
        read_verified(file_at(f"{address}/{behaviour}/sample.npz"), lambda sentence: None, always_try=True)
    left = sorted(path.name for path in (tmp_path / "cache/datasets/downloads").iterdir())
    assert left == ["sample.npz.failed.json", "sample.npz.lock"]


def test_read_verified_replaces_a_corrupt_own_file_and_keeps_it_aside(address, tmp_path):
    own = tmp_path / "cache/datasets/downloads/sample.npz"
    own.parent.mkdir(parents=True)
    own.write_bytes(b"half a file")
    content, notes = read_verified(file_at(f"{address}/good/sample.npz"), lambda sentence: None, always_try=True)
    assert content == CONTENT
    assert own.read_bytes() == CONTENT
    assert own.with_name("sample.npz.corrupt").read_bytes() == b"half a file"
    assert str(own) in notes[0]
    assert notes[1] == f"It is kept as {own}.corrupt."


def test_fetch_rests_after_a_failure_and_recovers_after_a_success(address, tmp_path):
    path = cache.root() / "sample.npz"
    with pytest.raises(DownloadFailed, match="HTTP 403"):
        fetch(file_at(f"{address}/forbidden/sample.npz"), path, lambda sentence: None, always_try=False)
    with pytest.raises(DownloadFailed, match=r"HTTP 403 \(0 minutes ago, not tried again"):
        fetch(file_at(f"{address}/forbidden/sample.npz"), path, lambda sentence: None, always_try=False)
    fetch(file_at(f"{address}/good/sample.npz"), path, lambda sentence: None, always_try=True)
    assert path.read_bytes() == CONTENT
    assert not path.with_name("sample.npz.failed.json").exists()


def test_fetch_ignores_a_stamp_that_cannot_be_read(address):
    path = cache.root() / "sample.npz"
    path.with_name("sample.npz.failed.json").write_text("{")
    fetch(file_at(f"{address}/good/sample.npz"), path, lambda sentence: None, always_try=False)
    assert path.read_bytes() == CONTENT


def test_fetch_gives_up_on_a_server_that_never_answers(address, monkeypatch):
    monkeypatch.setattr(download, "CONNECT_S", 0.1)
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/sample.npz"
        with pytest.raises(DownloadFailed, match="no answer in time"):
            fetch(file_at(url), cache.root() / "sample.npz", lambda sentence: None, always_try=True)


def test_host_that_gave_no_answer_is_not_waited_for_again(address, monkeypatch):
    """Another file of it is not there either; a user who asks for the real data has it tried all the same."""
    monkeypatch.setattr(download, "CONNECT_S", 0.1)
    monkeypatch.setattr(download, "_silent_hosts", {})
    said = []
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        host = f"http://127.0.0.1:{listener.getsockname()[1]}"
        for name in ("first", "second"):
            with pytest.raises(DownloadFailed, match=r"^no answer in time$"):
                fetch(file_at(f"{host}/{name}"), cache.root() / name, said.append, always_try=False)
        assert len(said) == 1
        with pytest.raises(DownloadFailed):
            fetch(file_at(f"{host}/second"), cache.root() / "second", said.append, always_try=True)
    assert len(said) == 2
    with pytest.raises(DownloadFailed, match="HTTP 403"):
        fetch(file_at(f"{address}/forbidden/third"), cache.root() / "third", said.append, always_try=False)


def test_fetch_leaves_a_name_look_up_that_hangs(address, monkeypatch):
    released = threading.Event()
    monkeypatch.setattr(download, "FIRST_ANSWER_S", 0.1)
    monkeypatch.setattr(socket, "getaddrinfo", lambda *arguments, **options: released.wait() and [])
    file = file_at(f"{address}/good/sample.npz")
    try:
        with pytest.raises(DownloadFailed, match="no answer within"):
            fetch(file, cache.root() / "sample.npz", lambda sentence: None, always_try=True)
    finally:
        released.set()

"""Reading the web: real servers on loopback, each attack made for real.

Every test names the very addresses it allows, and hosts are looked up in a dictionary, so that nothing leaves this machine.
"""

from __future__ import annotations

import gzip
import json
import socket
import ssl
import threading
import tracemalloc
import zlib
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import anyio
import pytest
import trustme
from hypothesis import given
from hypothesis import strategies as st

from detent.errors import ConfigurationError
from detent.tools import Tool, tool
from detent.tools.builtin.fetch import Web, _next, _parsed

SECRET = "the secret of the house"
Answer = Callable[[BaseHTTPRequestHandler], None]


def answer(body: bytes | str, media: str = "text/plain", status: int = 200, **headers: str) -> Answer:
    content = body.encode() if isinstance(body, str) else body

    def write(request: BaseHTTPRequestHandler) -> None:
        request.send_response(status)
        for name, value in {"Content-Type": media, "Content-Length": str(len(content)), **headers}.items():
            if value:
                request.send_header(name.replace("_", "-"), value)
        request.end_headers()
        request.wfile.write(content)

    return write


def redirect(to: str, status: int = 302) -> Answer:
    return answer(b"", status=status, Location=to)


class Server:
    """A web server on an address of this machine; *asked* has the paths and headers of all that was asked."""

    def __init__(self, answers: Mapping[str, Answer], address: str, port: int, tls: ssl.SSLContext | None) -> None:
        self.asked: list[tuple[str, Mapping[str, str]]] = []
        self.closing = threading.Event()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                outer.asked.append((self.path, {name.lower(): value for name, value in self.headers.items()}))
                with suppress(OSError):
                    answers.get(self.path, answer("nothing here", status=404))(self)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the base class calls it so
                pass

        class Quiet(ThreadingHTTPServer):
            address_family = socket.AF_INET6 if ":" in address else socket.AF_INET

            def handle_error(self, request: object, client_address: object) -> None:
                pass  # what a client hangs up on is what is tested

        self.http = Quiet((address, port), Handler)
        if tls is not None:
            self.http.socket = tls.wrap_socket(self.http.socket, server_side=True, do_handshake_on_connect=False)
        self.port: int = self.http.server_address[1]
        self.http.closing = self.closing  # type: ignore[attr-defined]  # for answers that never end

    def paths(self) -> list[str]:
        return [path for path, _ in self.asked]


@contextmanager
def serving(
    answers: Mapping[str, Answer], address: str = "127.0.0.1", port: int = 0, tls: ssl.SSLContext | None = None
) -> Generator[Server]:
    server = Server(answers, address, port, tls)
    thread = threading.Thread(target=server.http.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield server
    finally:
        server.closing.set()
        server.http.shutdown()
        server.http.server_close()
        thread.join()


HOSTS = {
    "page.test": ["127.0.0.1"],
    "other.test": ["127.0.0.1"],
    "outer.test": ["127.0.0.2"],
    "metadata.google.internal": ["169.254.169.254"],
    "localhost": ["127.0.0.1", "::1"],
    "mixed.test": ["127.0.0.1", "10.0.0.1"],
    "empty.test": [],
    "2130706433": ["127.0.0.1"],
    "0x7f.1": ["127.0.0.1"],
    "127.1": ["127.0.0.1"],
    "0": ["0.0.0.0"],
}


async def looked_up(host: str) -> Sequence[str]:
    if host not in HOSTS:
        raise OSError("Name or service not known")
    return HOSTS[host]


def web(server: Server, **more: object) -> Web:
    return Web(**{"ports": [server.port], "allow_private": ["127.0.0.1"], "resolve": looked_up, **more})  # type: ignore[arg-type]


async def fetched(answers: Mapping[str, Answer] | Answer, path: str = "/", **more: object) -> str:
    with serving(answers if isinstance(answers, Mapping) else {"/": answers}) as server:
        return await web(server, **more).fetch(f"http://page.test:{server.port}{path}")


def words(said: str) -> str:
    """Return what was said after the line on where it is from."""
    return said.partition("\n")[2]


pytestmark = pytest.mark.anyio


# -- what it is for


async def test_a_text_is_read_and_where_it_is_from_is_said() -> None:
    with serving({"/a?b=c": answer("hello")}) as server:
        said = await web(server).fetch(f" http://page.test:{server.port}/a?b=c#part ")

    assert f"[http://page.test:{server.port}/a?b=c#part, what this page says:]\nhello" == said


async def test_html_is_read_as_it_reads_with_its_links_whole() -> None:
    said = await fetched(answer('<h1>Big</h1><script>no</script><a href="/x">y</a>', "text/html"))

    assert words(said).startswith("# Big\n\n[y](http://page.test:")
    assert "no" not in words(said)


async def test_json_is_read_as_it_stands() -> None:
    assert {"a": 1} == json.loads(words(await fetched(answer('{"a": 1}', "application/json"))))


@pytest.mark.parametrize(
    ("media", "content"),
    [
        ("text/plain; charset=latin-1", b"caf\xe9"),
        ("text/plain; charset=UTF-16", "caf\u00e9".encode("utf-16")),
        ("text/html", b'<meta charset="windows-1252">caf\xe9'),
        ("text/plain; charset=nonsense", "caf\u00e9".encode()),
        ("text/plain; charset=zlib", "caf\u00e9".encode()),
        ("text/plain; charset=punycode", "caf\u00e9".encode()),
        ("", "caf\u00e9".encode()),
        ("Text/Plain", b"\xef\xbb\xbfcaf\xc3\xa9"),
    ],
)
async def test_encodings_of_the_web_are_read_and_others_taken_for_utf8(media: str, content: bytes) -> None:
    assert "caf\u00e9" == words(await fetched(answer(content, media)))


async def test_a_redirect_is_followed_relatively_and_to_another_host() -> None:
    pages = {"/": redirect("there/?x=1"), "/there/?x=1": redirect("//other.test:{port}/end", 308), "/end": answer("arrived")}
    with serving(pages) as server:
        pages["/there/?x=1"] = redirect(f"//other.test:{server.port}/end", 308)
        said = await web(server).fetch(f"http://page.test:{server.port}/")

    assert f"[http://other.test:{server.port}/end, what this page says:]\narrived" == said
    assert ["/", "/there/?x=1", "/end"] == server.paths()


async def test_an_empty_page_says_nothing() -> None:
    assert "nothing" == words(await fetched(answer("")))


async def test_the_next_address_is_tried_when_one_does_not_answer() -> None:
    async def two(host: str) -> Sequence[str]:
        return ["127.0.0.9", "127.0.0.1"]

    assert "hello" == words(await fetched(answer("hello"), resolve=two, allow_private=["127.0.0.0/28"]))


async def test_it_is_a_tool() -> None:
    made = tool(Web().fetch)

    assert isinstance(made, Tool)
    assert ["url"] == made.parameters["required"]


# -- where it may not go

INWARD = [
    "http://127.0.0.1:{port}/inner",
    "http://localhost:{port}/inner",
    "http://[::1]:{port}/inner",
    "http://[::ffff:127.0.0.1]:{port}/inner",
    "http://[64:ff9b::7f00:1]:{port}/inner",
    "http://2130706433:{port}/inner",
    "http://0x7f.1:{port}/inner",
    "http://127.1:{port}/inner",
    "http://0:{port}/inner",
    "http://0177.0.0.1:{port}/inner",
    "http://0.0.0.0:{port}/inner",
    "http://page.test:{port}/inner",
    "http://169.254.169.254:{port}/latest/meta-data/",
    "http://metadata.google.internal:{port}/computeMetadata/v1/",
    "http://10.0.0.1:{port}/",
    "http://100.64.0.1:{port}/",
    "http://224.0.0.1:{port}/",
    "//127.0.0.1:{port}/inner",
    "http://outer.test@127.0.0.1:{port}/inner",
    "http://127.0.0.1:{port}#@outer.test/inner",
    "http://outer.test:x@page.test:{port}/inner",
]


@pytest.mark.parametrize("target", INWARD)
@pytest.mark.parametrize("by", ["asking", "redirect"])
async def test_what_is_not_public_is_never_asked(target: str, by: str) -> None:
    with serving({"/inner": answer(SECRET)}, "127.0.0.1") as inner:
        there = target.format(port=inner.port)
        with serving({"/": redirect(there)}, "127.0.0.2", inner.port) as outer:
            asked = there if by == "asking" else f"http://outer.test:{outer.port}/"
            asked = f"http:{asked}" if asked.startswith("//") else asked
            with pytest.raises((PermissionError, ValueError)):
                await web(inner, allow_private=["127.0.0.2"]).fetch(asked)

    assert [] == inner.asked
    assert (["/"] if by == "redirect" else []) == outer.paths()


async def test_a_host_with_one_address_that_is_not_public_is_refused_whole() -> None:
    with (
        serving({"/": answer(SECRET)}) as server,
        pytest.raises(PermissionError, match=r"mixed\.test: does not lead to the public web") as refused,
    ):
        await web(server).fetch(f"http://mixed.test:{server.port}/")

    assert [] == server.asked
    assert "10.0" not in str(refused.value)


async def test_a_name_is_looked_up_once_and_the_address_that_was_checked_is_asked() -> None:
    answers = iter([["127.0.0.2"], ["127.0.0.1"], ["127.0.0.1"]])

    async def rebinding(host: str) -> Sequence[str]:
        return next(answers)

    with serving({"/": answer(SECRET)}, "127.0.0.1") as inner, serving({"/": answer("hi")}, "127.0.0.2", inner.port) as outer:
        said = await web(inner, allow_private=["127.0.0.2"], resolve=rebinding).fetch(f"http://turning.test:{inner.port}/")

    assert "hi" == words(said)
    assert [] == inner.asked
    assert f"turning.test:{inner.port}" == outer.asked[0][1]["host"]


async def test_a_name_that_turns_inward_is_refused_at_the_redirect() -> None:
    answers = iter([["127.0.0.2"], ["127.0.0.1"]])

    async def rebinding(host: str) -> Sequence[str]:
        return next(answers)

    with (
        serving({"/b": answer(SECRET)}, "127.0.0.1") as inner,
        serving({"/": redirect("/b")}, "127.0.0.2", inner.port),
        pytest.raises(PermissionError, match="does not lead to the public web"),
    ):
        await web(inner, allow_private=["127.0.0.2"], resolve=rebinding).fetch(f"http://turning.test:{inner.port}/")

    assert [] == inner.asked


LOCATIONS = st.text(st.sampled_from("ahtps:/?#[]@.%\\0 1~\t\u00e9\u3002") | st.characters(), max_size=30)


@given(LOCATIONS)
def test_wherever_a_redirect_leads_it_is_refused_or_an_address_with_a_host_that_can_be_looked_up(location: str) -> None:
    try:
        there = _next(_parsed("http://page.test/a/b?c"), location)
        Web()._check(there)
    except (PermissionError, ValueError):
        return
    assert there.raw_host
    assert not there.userinfo
    assert "127.0.0.1" == there.copy_with(host="127.0.0.1").host


@pytest.mark.parametrize("target", ["file:///etc/passwd", "ftp://page.test/x", "gopher://page.test/", "data:text/plain,x"])
async def test_only_the_web_is_read(target: str) -> None:
    with pytest.raises(PermissionError, match="only https:// and http://"):
        await Web(resolve=looked_up).fetch(target)
    with pytest.raises(PermissionError, match="only https:// and http://"):
        await fetched(redirect(target))


@pytest.mark.parametrize(
    ("target", "problem"),
    [
        ("", "only https"),
        ("page", "only https"),
        ("http://", "names no host"),
        ("http:///x", "names no host"),
        ("http://page.test:99999/", "off limits"),
        ("http://page.test:eighty/", "not an address"),
        ("http://page.test/\r\nX: y", "not an address"),
        ("http://page.test/" + "x" * 3000, "longer than 2048"),
        ("http://[::1", "not an address"),
        ("https://caf\u00e9\u200b.test/", "not an address"),
    ],
)
async def test_what_is_no_address_is_said_to_be_none(target: str, problem: str) -> None:
    with pytest.raises((ValueError, PermissionError), match=problem) as refused:
        await Web(resolve=looked_up).fetch(target)

    assert len(str(refused.value)) < 400


async def test_users_and_passwords_in_addresses_are_refused_and_not_repeated() -> None:
    with pytest.raises(PermissionError, match="user name or a password") as refused:
        await Web(resolve=looked_up).fetch("http://me:hunter22@page.test/")

    assert "hunter22" not in str(refused.value)


@pytest.mark.parametrize("port", [22, 25, 3306, 8080])
async def test_other_ports_are_refused(port: int) -> None:
    with pytest.raises(PermissionError, match=rf"port {port} is off limits; allowed: 80, 443"):
        await Web(resolve=looked_up, allow_private=["127.0.0.1"]).fetch(f"http://page.test:{port}/")


async def test_only_the_allowed_hosts_are_asked() -> None:
    pages = {"/": answer("hello"), "/away": redirect("http://other.test/")}
    with serving(pages) as server:
        only = web(server, allow_hosts=["PAGE.test.", "*.page.test"])
        assert "hello" == words(await only.fetch(f"http://Page.Test:{server.port}/"))
        for host in ("other.test", "xpage.test", "page.test.other.test"):
            with pytest.raises(PermissionError, match="not among the hosts"):
                await only.fetch(f"http://{host}:{server.port}/")
        pages["/away"] = redirect(f"http://other.test:{server.port}/")
        with pytest.raises(PermissionError, match=r"other\.test: not among the hosts"):
            await only.fetch(f"http://page.test:{server.port}/away")
        with pytest.raises(ConnectionError, match="no such host"):
            await only.fetch(f"http://www.page.test:{server.port}/")


async def test_a_redirect_out_of_https_is_refused() -> None:
    server, trust = certified("page.test")
    with (
        serving({"/": redirect("http://page.test/")}, tls=server) as secured,
        pytest.raises(PermissionError, match=r"leads away from https, to http://page\.test/"),
    ):
        await web(secured, trust=trust).fetch(f"https://page.test:{secured.port}/")


@pytest.mark.parametrize("host", ["nowhere.test", "empty.test"])
async def test_a_host_that_is_not_there_is_said_not_to_be(host: str) -> None:
    with pytest.raises(ConnectionError, match="there is no such host"):
        await Web(resolve=looked_up).fetch(f"http://{host}/")


async def test_proxies_and_cookies_are_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    cookie = answer("", status=302, Location="/next", Set_Cookie="a=b; Path=/")
    with serving({}) as proxy, serving({"/": cookie, "/next": answer("hello")}) as server:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
        said = await web(server).fetch(f"http://page.test:{server.port}/")

    assert "hello" == words(said)
    assert [] == proxy.asked
    assert {"host", "accept", "accept-encoding", "user-agent"} == set(server.asked[1][1])


# -- how much of it


def endless(piece: bytes, media: str = "text/plain", coding: str = "") -> Answer:
    def write(request: BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        request.send_header("Content-Type", media)
        if coding:
            request.send_header("Content-Encoding", coding)
        request.end_headers()
        while not request.server.closing.is_set():  # type: ignore[attr-defined]
            request.wfile.write(piece)

    return write


def dripping(request: BaseHTTPRequestHandler) -> None:
    request.send_response(200)
    request.send_header("Content-Type", "text/plain")
    request.end_headers()
    while not request.server.closing.wait(0.01):  # type: ignore[attr-defined]
        request.wfile.write(b"x")
        request.wfile.flush()


async def test_a_body_without_an_end_is_read_to_the_bound() -> None:
    said = words(await fetched(endless(b"word " * 1000), max_bytes=10_000))

    assert "word " * 2000 + "\n[the page goes on; this is its beginning]" == said


async def test_a_long_text_is_cut_at_its_bound_of_characters() -> None:
    assert "abc\n[the page goes on; this is its beginning]" == words(await fetched(answer("abcdef"), max_chars=3))
    assert "abcdef" == words(await fetched(answer("abcdef"), max_chars=6, max_bytes=6))


@pytest.mark.parametrize("coding", ["gzip", "deflate"])
async def test_what_is_compressed_is_read(coding: str) -> None:
    pack = gzip.compress if coding == "gzip" else zlib.compress

    assert "hello" == words(await fetched(answer(pack(b"hello"), Content_Encoding=coding)))


async def test_a_bomb_is_unpacked_to_the_bound_and_no_further() -> None:
    bomb = gzip.compress(b"a" * 5_000_000)
    said = words(await fetched(answer(bomb, Content_Encoding="gzip"), max_bytes=100_000, max_chars=200_000))

    assert "a" * 100_000 + "\n[the page goes on; this is its beginning]" == said


async def test_a_bomb_takes_no_more_memory_than_its_bound_asks_for() -> None:
    bomb = gzip.compress(b"a" * 40_000_000)
    tracemalloc.start()
    try:
        await fetched(answer(bomb, Content_Encoding="gzip"), max_bytes=100_000)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert peak < 10_000_000


async def test_what_follows_the_end_of_what_was_compressed_is_not_received_for_ever() -> None:
    first = gzip.compress(b"hello")

    def write(request: BaseHTTPRequestHandler) -> None:
        endless(first + b"\0" * 10_000, coding="gzip")(request)

    assert "hello" == words(await fetched(write, max_bytes=100_000)).split("\n")[0]


async def test_compression_that_was_not_asked_for_or_is_broken_is_refused() -> None:
    with pytest.raises(ValueError, match="compressed as 'br', which was not asked for"):
        await fetched(answer(b"x", Content_Encoding="br"))
    with pytest.raises(ValueError, match="compressed as 'gzip, gzip'"):
        await fetched(answer(b"x", Content_Encoding="gzip, gzip"))
    with pytest.raises(ValueError, match="can not be decompressed"):
        await fetched(answer(b"not gzip at all", Content_Encoding="gzip"))


async def test_a_server_that_drips_is_given_up_when_the_time_is_over() -> None:
    with pytest.raises(TimeoutError, match=r"not read within 0\.3 seconds"):
        await fetched(dripping, seconds=0.3)


async def test_a_server_that_never_answers_is_given_up_too() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        with pytest.raises(TimeoutError, match="not read within"):
            await Web(seconds=0.2, ports=[port], allow_private=["127.0.0.1"]).fetch(f"http://127.0.0.1:{port}/")


async def test_the_time_is_for_all_of_it_the_look_up_too() -> None:
    left: list[float] = []

    async def looking_at_the_clock(host: str) -> Sequence[str]:
        left.append(anyio.current_effective_deadline() - anyio.current_time())
        return ()

    with pytest.raises(ConnectionError):
        await Web(seconds=5000, resolve=looking_at_the_clock).fetch("http://page.test/")

    assert [5000] == [round(each, -2) for each in left]


async def test_a_look_up_that_never_ends_is_given_up_too() -> None:
    async def asleep(host: str) -> Sequence[str]:
        await anyio.sleep_forever()
        raise AssertionError

    with pytest.raises(TimeoutError, match="not read within"):
        await Web(seconds=0.1, resolve=asleep).fetch("http://page.test/")


@pytest.mark.parametrize("hops", [5, 6])
async def test_five_redirects_are_followed_and_no_more(hops: int) -> None:
    pages = {f"/{number}": redirect(f"/{number + 1}") for number in range(hops)}
    with serving({**pages, f"/{hops}": answer("arrived")}) as server:
        if hops == 5:
            assert "arrived" == words(await web(server).fetch(f"http://page.test:{server.port}/0"))
        else:
            with pytest.raises(ConnectionError, match=r"more than 5 redirects, the last to .*/6"):
                await web(server).fetch(f"http://page.test:{server.port}/0")

    assert 6 == len(server.asked)


async def test_a_redirect_to_itself_ends() -> None:
    with pytest.raises(ConnectionError, match="more than 5 redirects"):
        await fetched(redirect("/"))


async def test_headers_without_an_end_are_refused() -> None:
    def write(request: BaseHTTPRequestHandler) -> None:
        request.wfile.write(b"HTTP/1.1 200 OK\r\n")
        while not request.server.closing.is_set():  # type: ignore[attr-defined]
            request.wfile.write(b"X-Filler: " + b"x" * 8000 + b"\r\n")

    with pytest.raises(ConnectionError, match=r"page\.test"):
        await fetched(write)


# -- what is no page


@pytest.mark.parametrize("media", ["image/png", "application/octet-stream", "application/pdf", "video/mp4", "application/zip"])
async def test_what_is_no_text_by_its_type_is_refused(media: str) -> None:
    with pytest.raises(ValueError, match=f"the content is '{media}'; only text"):
        await fetched(answer("x", media))


async def test_what_is_no_text_by_its_content_is_refused() -> None:
    with pytest.raises(ValueError, match="binary"):
        await fetched(answer(b"PK\0\0", "text/plain"))


@pytest.mark.parametrize(
    ("status", "said"), [(404, "404 Not Found"), (500, "500 Internal Server Error"), (599, "599"), (304, "304 Not Modified")]
)
async def test_a_status_that_is_no_success_is_told(status: int, said: str) -> None:
    with pytest.raises(ConnectionError, match=rf"the server answered {said}$"):
        await fetched(answer("", status=status))


async def test_a_server_that_hangs_up_is_told() -> None:
    with pytest.raises(ConnectionError, match=r"page\.test: Server disconnected"):
        await fetched(lambda request: None)


async def test_nobody_at_the_port_is_told() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with pytest.raises(ConnectionError, match=r"127\.0\.0\.1: "):
        await Web(ports=[port], allow_private=["127.0.0.1"]).fetch(f"http://127.0.0.1:{port}/")


# -- TLS


@cache
def authority() -> trustme.CA:
    return trustme.CA()


def certified(*names: str) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """Return a server's context with a certificate for *names*, and a client's that trusts who issued it."""
    server, client = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), ssl.create_default_context()
    authority().issue_cert(*names).configure_cert(server)
    authority().configure_trust(client)
    return server, client


async def test_a_certificate_is_for_the_name_though_the_address_is_asked() -> None:
    tls, trust = certified("page.test")
    with serving({"/": answer("hello")}, tls=tls) as server:
        said = await web(server, trust=trust).fetch(f"https://page.test:{server.port}/")

    assert "hello" == words(said)


@pytest.mark.parametrize("name", ["other.test", "127.0.0.1"])
async def test_a_certificate_for_another_name_or_for_the_address_will_not_do(name: str) -> None:
    tls, trust = certified(name)
    with (
        serving({"/": answer(SECRET)}, tls=tls) as server,
        pytest.raises(ConnectionError, match="certificate verify failed"),
    ):
        await web(server, trust=trust).fetch(f"https://page.test:{server.port}/")

    assert [] == server.asked


async def test_an_address_with_a_certificate_of_its_own_is_read() -> None:
    tls, trust = certified("127.0.0.1")
    with serving({"/": answer("hello")}, tls=tls) as server:
        assert "hello" == words(await web(server, trust=trust).fetch(f"https://127.0.0.1:{server.port}/"))


async def test_an_authority_that_the_system_does_not_know_is_not_trusted() -> None:
    tls, _ = certified("page.test")
    with (
        serving({"/": answer(SECRET)}, tls=tls) as server,
        pytest.raises(ConnectionError, match="certificate verify failed"),
    ):
        await web(server).fetch(f"https://page.test:{server.port}/")


# -- setting it up


def test_what_is_set_wrongly_is_named() -> None:
    with pytest.raises(ConfigurationError, match="allow_private: 'intranet' does not appear"):
        Web(allow_private=["intranet"])
    with pytest.raises(ConfigurationError, match=r"allow_private: '10\.0\.0\.0/8' is a string"):
        Web(allow_private="10.0.0.0/8")
    with pytest.raises(ConfigurationError, match="allow_hosts: 'intranet' is a string"):
        Web(allow_hosts="intranet")
    with pytest.raises(ValueError, match="seconds"):
        Web(seconds=0)

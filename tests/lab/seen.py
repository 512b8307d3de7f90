"""What a probe saw, and how an answer in JSON or HTTP is read."""
import json
from dataclasses import dataclass, field


@dataclass
class Seen:
    outcome: str
    text: str = ""
    source: str = ""                                # whom the one who answered saw
    answer: dict = field(default_factory=dict)      # all that he said
    status: int = 0                                 # of HTTP
    headers: dict = field(default_factory=dict)     # of HTTP, lower case
    body: bytes = b""
    fingerprint: str = ""                           # SHA-256 of the server's certificate
    seconds: float = 0.0

    def __str__(self):
        return f"{self.outcome} ({self.text})" if self.text else self.outcome


def parsed(got):
    """The answer of an answering server."""
    try:
        answer = json.loads(got)
        return Seen("open", f"{answer['machine']} saw {answer['source']}", answer=answer, body=got)
    except (ValueError, KeyError, TypeError):
        return Seen("wrong", f"said {got[:60]!r}", body=got)


def whole(got):
    """Whether an HTTP answer is complete; without a length it ends with the connection."""
    head, rest = got.partition(b"\r\n\r\n")[::2]
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            return len(rest) >= int(line.split(b":")[1]) and b"\r\n\r\n" in got
    return False


def answered(got, wanted):
    head, body = got.partition(b"\r\n\r\n")[::2]
    first, *lines = head.decode("latin-1").split("\r\n")
    words = first.split()
    if not first.startswith("HTTP/") or len(words) < 2 or not words[1].isdigit():
        return Seen("wrong", f"no HTTP: {got[:60]!r}", body=got)
    headers = {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    status = int(words[1])
    seen = Seen("open" if status == wanted else "wrong", f"HTTP {status}", status=status, headers=headers, body=body)
    if "content-length" in headers and len(body) < int(headers["content-length"]):
        seen.outcome, seen.text = "wrong", f"{len(body)} bytes of {headers['content-length']}"
    if headers.get("content-type", "").startswith("application/json"):
        try:
            seen.answer = json.loads(body)
            seen.text += f", {seen.answer.get('machine', '?')} saw {seen.answer.get('source', '?')}"
        except ValueError:
            seen.outcome, seen.text = "wrong", f"no JSON: {body[:60]!r}"
    return seen

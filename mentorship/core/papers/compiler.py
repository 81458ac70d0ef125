"""Compile papers with typst, in this process or in one of its own.

Typst and the fonts that it has read stay in memory: 31 MB, which a web process would keep for the few papers that it
makes. `python -m mentorship.core.papers.compiler` reads jobs as lines of JSON and answers with files.
"""

import json
import subprocess
import sys
import traceback
from base64 import b64decode, b64encode
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import asdict, dataclass
from pathlib import Path
from threading import BoundedSemaphore, Timer
from typing import Any

from django.conf import settings

from mentorship.core.papers.fonts import families_for, installed_fonts

# A paper takes a second; whatever takes this long would never end.
LIMIT_SECONDS = 120
# So many processes at once: anybody may ask for pictures of public pages. Whoever asks waits so long for a free one.
AT_ONCE, WAIT_SECONDS = 2, 20
_ROOM = BoundedSemaphore(AT_ONCE)


@dataclass(frozen=True)
class Job:
    """A template and plain JSON for it, with `fonts_for` wherever it needs the names of fonts."""

    template: str
    root: str
    data: dict[str, Any]
    attached: bytes
    output: dict[str, Any]


class CompileError(Exception):
    """Typst refused: its message, and the diagnostic with all letters that no font has."""

    def __init__(self, message: str, diagnostic: str = "") -> None:
        super().__init__(message)
        self.message, self.diagnostic = message, diagnostic


def fonts_for(texts: Iterable[str], country: str = "") -> dict[str, Any]:
    """A place in the data of a paper that becomes the fonts for these texts, as `families_for` chooses them."""
    return {"fonts for": list(texts), "country": country}


def compile_here(job: Job) -> bytes:
    """The file, made by this process. Raises CompileError."""
    import typst  # noqa: PLC0415 slow library: typst, which few requests need

    compiler = typst.Compiler(
        job.template,
        root=job.root,
        font_paths=installed_fonts(),
        sys_inputs={"data": json.dumps(_with_fonts(job.data), ensure_ascii=False), "attached": job.attached.decode()},
    )
    try:
        return bytes(compiler.compile(**job.output))  # type: ignore[arg-type]
    except typst.TypstError as error:
        raise CompileError(error.message, error.diagnostic) from error
    except BaseException as error:
        if type(error).__name__ != "PanicException":  # a panic in typst, which is not an Exception
            raise
        raise CompileError("there is something in its text that can't be set.") from error


class Child:
    """A process that makes papers, one after the other, and ends with its `with`."""

    def __enter__(self) -> "Child":
        command = [sys.executable, "-m", __name__]
        self.process = subprocess.Popen(  # noqa: S603 (our own module)
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=Path(__file__).parents[3]
        )
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()  # it holds nothing
        self.process.communicate()

    def compile(self, job: Job) -> bytes:
        """The file. Raises CompileError."""
        limit = Timer(LIMIT_SECONDS, self.process.kill)
        limit.start()
        try:
            said = json.dumps({**asdict(job), "attached": b64encode(job.attached).decode()})
            self.process.stdin.write(said.encode() + b"\n")  # type: ignore[union-attr]
            self.process.stdin.flush()  # type: ignore[union-attr]
            return self._answer()
        except (BrokenPipeError, EOFError) as error:
            raise CompileError("it took too long, or too much memory.") from error
        finally:
            limit.cancel()

    def _answer(self) -> bytes:
        """A line of JSON with the size of the file, which follows, or with the error."""
        stream: Any = self.process.stdout
        if not (line := stream.readline()):
            raise EOFError
        match json.loads(line):
            case {"size": size}:
                if len(file := stream.read(size)) < size:
                    raise EOFError
                return bytes(file)
            case {"fault": fault}:
                raise RuntimeError(fault)
            case error:
                raise CompileError(**error)


@contextmanager
def _room(seconds: float | None = None) -> Iterator[None]:
    """Wait until fewer processes run. Raises CompileError if none of them ends in time."""
    if not _ROOM.acquire(timeout=seconds):
        raise CompileError("many files are being made at this moment. Try again in a minute.")
    try:
        yield
    finally:
        _ROOM.release()


_CHILD: ContextVar[Child | None] = ContextVar("child", default=None)


@contextmanager
def one_child() -> Iterator[None]:
    """Have all papers in this block made by one process: it starts, and reads the fonts, once."""
    if not settings.PAPERS_APART or _CHILD.get():
        yield
        return
    with _room(), Child() as child:
        token = _CHILD.set(child)
        try:
            yield
        finally:
            _CHILD.reset(token)


def compile_apart(job: Job) -> bytes:
    """The file, made by another process. Raises CompileError."""
    if child := _CHILD.get():
        return child.compile(job)
    with _room(WAIT_SECONDS), Child() as child:
        return child.compile(job)


def _with_fonts(data: Any) -> Any:
    match data:
        case {"fonts for": texts, "country": country}:
            return families_for(texts, country)
        case dict():
            return {key: _with_fonts(value) for key, value in data.items()}
        case list():
            return [_with_fonts(value) for value in data]
        case _:
            return data


def main() -> None:
    """Do the jobs on the standard input, one a line."""
    for line in sys.stdin.buffer:
        said = json.loads(line)
        head: dict[str, Any]
        try:
            made = compile_here(Job(**{**said, "attached": b64decode(said["attached"])}))
        except CompileError as error:
            head, made = {"message": error.message, "diagnostic": error.diagnostic}, b""
        except Exception:
            head, made = {"fault": traceback.format_exc()}, b""
        else:
            head = {"size": len(made)}
        sys.stdout.buffer.write(json.dumps(head).encode() + b"\n" + made)
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()

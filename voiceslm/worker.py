"""One native engine = one worker thread.

Whisper, llama.cpp and Piper compute for tens to thousands of milliseconds and are not safe to enter twice.
Each lives on a thread of its own; the event loop hands it one job at a time and is never blocked by it.
"""

from __future__ import annotations

import asyncio
import contextlib
import queue
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Iterator

T = TypeVar("T")

PENDING_JOBS = 4
"""Jobs that may wait behind the running one; more means that a caller forgot to await."""

POLL_SECONDS = 0.05
"""How often a thread that waits for its consumer looks whether it was cancelled."""


class WorkerError(Exception):
    """The worker cannot take or finish a job: closed, full, or past its deadline."""


class Cancel:
    """Says whether a piece of work is still wanted. Safe to use from any thread."""

    def __init__(self) -> None:
        """Start as wanted."""
        self._lock = threading.Lock()
        self._cancelled_at: float | None = None
        self._hooks: list[Callable[[], None]] = []

    @property
    def cancelled(self) -> bool:
        """Whether nobody waits for the result any more."""
        return self._cancelled_at is not None

    @property
    def cancelled_seconds(self) -> float:
        """How long ago it was cancelled; 0 where it was not."""
        return time.monotonic() - self._cancelled_at if self._cancelled_at is not None else 0.0

    def cancel(self) -> None:
        """Say that the work is no longer wanted; idempotent. Runs the registered hooks once."""
        with self._lock:
            hooks, self._hooks = self._hooks, []
            if self._cancelled_at is None:
                self._cancelled_at = time.monotonic()
        for hook in hooks:
            hook()

    @contextlib.contextmanager
    def on_cancel(self, hook: Callable[[], None]) -> Iterator[None]:
        """Call ``hook`` if cancelled while the block runs, at once if it already is.

        ``hook`` runs in the cancelling thread and must not block.
        """
        with self._lock:
            already = self.cancelled
            if not already:
                self._hooks.append(hook)
        if already:
            hook()
        try:
            yield
        finally:
            with self._lock, contextlib.suppress(ValueError):
                self._hooks.remove(hook)


@dataclass(frozen=True, slots=True)
class _Item(Generic[T]):
    """What a streaming job hands to the loop: a value, or the end with what it raised."""

    value: T | None = None
    error: BaseException | None = None
    last: bool = False


class Worker:
    """A thread that runs one job after another for the event loop."""

    def __init__(self, name: str) -> None:
        """Start the thread, named ``name`` in stack dumps and profilers."""
        self.name = name
        self._jobs: queue.Queue[Callable[[], None] | None] = queue.Queue(PENDING_JOBS)
        self._running: Cancel | None = None
        self._closed = False
        self.failures = 0
        """Jobs that failed since the last that succeeded; cancelled ones do not count."""
        self.fault = ""
        """Type of what the last of them raised."""
        self._thread = threading.Thread(target=self._work, name=name, daemon=True)
        self._thread.start()

    @property
    def busy(self) -> bool:
        """Whether a job runs or waits; a job that would be stale once it starts should not be queued."""
        return self._running is not None or not self._jobs.empty()

    @property
    def waiting(self) -> int:
        """Jobs that wait behind the running one."""
        return self._jobs.qsize()

    @property
    def overdue_seconds(self) -> float:
        """How long the running job has gone on since nobody wants its result any more; 0 where none does."""
        running = self._running
        return running.cancelled_seconds if running else 0.0

    async def run(self, job: Callable[[Cancel], T], *, deadline: float, proves: bool = True) -> T:
        """Run ``job`` on the thread and return its result.

        If the awaiting task is cancelled, the job's `Cancel` is set and a late result is dropped.

        Args:
            job: called with a `Cancel` that it should look at as often as it can.
            deadline: seconds until the caller gives up; the job is then cancelled.
            proves: whether its success shows that what it is done with is well (`failures`).

        Raises:
            WorkerError: the worker is closed or full, or the deadline passed.
        """
        loop = asyncio.get_running_loop()
        future: asyncio.Future[T] = loop.create_future()
        cancel = Cancel()

        def work() -> None:
            result, error = _outcome(job, cancel)
            if error or proves:
                self._note(error, cancel)
            _post(loop, _settle, future, result, error)

        self._submit(work, cancel)
        try:
            async with asyncio.timeout(deadline):
                return await future
        except TimeoutError:
            raise WorkerError(f"{self.name} did not finish within {deadline:g} s") from None
        finally:
            cancel.cancel()

    async def stream(
        self, job: Callable[[Cancel], Iterator[T]], *, ahead: int, deadline: float
    ) -> AsyncGenerator[T, None]:
        """Iterate ``job``'s results as they come; the thread makes the next only when it may.

        Close the iterator (`contextlib.aclosing`) to cancel: nothing more is produced or delivered.

        Args:
            job: makes the iterator, which is consumed on the thread.
            ahead: items that may be made and not yet be done with; with 1 the thread computes nothing while
                the loop's task works on one.
            deadline: seconds to wait for one item.

        Raises:
            WorkerError: the worker is closed or full, or an item took longer than ``deadline``.
        """
        loop = asyncio.get_running_loop()
        items: asyncio.Queue[_Item[T]] = asyncio.Queue()
        room = threading.Semaphore(ahead)
        cancel = Cancel()

        def produce(cancel: Cancel) -> None:
            results = job(cancel)
            while _wait_for(room, cancel):
                try:
                    value = next(results)
                except StopIteration:
                    return
                _post(loop, items.put_nowait, _Item(value))

        def work() -> None:
            _, error = _outcome(produce, cancel)
            self._note(error, cancel)
            _post(loop, items.put_nowait, _Item(error=error, last=True))

        self._submit(work, cancel)
        try:
            while not (item := await self._next(items, deadline)).last:
                yield item.value  # type: ignore[misc]  # only the last has none
                room.release()
        finally:
            cancel.cancel()

    async def _next(self, items: asyncio.Queue[_Item[T]], deadline: float) -> _Item[T]:
        try:
            async with asyncio.timeout(deadline):
                item = await items.get()
        except TimeoutError:
            raise WorkerError(f"{self.name} gave nothing for {deadline:g} s") from None
        if item.error is not None:
            raise item.error
        return item

    def close(self, timeout: float = 2.0) -> bool:
        """Cancel what runs, drop what waits, end the thread; say whether it ended within ``timeout`` s."""
        self._closed = True
        running = self._running
        if running is not None:
            running.cancel()
        with contextlib.suppress(queue.Empty):
            while True:
                self._jobs.get_nowait()
        self._jobs.put(None)
        self._thread.join(timeout)
        return not self._thread.is_alive()

    def _submit(self, work: Callable[[], None], cancel: Cancel) -> None:
        def job() -> None:
            if cancel.cancelled:
                return
            self._running = cancel
            try:
                work()
            finally:
                self._running = None

        if self._closed:
            raise WorkerError(f"{self.name} is closed")
        try:
            self._jobs.put_nowait(job)
        except queue.Full:
            raise WorkerError(f"{self.name} has {PENDING_JOBS} jobs waiting already") from None

    def _note(self, error: BaseException | None, cancel: Cancel) -> None:
        if error is None:
            self.failures, self.fault = 0, ""
        elif not cancel.cancelled:
            self.failures, self.fault = self.failures + 1, type(error).__name__

    def _work(self) -> None:
        while (job := self._jobs.get()) is not None:
            job()


def _wait_for(room: threading.Semaphore, cancel: Cancel) -> bool:
    """Wait until there is room for one more; False when nobody wants it any longer."""
    while not cancel.cancelled:
        if room.acquire(timeout=POLL_SECONDS):
            return not cancel.cancelled
    return False


def _outcome(job: Callable[[Cancel], T], cancel: Cancel) -> tuple[T | None, BaseException | None]:
    """Call ``job``; whatever it raises belongs to the task that awaits it, not to the thread."""
    try:
        return job(cancel), None
    except BaseException as error:  # noqa: BLE001 - handed over to the awaiting task, which raises it
        return None, error


def _settle(future: asyncio.Future[Any], result: Any, error: BaseException | None) -> None:
    if future.done():
        return
    if error is not None:
        future.set_exception(error)
    else:
        future.set_result(result)


def _post(loop: asyncio.AbstractEventLoop, call: Callable[..., object], *args: Any) -> None:
    """Run ``call`` on the loop; a loop that has closed meanwhile no longer wants to know."""
    with contextlib.suppress(RuntimeError):
        loop.call_soon_threadsafe(call, *args)

import asyncio
import threading
from contextlib import aclosing

import pytest

from tests.fakes import Gate
from voiceslm.worker import PENDING_JOBS, Cancel, Worker, WorkerError


@pytest.fixture
def worker():
    worker = Worker("test")
    yield worker
    worker.close()


async def test_a_job_runs_on_the_worker_thread_and_returns_its_result(worker):
    name = await worker.run(lambda _cancel: threading.current_thread().name, deadline=5)
    assert name == "test"


async def test_what_a_job_raises_reaches_the_awaiting_task_and_the_worker_lives_on(worker):
    def fail(_cancel):
        raise ValueError("broken")

    with pytest.raises(ValueError, match="broken"):
        await worker.run(fail, deadline=5)
    assert await worker.run(lambda _cancel: 42, deadline=5) == 42


async def test_the_loop_advances_while_a_job_blocks(worker):
    gate = Gate()
    job = asyncio.create_task(worker.run(lambda _cancel: gate.pass_through(), deadline=5))
    ticks = 0
    while not gate.entered.is_set() or ticks < 100:
        await asyncio.sleep(0)
        ticks += 1
    assert not job.done()
    gate.released.set()
    await job


async def test_a_cancelled_job_is_told_and_its_late_result_is_dropped(worker):
    gate, seen = Gate(), []

    def work(cancel):
        gate.pass_through()
        seen.append(cancel.cancelled)
        return "late"

    job = asyncio.create_task(worker.run(work, deadline=5))
    await asyncio.to_thread(gate.entered.wait, 5)
    job.cancel()
    with pytest.raises(asyncio.CancelledError):
        await job
    gate.released.set()
    assert await worker.run(lambda _cancel: "next", deadline=5) == "next"
    assert seen == [True]


async def test_a_job_cancelled_while_it_waits_never_starts(worker):
    gate, started = Gate(), []
    first = asyncio.create_task(worker.run(lambda _cancel: gate.pass_through(), deadline=5))
    await asyncio.to_thread(gate.entered.wait, 5)
    second = asyncio.create_task(worker.run(lambda _cancel: started.append("second"), deadline=5))
    await asyncio.sleep(0)
    assert worker.busy
    second.cancel()
    await asyncio.gather(second, return_exceptions=True)
    gate.released.set()
    await first
    await worker.run(lambda _cancel: None, deadline=5)
    assert started == []


async def test_a_hung_job_ends_at_its_deadline_with_a_name(worker):
    gate = Gate()
    with pytest.raises(WorkerError, match=r"test did not finish within 0\.05 s"):
        await worker.run(lambda _cancel: gate.pass_through(), deadline=0.05)
    gate.released.set()


async def test_more_jobs_than_may_wait_are_refused(worker):
    gate = Gate()
    jobs = [asyncio.create_task(worker.run(lambda _cancel: gate.pass_through(), deadline=5))]
    await asyncio.to_thread(gate.entered.wait, 5)
    jobs += [
        asyncio.create_task(worker.run(lambda _cancel: None, deadline=5)) for _ in range(PENDING_JOBS + 1)
    ]
    await asyncio.sleep(0)
    gate.released.set()
    results = await asyncio.gather(*jobs, return_exceptions=True)
    assert [type(result) for result in results].count(WorkerError) == 1


async def test_a_stream_delivers_in_order_and_ends(worker):
    stream = worker.stream(lambda _cancel: iter(range(5)), ahead=2, deadline=5)
    assert [item async for item in stream] == [0, 1, 2, 3, 4]


async def test_a_stream_stays_only_so_far_ahead_of_its_consumer(worker):
    made = []

    def count(_cancel):
        for number in range(10):
            made.append(number)
            yield number

    async with aclosing(worker.stream(count, ahead=2, deadline=5)) as stream:
        async for number in stream:
            assert max(made) <= number + 2
            await asyncio.sleep(0)
    assert made == list(range(10))


async def test_closing_a_stream_stops_the_job(worker):
    tokens = []

    def endless(cancel):
        tokens.append(cancel)
        while True:
            yield 1

    async with aclosing(worker.stream(endless, ahead=1, deadline=5)) as stream:
        async for _ in stream:
            break
    assert await worker.run(lambda _cancel: "free", deadline=5) == "free"
    assert tokens[0].cancelled


async def test_a_stream_passes_on_what_the_job_raises_after_its_items(worker):
    def fail(_cancel):
        yield 1
        raise ValueError("broken")

    stream = worker.stream(fail, ahead=1, deadline=5)
    assert await anext(stream) == 1
    with pytest.raises(ValueError, match="broken"):
        await anext(stream)


async def test_a_stream_that_gives_nothing_ends_at_its_deadline(worker):
    gate = Gate()

    def stuck(_cancel):
        gate.pass_through()
        yield 1

    with pytest.raises(WorkerError, match="gave nothing"):
        await anext(worker.stream(stuck, ahead=1, deadline=0.05))
    gate.released.set()


async def test_a_closed_worker_refuses_jobs():
    worker = Worker("gone")
    assert worker.close()
    with pytest.raises(WorkerError, match="closed"):
        await worker.run(lambda _cancel: None, deadline=5)


def test_hooks_run_once_on_cancel_and_at_once_when_already_cancelled():
    calls = []
    cancel = Cancel()
    with cancel.on_cancel(lambda: calls.append("during")):
        cancel.cancel()
        cancel.cancel()
    with cancel.on_cancel(lambda: calls.append("after")):
        pass
    assert calls == ["during", "after"]


def test_a_hook_is_forgotten_after_its_block():
    calls = []
    cancel = Cancel()
    with cancel.on_cancel(lambda: calls.append("never")):
        pass
    cancel.cancel()
    assert calls == []

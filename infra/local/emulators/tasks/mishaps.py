"""Deliveries that go wrong on purpose: the faults planted for "tasks.dispatch"."""

import threading

from infra.local.emulators.tasks.courier import Answer, Courier, Delivery
from infra.local.faults import Fault, FaultBook

_OPERATION = "tasks.dispatch"


class Mishaps:
    """Makes a delivery as the faults in a book want it; without one, as it should be."""

    def __init__(self, faults: FaultBook, courier: Courier) -> None:
        self._faults = faults
        self._courier = courier
        self._closed = threading.Event()
        self._kinds = {
            "status": self._status,
            "delay": self._delay,
            "drop": self._lose_answer,
            "lose_answer": self._lose_answer,
            "duplicate": self._duplicate,
        }

    def deliver(self, queue: str, task: str, delivery: Delivery) -> Answer:
        """Make one attempt; `queue` and `task` are short names. Raises ValueError for an unknown fault."""
        fault = self._faults.take(_OPERATION, queue=queue, task=task, url=delivery.url)
        if fault is None:
            return self._courier.deliver(delivery)
        if fault.kind not in self._kinds:
            raise ValueError(f"{_OPERATION} knows no fault {fault.kind!r}: use {', '.join(self._kinds)}")
        return self._kinds[fault.kind](fault, delivery)

    def close(self) -> None:
        """End the delays that go on."""
        self._closed.set()

    def _status(self, fault: Fault, _delivery: Delivery) -> Answer:
        after = fault.parameters.get("retry_after")
        return Answer(int(fault.parameters.get("status", 503)), None if after is None else str(after))

    def _delay(self, fault: Fault, delivery: Delivery) -> Answer:
        self._closed.wait(float(fault.parameters.get("seconds", 1)))
        return self._courier.deliver(delivery)

    def _lose_answer(self, _fault: Fault, delivery: Delivery) -> Answer:
        self._courier.deliver(delivery)
        return Answer()

    def _duplicate(self, fault: Fault, delivery: Delivery) -> Answer:
        """Deliver twice; the attempt has succeeded if one of them has."""
        answers: list[Answer] = []
        other = threading.Thread(target=lambda: answers.append(self._courier.deliver(delivery)))
        other.start()
        if not fault.parameters.get("concurrent", True):
            other.join()
        answers.append(self._courier.deliver(delivery))
        other.join()
        return next((answer for answer in answers if answer.succeeded), answers[-1])

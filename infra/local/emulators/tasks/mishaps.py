"""Deliveries that go wrong on purpose: the faults planted for one operation, such as "tasks.dispatch"."""

import logging
import threading

from infra.local.emulators.tasks.courier import Answer, Courier, Delivery
from infra.local.faults import Fault, FaultBook

_log = logging.getLogger(__name__)


class Mishaps:
    """Makes a delivery as the faults in a book want it; without one, as it should be."""

    def __init__(self, operation: str, faults: FaultBook, courier: Courier) -> None:
        self._operation = operation
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

    def deliver(self, delivery: Delivery, **attributes: str) -> Answer:
        """Make one attempt; faults strike by the attributes. One of an unknown kind fails it, loudly."""
        fault = self._faults.take(self._operation, url=delivery.url, **attributes)
        if fault is None:
            return self._courier.deliver(delivery)
        if fault.kind not in self._kinds:
            _log.error("%s knows no fault %r: use %s", self._operation, fault.kind, ", ".join(self._kinds))
            return Answer()
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

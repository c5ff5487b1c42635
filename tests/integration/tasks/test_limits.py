"""How fast and how much at once a queue sends."""

from tests.integration.recording_target import Reply


def test_a_queue_sends_a_burst_and_then_no_faster_than_its_rate(client, make_queue, target, path):
    queue = make_queue(rate_limits={"max_dispatches_per_second": 20})
    client.pause_queue(name=queue)
    for _ in range(30):
        client.create_task(parent=queue, task={"http_request": {"url": target.url + path}})
    client.resume_queue(name=queue)
    starts = [call.started for call in target.wait_for(path, 30)]
    assert starts[19] - starts[0] < 0.8
    assert 0.45 < starts[29] - starts[0] < 5


def test_a_queue_keeps_to_its_limit_of_requests_at_once(client, make_queue, target, path):
    queue = make_queue(rate_limits={"max_concurrent_dispatches": 3})
    url = target.plan(path, Reply(200, wait=0.1))
    for _ in range(9):
        client.create_task(parent=queue, task={"http_request": {"url": url}})
    calls = target.wait_for(path, 9)
    at_once = [sum(other.started <= call.started < other.ended for other in calls) for call in calls]
    assert max(at_once) == 3


def test_one_queue_does_not_hold_up_another(client, make_queue, target, path):
    slow, fast = make_queue(rate_limits={"max_concurrent_dispatches": 1}), make_queue()
    url = target.plan(path + "/slow", Reply(200, wait=0.5))
    client.create_task(parent=slow, task={"http_request": {"url": url}})
    client.create_task(parent=slow, task={"http_request": {"url": url}})
    client.create_task(parent=fast, task={"http_request": {"url": target.url + path}})
    target.wait_for(path, 1)
    assert len(target.calls(path + "/slow")) < 2

"""What a function receives when a task is delivered."""

import pytest
from google.auth.transport.requests import Request
from google.cloud import tasks_v2
from google.oauth2 import id_token

ACCOUNT = "caller@shelfline-test.iam.gserviceaccount.com"


def test_a_task_arrives_with_its_body_and_the_headers_of_cloud_tasks(
    either_client, queue, target, path, emulator
):
    before = emulator.clock.timestamp()
    task = either_client.create_task(
        parent=queue,
        task={
            "http_request": {
                "url": target.url + path,
                "headers": {"Content-Type": "application/json", "X-Run": "7"},
                "body": b'{"chunk": 3}',
            }
        },
    )
    (call,) = target.wait_for(path, 1)
    assert (call.method, call.body) == ("POST", b'{"chunk": 3}')
    assert (call.headers["Content-Type"], call.headers["X-Run"]) == ("application/json", "7")
    assert call.headers["User-Agent"] == "Google-Cloud-Tasks"
    assert call.task_header("QueueName") == queue.rsplit("/", 1)[1]
    assert call.task_header("TaskName") == task.name.rsplit("/", 1)[1]
    assert (call.task_header("TaskRetryCount"), call.task_header("TaskExecutionCount")) == ("0", "0")
    assert before - 0.001 <= float(call.task_header("TaskETA")) <= emulator.clock.timestamp()
    assert call.task_header("TaskPreviousResponse") is None


def test_a_body_without_a_content_type_is_sent_as_octets(client, queue, target, path):
    client.create_task(parent=queue, task={"http_request": {"url": target.url + path, "body": b"{}"}})
    (call,) = target.wait_for(path, 1)
    assert call.headers["Content-Type"] == "application/octet-stream"


def test_a_task_without_a_body_may_use_any_method(client, queue, target, path):
    request = {"url": f"{target.url}{path}?page=2", "http_method": tasks_v2.HttpMethod.GET}
    client.create_task(parent=queue, task={"http_request": request})
    (call,) = target.wait_for(path + "?page=2", 1)
    assert (call.method, call.body) == ("GET", b"")


def test_headers_that_belong_to_the_service_cannot_be_forged(client, queue, target, path):
    forged = {
        "User-Agent": "me",
        "X-CloudTasks-QueueName": "other",
        "X-Google-Secret": "x",
        "Host": "elsewhere",
    }
    client.create_task(parent=queue, task={"http_request": {"url": target.url + path, "headers": forged}})
    (call,) = target.wait_for(path, 1)
    assert call.headers.get_all("User-Agent") == ["Google-Cloud-Tasks"]
    assert call.headers.get_all("X-CloudTasks-QueueName") == [queue.rsplit("/", 1)[1]]
    assert call.headers.get_all("Host") == [target.url.removeprefix("http://")]
    assert call.headers["X-Google-Secret"] is None


@pytest.mark.parametrize("audience", [None, "https://functions.example/fetch"])
def test_the_token_of_a_call_is_proved_by_the_published_certificates(
    client, queue, target, path, emulator, audience
):
    url = target.url + path
    token = {"service_account_email": ACCOUNT, "audience": audience}
    client.create_task(parent=queue, task={"http_request": {"url": url, "oidc_token": token}})
    (call,) = target.wait_for(path, 1)
    scheme, bearer = call.headers["Authorization"].split()
    claims = _verify(bearer, audience or url, emulator.url)
    assert scheme == "Bearer"
    assert (claims["email"], claims["email_verified"]) == (ACCOUNT, True)


def test_a_task_without_an_account_carries_no_token(client, queue, target, path):
    client.create_task(parent=queue, task={"http_request": {"url": target.url + path}})
    (call,) = target.wait_for(path, 1)
    assert call.headers["Authorization"] is None


def _verify(token, audience, emulator_url):
    request = Request()
    try:
        return id_token.verify_token(token, request, audience=audience, certs_url=f"{emulator_url}/certs")
    finally:
        request.session.close()

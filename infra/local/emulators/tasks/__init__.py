"""Cloud Tasks on one machine: the gRPC service google.cloud.tasks.v2.CloudTasks and its REST form, v2.

Covered: queues (create, get, list, update with a mask, delete, pause, resume, purge) and HTTP tasks (create,
get, list, delete, run); rate, burst and concurrency limits per queue; retries with doubling, linear and
capped delays, max_attempts and max_retry_duration, Retry-After; schedule_time and the 30 days limit; the
dispatch deadline; named tasks that cannot be created twice; the X-CloudTasks headers; signed OIDC tokens;
retry settings of single tasks.

What the emulator has acknowledged survives SIGKILL (SQLite). A task may come twice, as from the service.

Time is virtual (`infra.local.clock`) for schedules, retries, names in use and limits in days; it is real for
the rate, for dispatch deadlines and for tokens.

    python -m infra.local.emulators.tasks --port 8124 --grpc-port 8123 --state DIR --keys DIR --clock FILE
    GET /certs    certificates of the OIDC tokens: {key id: PEM}
    GET /_stats   per queue: depth, due, in flight, counters since the start, earliest schedule time
    /_faults      see infra.local.faults; operations (with their attributes) and kinds:
        tasks.create (queue, task)
            status {"status"}; delay {"seconds"}; drop: created, the answer is lost
        tasks.dispatch (queue, task, url)
            status {"status", "retry_after"}: the function is not called; delay {"seconds"};
            drop, lose_answer: the function ran, its answer is lost;
            duplicate {"concurrent": true}: delivered twice
    To deliver every task twice, plant "duplicate" with a large "times".

Not covered: App Engine targets, queue-level http_target, OAuth access tokens, redirects (a 3xx answer is a
failure), batches (BatchCreateTasks, BatchDeleteTasks), CMEK, IAM, locations, filters of ListQueues, the 31
days a task is kept at most, the days a deleted queue's name may be blocked, system throttling, slow ramp-up.
At most 1,000 requests are under way at once, over all queues.
"""

"""A stand-in for Cloud Scheduler: calls functions at set times, on one machine.

    python -m infra.local.emulators.scheduler --port 8126 --jobs FILE --keys DIR --clock FILE
    GET  /jobs               every job with its next time and its last run
    POST /jobs/NAME:run      run a job now
    /_faults                 operation scheduler.call (job, url); kinds as for tasks.dispatch, see
                             infra.local.emulators.tasks

The jobs file is a JSON list of {"name", "url"}, "schedule" (five cron fields, UTC) or "every_seconds", and
any of "body", "headers", "method", "service_account", "audience", "retry_count", "min_backoff_seconds".

Jobs are due in virtual time. As with the service, a job never overlaps with itself, and missed times are not
made up for: when time jumps over many of them only the latest runs, and none that came before the start. A
call that is not answered with a 2xx is tried again, after doubling delays.

Not covered: the Cloud Scheduler API (jobs are fixed by the file), time zones, Pub/Sub and App Engine targets,
OAuth access tokens, deadlines other than the default of 3 minutes; runs are remembered in memory only.
"""

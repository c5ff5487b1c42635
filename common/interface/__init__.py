"""What a person, or a program of theirs, can ask of Shelfline: one class for each noun.

    runs = Runs(services, principal)
    run = runs.start("parts", options={"limit": 100})
    print(runs.get(run).figures)

Each class takes the process's `Services` and the `Principal` who asks. Its methods check the role, see the principal's
tenant only (twice: by their own condition, and by row-level security) and answer pydantic models, which are also the
answers of the HTTP API. All errors are of `common.errors`.
"""

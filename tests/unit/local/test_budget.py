"""How often a service may be started again."""

from infra.local.stack.budget import RestartBudget


def test_five_restarts_within_a_minute_are_allowed_and_the_sixth_is_not() -> None:
    budget = RestartBudget()
    assert [budget.spend(float(second)) for second in range(6)] == [True] * 5 + [False]


def test_a_restart_counts_for_exactly_a_minute() -> None:
    budget = RestartBudget(limit=1)
    assert budget.spend(0.0)
    assert not budget.spend(59.9)
    assert budget.spend(60.0)


def test_the_pause_doubles_up_to_two_seconds() -> None:
    budget = RestartBudget(limit=10)
    pauses = []
    for _ in range(8):
        budget.spend(0.0)
        pauses.append(budget.delay())
    assert pauses == [0.05, 0.1, 0.2, 0.4, 0.8, 1.6, 2.0, 2.0]

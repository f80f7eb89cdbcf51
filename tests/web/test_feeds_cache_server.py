"""Calendars kept in Redis: what was asked for and given up never reaches somebody else."""

from __future__ import annotations

from contextlib import suppress

import pytest
from django.core.cache.backends.redis import RedisCache
from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import TimeoutError as TooLate
from redis.retry import Retry


@pytest.mark.redis
def test_C6_an_answer_that_came_too_late_is_given_to_nobody(redis_url):
    """The server holds back answers until their askers have gone; the next asks for something else."""
    options = {"max_connections": 1, "socket_timeout": 0.02, "retry": Retry(NoBackoff(), 0)}
    impatient = RedisCache(redis_url, {"OPTIONS": options})
    patient = RedisCache(redis_url, {})
    names = [f"feed:{number}" for number in range(5)]
    for name in names:
        patient.set(name, f"calendar of {name}", 60)
    server = Redis.from_url(redis_url)
    answered = set()

    for number in range(20):
        server.execute_command("CLIENT", "PAUSE", 1000, "ALL")
        with pytest.raises(TooLate):
            impatient.get(names[number % 5])
        server.execute_command("CLIENT", "UNPAUSE")
        name = names[(number + 1) % 5]
        with suppress(TooLate):  # the machine is busy: no answer is not a wrong one
            answered.add((name, impatient.get(name)))

    assert answered
    assert answered <= {(name, f"calendar of {name}") for name in names}
    server.close()
    impatient.close()
    patient.close()

"""What workers accept from the queue (K7): JSON that names rows, and nothing that runs."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest
from kombu import Connection, Exchange, Producer
from kombu.exceptions import ContentDisallowed

from config.celery import app

ROOT = Path(__file__).resolve().parents[2]


class Harmful:
    """Unpickling it would call a function of the sender's choice."""

    called: list[str] = []

    def __reduce__(self):
        return Harmful.called.append, ("by the message",)


@pytest.fixture
def delivered():
    """Send a body to the workers' queue, in memory, and take it off as a worker does."""
    with Connection("memory://") as connection:
        consumer = app.amqp.TaskConsumer(connection.channel())
        consumer.purge()  # a queue in memory is one for all tests of this process

        def deliver(body: bytes, content_type: str):
            name = app.conf.task_default_queue
            producer = Producer(connection.channel(), Exchange(name), routing_key=name)
            producer.publish(
                body, content_type=content_type, content_encoding="binary", delivery_mode=1
            )
            message = consumer.queues[0].get(accept=consumer.accept)
            message.ack()
            return message

        yield deliver


@pytest.mark.parametrize(
    "content_type", ["application/x-python-serialize", "application/x-yaml", "application/msgpack"]
)
def test_K7_a_message_that_is_not_json_is_never_decoded(delivered, content_type):
    message = delivered(pickle.dumps(Harmful()), content_type)

    with pytest.raises(ContentDisallowed):
        message.decode()
    assert Harmful.called == []


def test_K7_a_message_of_json_is_read(delivered):
    assert delivered(b"[[1], {}, {}]", "application/json").decode() == [[1], {}, {}]


def test_K7_effects_are_rows_and_nothing_about_workers_is_on_show():
    assert (app.conf.result_backend, app.conf.task_ignore_result) == (None, True)
    assert (app.conf.worker_send_task_events, app.conf.task_send_sent_event) == (False, False)
    for name in ("requirements.txt", "requirements-dev.txt"):
        assert "\nflower==" not in (ROOT / name).read_text()

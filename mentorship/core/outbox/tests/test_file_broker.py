"""Wake-ups as files: what is cut off ends no worker."""

import pytest
from kombu import Connection, Exchange, Queue

from mentorship.core.outbox.file_broker import Transport


@pytest.fixture
def channel(tmp_path):
    folders = {"data_folder_in": tmp_path, "data_folder_out": tmp_path, "control_folder": tmp_path / "control"}
    options = {name: str(folder) for name, folder in folders.items()}
    Transport.global_state.clear()  # of the tests before
    with Connection("filesystem://localhost", transport_options=options) as connection:
        assert isinstance(connection.transport, Transport)
        yield connection.channel()


@pytest.fixture
def queue(channel):
    bound = Queue("wake", Exchange("wake", type="direct"), routing_key="wake")(channel)
    bound.declare()
    return bound


def send(channel, number):
    channel.basic_publish(channel.prepare_message(f"{number}"), exchange="wake", routing_key="wake")


def test_messages_that_were_cut_off_are_passed_over(channel, queue, tmp_path, caplog):
    (tmp_path / "1_a.wake.msg").write_text("")
    (tmp_path / "2_b.wake.msg").write_text('{"body": "eyJ')
    send(channel, 3)
    assert queue.get(no_ack=True).body == b"3"
    assert queue.get() is None
    assert caplog.text.count("cut off") == 2


def test_a_message_appears_whole(channel, queue, tmp_path):
    send(channel, 1)
    (sent,) = tmp_path.glob("*.msg")
    assert sent.read_text().endswith("}")


def test_a_table_of_queues_that_was_cut_off_is_written_anew(channel, queue, tmp_path):
    (tmp_path / "control" / "wake.exchange").write_text("")
    send(channel, 1)  # nobody is known to want it
    assert queue.get() is None
    Transport.global_state.clear()  # as in another process
    queue.declare()
    send(channel, 2)
    assert queue.get(no_ack=True).body == b"2"

"""`manage.py run_all` keeps web, worker and beat alive."""

import sys

import pytest
from django.core.management import CommandError, call_command

from mentorship.operations.management.commands.run_all import TRIES, Service, commands


def wait_for_end(service: Service) -> None:
    assert service.process is not None
    service.process.wait(10)


def test_a_killed_process_is_started_again(capsys):
    service = Service("sleeper", [sys.executable, "-c", "import time; time.sleep(60)"])
    service.keep_alive()
    first = service.process
    service.keep_alive()
    assert service.process is first, "one that runs is left alone"
    first.kill()
    wait_for_end(service)
    service.keep_alive()
    assert service.process.pid != first.pid
    assert "started again" in capsys.readouterr().err
    service.ask_to_stop()
    service.wait()
    assert service.process.returncode != 0


def test_a_process_that_never_starts_is_given_up(capsys):
    service = Service("broken", [sys.executable, "-c", "raise SystemExit(3)"])
    for _ in range(TRIES):
        service.keep_alive()
        wait_for_end(service)
    with pytest.raises(CommandError, match="broken ends right after its start"):
        service.keep_alive()


def test_the_port_is_the_one_asked_for():
    assert "127.0.0.1:8123" in commands(host="127.0.0.1", port=8123, threads=4)["web"]


def test_a_demo_answers_at_this_machine_only():
    with pytest.raises(CommandError, match="This is a demo"):
        call_command("run_all", host="0.0.0.0")

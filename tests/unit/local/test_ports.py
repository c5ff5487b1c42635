"""Ports by name."""

import socket

from infra.local.ports import HOST, Ports, free_port, is_free


def test_a_name_keeps_its_port() -> None:
    ports = Ports()
    assert ports("api") == ports("api")


def test_two_names_have_two_ports() -> None:
    ports = Ports()
    assert len({ports(f"service{number}") for number in range(50)}) == 50


def test_a_port_from_the_last_time_is_kept() -> None:
    port = free_port()
    assert Ports({"api": port})("api") == port


def test_a_port_that_somebody_took_is_replaced() -> None:
    with socket.create_server((HOST, 0)) as taken:
        port = taken.getsockname()[1]
        assert not is_free(port)
        assert Ports({"api": port})("api") != port


def test_ports_of_services_that_are_switched_off_are_remembered() -> None:
    ports = Ports({"digikey": 20001})
    ports("api")
    assert ports.assigned["digikey"] == 20001


def test_free_ports_are_below_those_of_outgoing_connections() -> None:
    assert 20_000 <= free_port() < 32_000

"""A server that died comes back, also in the process that had started it, with all it committed."""

import pytest

from customer360.database import embedded
from customer360.database.connection import connect
from customer360.settings import Settings
from tests.faults.injection import kill_server


@pytest.mark.seeds(1, 10)
def test_killed_server_is_started_again(
    database: Settings, mortal_server: Settings, seed: int
) -> None:
    with connect(database) as connection, connection:
        connection.cursor().execute(f"create table public.kept as select {seed} as seed")
    kill_server(mortal_server.data_dir)
    assert not embedded.is_running(mortal_server.data_dir)
    embedded.start(mortal_server.data_dir)
    embedded.start(mortal_server.data_dir)
    with connect(database) as connection, connection.cursor() as cursor:
        cursor.execute("select seed from public.kept")
        assert cursor.fetchall() == [(seed,)]

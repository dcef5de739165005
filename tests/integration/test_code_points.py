"""A database that we make orders texts by code point, whatever the locale of the machine."""

from customer360.database.connection import connect
from customer360.database.initialise import create_database
from customer360.settings import Settings

NAME = "code_points"


def test_texts_are_in_the_order_of_their_code_points(server: Settings) -> None:
    assert create_database(server, NAME)
    assert not create_database(server, NAME)
    with connect(server, database=NAME) as connection, connection.cursor() as cursor:
        cursor.execute(
            "select array_agg(word order by word), lower('ÄÉİ') from "
            "unnest(array['b', 'Ä', 'a', 'Z', '-', 'a b', 'ab']) as words (word)"
        )
        words, lowered = cursor.fetchall()[0]
        assert words == sorted(words)
        assert lowered == "äéi"
        cursor.execute(
            "select datlocprovider, datlocale from pg_database where datname = current_database()"
        )
        assert cursor.fetchall() == [("b", "C.UTF-8")]

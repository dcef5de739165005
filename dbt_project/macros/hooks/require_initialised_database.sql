{% macro require_initialised_database() -%}
    {%- set found = run_query("select count(*) from information_schema.tables where table_schema = 'ops' and table_name = 'builds'") -%}
    {%- if found.columns[0].values()[0] == 0 -%}
        {{ exceptions.raise_compiler_error(
            "The database " ~ target.database ~ " on " ~ target.host ~ " has no table ops.builds, so it was never set up (or "
            ~ target.user ~ " may not read it). Run `customer360 db start`, which applies sql/init, and try again."
        ) }}
    {%- endif -%}
{%- endmacro %}

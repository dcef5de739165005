{% macro require_pseudonym_key() -%}
    {%- set found = run_query("select current_setting('c360.pseudonym_inner', true)") -%}
    {%- if not found.columns[0].values()[0] -%}
        {{ exceptions.raise_compiler_error(
            "dbt was not given the key of pseudonyms, which is kept outside the database. Start it as "
            ~ "`customer360 dbt " ~ flags.WHICH ~ " …`, which passes it on."
        ) }}
    {%- endif -%}
{%- endmacro %}

{% macro drop_graph_tables(rounds) -%}
    {%- do run_query('drop table ' ~ graph_table('nodes')) -%}
    {%- for round in range(1, rounds + 1) -%}
        {%- do run_query('drop table ' ~ graph_table('representatives', round)) -%}
        {%- do run_query('drop table ' ~ graph_table('labels', round)) -%}
    {%- endfor -%}
{%- endmacro %}

{% macro create_graph_table(relation, sql) -%}
    {%- do run_query('drop table if exists ' ~ relation) -%}
    {%- do run_query('create table ' ~ relation ~ ' as ' ~ sql) -%}
    {%- do run_query(analyze_relation(relation)) -%}
{%- endmacro %}

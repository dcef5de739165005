{#- sql/init makes every schema, so dbt misses one only where it was never applied: dbt asks before on-run-start. -#}
{% macro postgres__create_schema(relation) -%}
    {%- do require_initialised_database() -%}
    {%- call statement('create_schema') -%}
        create schema if not exists {{ relation.without_identifier().include(database=false) }}
    {%- endcall -%}
{%- endmacro %}

{#- dbt's own, in two statements. -#}
{% materialization table, adapter='postgres' -%}
    {%- set swap = begin_table_swap() -%}
    {% call statement('main') -%}
        {{ get_create_table_as_sql(False, swap.intermediate, sql) }}
    {%- endcall %}
    {{ return({'relations': finish_table_swap(swap)}) }}
{%- endmaterialization %}

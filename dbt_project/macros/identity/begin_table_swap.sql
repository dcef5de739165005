{% macro begin_table_swap() -%}
    {#- As dbt's own materialization `table`: the new table is made beside the old one, which readers keep until the end. -#}
    {%- set existing = load_cached_relation(this) -%}
    {%- set target = this.incorporate(type='table') -%}
    {%- set swap = {
        'existing': existing,
        'target': target,
        'intermediate': make_intermediate_relation(target),
        'backup': make_backup_relation(target, (existing or target).type),
    } -%}
    {%- do drop_relation_if_exists(load_cached_relation(swap.intermediate)) -%}
    {%- do drop_relation_if_exists(load_cached_relation(swap.backup)) -%}
    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}
    {{ return(swap) }}
{%- endmacro %}

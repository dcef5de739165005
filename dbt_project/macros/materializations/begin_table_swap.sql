{% macro begin_table_swap() -%}
    {#- The new table is made beside the old one, which readers keep until the end. -#}
    {%- set target = this.incorporate(type='table') -%}
    {%- set swap = {
        'existing': load_cached_relation(this),
        'target': target,
        'intermediate': make_intermediate_relation(target),
    } -%}
    {%- do drop_relation_if_exists(load_cached_relation(swap.intermediate)) -%}
    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}
    {{ return(swap) }}
{%- endmacro %}

{% macro finish_table_swap(swap) -%}
    {%- if swap.existing is not none -%}
        {{ adapter.rename_relation(swap.existing, swap.backup) }}
    {%- endif -%}
    {{ adapter.rename_relation(swap.intermediate, swap.target) }}
    {%- do create_indexes(swap.target) -%}
    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {%- do apply_grants(swap.target, config.get('grants'), should_revoke=should_revoke(swap.existing, full_refresh_mode=True)) -%}
    {%- do persist_docs(swap.target, model) -%}
    {{ adapter.commit() }}
    {%- do drop_relation_if_exists(swap.backup) -%}
    {{ run_hooks(post_hooks, inside_transaction=False) }}
    {{ return([swap.target]) }}
{%- endmacro %}

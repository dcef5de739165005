{% macro finish_table_swap(swap) -%}
    {#- In one statement: dbt's own table asks the server a dozen times, and a small one is mostly that. -#}
    {%- call statement('swap') -%}
        {%- if swap.existing is not none %}
            drop {{ swap.existing.type }} if exists {{ swap.existing }} cascade;
        {%- endif %}
        alter table {{ swap.intermediate }} rename to {{ adapter.quote(swap.target.identifier) }};
        {%- for index in config.get('indexes', []) %}
            {{ get_create_index_sql(swap.target, index) }};
        {%- endfor %}
        {%- for hook in post_hooks if hook.transaction %}
            {{ render(hook.sql) }};
        {%- endfor %}
        {{ comments_sql(swap.target, model) }}
    {%- endcall -%}
    {%- do apply_grants(swap.target, config.get('grants'), should_revoke=should_revoke(swap.existing, full_refresh_mode=True)) -%}
    {{ adapter.commit() }}
    {%- if swap.existing is not none -%}
        {#- With it went the views on it, which dbt must not look for. -#}
        {%- do adapter.cache_dropped(swap.existing) -%}
    {%- endif -%}
    {{ run_hooks(post_hooks, inside_transaction=False) }}
    {{ return([swap.target]) }}
{%- endmacro %}

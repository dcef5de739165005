{% macro record_build() -%}
    {%- if records_this_invocation() -%}
    {%- do require_initialised_database() -%}
    insert into ops.builds (build_id, invocation_id, dbt_command, as_of_date, has_throwaway_key)
    values (
        {{ text_literal(current_build_id()) }},
        {{ text_literal(invocation_id) }},
        {{ text_literal(flags.WHICH) }},
        cast({{ text_literal(var('as_of_date')) }} as date),
        ops.renew_throwaway_key()
    )
    {%- endif -%}
{%- endmacro %}

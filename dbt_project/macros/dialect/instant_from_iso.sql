{% macro instant_from_iso(value) -%}
    {{ return(adapter.dispatch('instant_from_iso', 'customer360')(value)) }}
{%- endmacro %}

{% macro default__instant_from_iso(value) -%}
    case when pg_input_is_valid({{ value }}, 'timestamptz') then cast({{ value }} as timestamptz) end
{%- endmacro %}

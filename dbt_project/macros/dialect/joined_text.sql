{% macro joined_text(value, separator, order_by) -%}
    {%- if not order_by -%}
        {{ exceptions.raise_compiler_error("joined_text needs to know what to order by: without it, rows come as they like.") }}
    {%- endif -%}
    {{ return(adapter.dispatch('joined_text', 'customer360')(value, text_literal(separator) | trim, order_by)) }}
{%- endmacro %}

{% macro default__joined_text(value, separator_literal, order_by) -%}
    string_agg({{ value }}, {{ separator_literal }} order by {{ order_by }})
{%- endmacro %}

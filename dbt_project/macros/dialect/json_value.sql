{% macro json_value(value, path) -%}
    {%- if path is string or path is mapping or path | length == 0 -%}
        {{ exceptions.raise_compiler_error(
            "json_value: give the path as a list of names from the outside in, such as ['address', 'street']."
        ) }}
    {%- endif -%}
    {%- set literals = [] -%}
    {%- for name in path -%}
        {%- do literals.append(text_literal(name) | trim) -%}
    {%- endfor -%}
    {{ return(adapter.dispatch('json_value', 'customer360')(value, literals)) }}
{%- endmacro %}

{% macro default__json_value(value, path_literals) -%}
    {#- The case is inside the cast: around it, Postgres would still cast a constant while it plans. What is nested more
        than some ten thousand deep is no invalid input to Postgres, but ends the statement: hence the count of brackets. -#}
    {%- set brackets = "length(" ~ value ~ ") - length(translate(" ~ value ~ ", '[{', ''))" -%}
    jsonb_extract_path_text(
        cast(
            case
                when {{ brackets }} > 5000 then null
                when pg_input_is_valid({{ value }}, 'jsonb') then {{ value }}
            end as jsonb
        ),
        {{ path_literals | join(', ') }}
    )
{%- endmacro %}

{% macro any_stray_spaces(relation, columns) -%}
    (
    {%- for column in columns %}
        coalesce({{ relation }}.{{ column }} <> {{ collapse_spaces(relation ~ '.' ~ column) }}, false)
        {{- ' or' if not loop.last }}
    {%- endfor %}
    )
{%- endmacro %}

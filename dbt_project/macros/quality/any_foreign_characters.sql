{% macro any_foreign_characters(relation, columns) -%}
    (
    {%- for column in columns %}
        coalesce({{ has_foreign_character(collapse_spaces(relation ~ '.' ~ column)) }}, false)
        {{- ' or' if not loop.last }}
    {%- endfor %}
    )
{%- endmacro %}

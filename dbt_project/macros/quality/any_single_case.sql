{% macro any_single_case(relation, columns) -%}
    (
    {%- for column in columns %}
        {%- set text = clean_text(relation ~ '.' ~ column) %}
        coalesce(
            length({{ text }}) > 1 and upper({{ text }}) <> lower({{ text }})
            and ({{ text }} = upper({{ text }}) or {{ text }} = lower({{ text }})),
            false
        )
        {{- ' or' if not loop.last }}
    {%- endfor %}
    )
{%- endmacro %}

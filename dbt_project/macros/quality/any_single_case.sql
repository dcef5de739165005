{% macro any_single_case(relation, columns) -%}
    (
    {%- for column in columns %}
        {%- set text = relation ~ '.' ~ column %}
        coalesce(
            upper({{ text }}) <> lower({{ text }}) and {{ text }} in (upper({{ text }}), lower({{ text }}))
            and length({{ clean_text(text) }}) > 1,
            false
        )
        {{- ' or' if not loop.last }}
    {%- endfor %}
    )
{%- endmacro %}

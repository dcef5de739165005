{% macro one_edit_apart(left_text, right_text) -%}
    {#- Levenshtein counts two neighbours that changed places as two edits; a slip of two fingers is one (Damerau 1964).
        The pattern costs more than all before it, which leave few pairs to it. -#}
    (
        {{ edit_distance_within(left_text, right_text, 1) }}
        or (
            length({{ left_text }}) = length({{ right_text }})
            and {{ edit_distance_within(left_text, right_text, 2) }}
            and translate({{ left_text }}, {{ right_text }}, '') = ''
            and {{ neighbours_swapped(left_text, right_text) }}
        )
    )
{%- endmacro %}

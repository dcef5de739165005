{% macro one_edit_apart(left_text, right_text) -%}
    {#- Levenshtein counts two letters that changed places as two edits; a slip of two fingers is one (Damerau 1964). -#}
    (
        {{ edit_distance_within(left_text, right_text, 1) }}
        or (
            length({{ left_text }}) = length({{ right_text }})
            and {{ edit_distance_within(left_text, right_text, 2) }}
            and translate({{ left_text }}, {{ right_text }}, '') = ''
            and translate({{ right_text }}, {{ left_text }}, '') = ''
        )
    )
{%- endmacro %}

{% macro one_starts_with_other(left_text, right_text, shortest) -%}
    (
        least(length({{ left_text }}), length({{ right_text }})) >= {{ shortest }}
        and left({{ left_text }}, least(length({{ left_text }}), length({{ right_text }})))
        = left({{ right_text }}, least(length({{ left_text }}), length({{ right_text }})))
    )
{%- endmacro %}

{% macro names_are_swapped(one, other) -%}
    {#- One crossing is exact, the other a slip off, or two edits in long names. -#}
    (
        {%- for crossed, kept in [('first_name', 'last_name'), ('last_name', 'first_name')] %}
            {%- set left_text, right_text = one ~ '.' ~ kept, other ~ '.' ~ crossed %}
            {{ 'or ' if not loop.first }}(
                {{ one }}.{{ crossed }} = {{ other }}.{{ kept }}
                and coalesce(
                    {{ one_edit_apart(left_text, right_text) }}
                    or (
                        least(length({{ left_text }}), length({{ right_text }})) >= 6
                        and {{ edit_distance_within(left_text, right_text, 2) }}
                    ),
                    false
                )
            )
        {%- endfor %}
    )
{%- endmacro %}

{% macro names_are_swapped(one, other) -%}
    {#- One crossing is exact, the other at most two edits off or not known. -#}
    (
        (
            {{ one }}.first_name = {{ other }}.last_name
            and coalesce({{ edit_distance_within(one ~ '.last_name', other ~ '.first_name', 2) }}, true)
        )
        or (
            {{ one }}.last_name = {{ other }}.first_name
            and coalesce({{ edit_distance_within(one ~ '.first_name', other ~ '.last_name', 2) }}, true)
        )
    )
{%- endmacro %}

{% macro last_name_level(one, other) -%}
    {#- Swapped names are one piece of evidence, which the given name's level holds. -#}
    {%- set left_name, right_name = one ~ '.last_name', other ~ '.last_name' -%}
    case
        when {{ left_name }} is null or {{ right_name }} is null
            then case when {{ family_name_stands_first(one, other) }} then 3 else 0 end
        when {{ left_name }} = {{ right_name }} then 5
        when {{ names_are_swapped(one, other) }} then 0
        when least(length({{ left_name }}), length({{ right_name }})) >= 2
            and greatest(length({{ left_name }}), length({{ right_name }})) >= 3
            and {{ one_edit_apart(left_name, right_name) }} then 4
        when (
            greatest(length({{ left_name }}), length({{ right_name }})) >= 5
            and {{ edit_distance_within(left_name, right_name, 2) }}
        )
        or {{ trigram_similarity(left_name, right_name) }} >= 0.5
        or {{ one_starts_with_other(left_name, right_name, 2) }}
        or ' ' || {{ left_name }} || ' ' like '% ' || {{ right_name }} || ' %'
        or ' ' || {{ right_name }} || ' ' like '% ' || {{ left_name }} || ' %' then 3
        when {{ one }}.last_name_sound = {{ other }}.last_name_sound
            or (
                least(length({{ left_name }}), length({{ right_name }})) = 1
                and left({{ left_name }}, 1) = left({{ right_name }}, 1)
            ) then 2
        else 1
    end
{%- endmacro %}

{% macro first_name_level(one, other) -%}
    {%- set left_name, right_name = one ~ '.first_name', other ~ '.first_name' -%}
    case
        when {{ left_name }} is null or {{ right_name }} is null then 0
        when {{ left_name }} = {{ right_name }} then 7
        when {{ one }}.name_family = {{ other }}.name_family then 6
        when {{ names_are_swapped(one, other) }} then 3
        when {{ family_name_stands_first(one, other) }} then 0
        when length({{ left_name }}) = 1 or length({{ right_name }}) = 1
            then case when left({{ left_name }}, 1) = left({{ right_name }}, 1) then 2 else 1 end
        when {{ one_edit_apart(left_name, right_name) }} then 5
        when (
            greatest(length({{ left_name }}), length({{ right_name }})) >= 5
            and {{ edit_distance_within(left_name, right_name, 2) }}
        )
        or {{ trigram_similarity(left_name, right_name) }} >= 0.5
        or {{ one_starts_with_other(left_name, right_name, 3) }} then 4
        else 1
    end
{%- endmacro %}

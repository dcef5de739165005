{% macro birth_date_level(one, other) -%}
    {%- set left_day, right_day = one ~ '.birth_day', other ~ '.birth_day' -%}
    {%- set same_year = 'left(' ~ left_day ~ ', 4) = left(' ~ right_day ~ ', 4)' -%}
    {%- set same_month = 'substr(' ~ left_day ~ ', 5, 2) = substr(' ~ right_day ~ ', 5, 2)' -%}
    {%- set same_day = 'right(' ~ left_day ~ ', 2) = right(' ~ right_day ~ ', 2)' -%}
    case
        when {{ left_day }} is null or {{ right_day }} is null then 0
        when {{ left_day }} = {{ right_day }} then 6
        when {{ one_edit_apart(left_day, right_day) }}
            or (
                {{ same_year }}
                and substr({{ left_day }}, 5, 2) = right({{ right_day }}, 2)
                and right({{ left_day }}, 2) = substr({{ right_day }}, 5, 2)
            ) then 5
        when ({{ same_year }} and {{ same_month }})
            or ({{ same_year }} and {{ same_day }})
            or ({{ same_month }} and {{ same_day }}) then 4
        when {{ same_year }} and '0101' in (right({{ left_day }}, 4), right({{ right_day }}, 4)) then 3
        when {{ same_year }} or {{ edit_distance_within(left_day, right_day, 2) }} then 2
        else 1
    end
{%- endmacro %}

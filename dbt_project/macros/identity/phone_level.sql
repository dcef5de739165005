{% macro phone_level(one, other) -%}
    {#- Numbers with and without their country or area are compared by the digits that both have. -#}
    {%- set left_tail, right_tail = one ~ '.phone_tail', other ~ '.phone_tail' -%}
    {%- set shorter = 'least(length(' ~ left_tail ~ '), length(' ~ right_tail ~ '))' -%}
    case
        when {{ left_tail }} is null or {{ right_tail }} is null then 0
        when right({{ left_tail }}, {{ shorter }}) = right({{ right_tail }}, {{ shorter }}) then 3
        when {{ one_edit_apart(left_tail, right_tail) }} then 2
        else 1
    end
{%- endmacro %}

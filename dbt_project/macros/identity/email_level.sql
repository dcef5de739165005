{% macro email_level(one, other) -%}
    {#- Two addresses that are nothing but their owners' names say no more than the names do, and ann.bell17 is as little
        like ann.bell4023 as any two addresses: what namesakes do not share is the number. -#}
    {%- set left_local, right_local = one ~ '.email_local', other ~ '.email_local' -%}
    {%- set left_digits, right_digits = one ~ '.email_digits', other ~ '.email_digits' -%}
    {%- set fewest_digits = 'least(length(' ~ left_digits ~ '), length(' ~ right_digits ~ '))' -%}
    case
        when {{ one }}.email is null or {{ other }}.email is null then 0
        when {{ one }}.email = {{ other }}.email then 5
        when {{ fewest_digits }} >= 2 and not {{ one_edit_apart(left_digits, right_digits) }} then 1
        when {{ fewest_digits }} < 2 and {{ one }}.email_is_name and {{ other }}.email_is_name
            then case
                when {{ trigram_similarity(left_local, right_local) }} >= 0.3 then 0
                else 1
            end
        when {{ left_local }} = {{ right_local }} then 4
        when least(length({{ left_local }}), length({{ right_local }})) >= 4
            and {{ edit_distance_within(one ~ '.email', other ~ '.email', 2) }} then 3
        when (
            least(length({{ left_local }}), length({{ right_local }})) >= 6
            and {{ edit_distance_within(left_local, right_local, 2) }}
        )
        or {{ trigram_similarity(left_local, right_local) }} >= 0.5 then 2
        else 1
    end
{%- endmacro %}

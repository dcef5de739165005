{% macro email_level(one, other) -%}
    {#- Two addresses that are nothing but their owners' names say no more than the names do. -#}
    {%- set left_local, right_local = one ~ '.email_local', other ~ '.email_local' -%}
    case
        when {{ one }}.email is null or {{ other }}.email is null then 0
        when {{ one }}.email = {{ other }}.email then 5
        when {{ one }}.email_is_name and {{ other }}.email_is_name
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

{% macro are_forms_of_one_name(one, other) -%}
    {#- Alex is short for Alexander and for Alexandra; the list of forms knows one of them. -#}
    (
        {{ one }}.name_family = {{ other }}.name_family
        or {{ one_starts_with_other(one ~ '.given_name', other ~ '.given_name', 2) }}
    )
{%- endmacro %}

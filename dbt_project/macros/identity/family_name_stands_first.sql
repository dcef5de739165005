{% macro family_name_stands_first(one, other) -%}
    {#- What one record has for a given name is the other's family name, and nothing stands in its place: that says
        something of the family, and nothing of the given name, which nobody knows. -#}
    (
        ({{ one }}.last_name is null and {{ one }}.first_name = {{ other }}.last_name)
        or ({{ other }}.last_name is null and {{ other }}.first_name = {{ one }}.last_name)
    )
{%- endmacro %}

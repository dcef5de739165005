{% macro divided_amount(amount, before, through, whole) -%}
    {#- Differences of the rounded running sum: they add up to the amount exactly, and none is negative. -#}
    cast(
        round(1.0 * {{ amount }} * ({{ through }}) / {{ whole }}, 2)
        - round(1.0 * {{ amount }} * ({{ before }}) / {{ whole }}, 2)
        as numeric(14, 2)
    )
{%- endmacro %}

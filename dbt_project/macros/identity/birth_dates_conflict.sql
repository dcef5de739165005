{% macro birth_dates_conflict(one, other) -%}
    {#- Nothing of one day is in the other. A first of January may stand for a day that nobody knew. -#}
    (
        {{ birth_date_level(one, other) }} = 1
        and right({{ one }}.birth_day, 4) <> '0101'
        and right({{ other }}.birth_day, 4) <> '0101'
    )
{%- endmacro %}

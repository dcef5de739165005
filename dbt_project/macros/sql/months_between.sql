{% macro months_between(first_month, last_month) -%}
    (
        12 * ({{ calendar_part('year', last_month) }} - {{ calendar_part('year', first_month) }})
        + {{ calendar_part('month', last_month) }} - {{ calendar_part('month', first_month) }}
    )
{%- endmacro %}

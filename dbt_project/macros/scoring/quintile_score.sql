{% macro quintile_score(worst_first, within=none) -%}
    {%- set partition = 'partition by ' ~ within ~ ' ' if within else '' -%}
    cast(
        1 + {{ integer_divide(
            '5 * (rank() over (' ~ partition ~ 'order by ' ~ worst_first ~ ') - 1)',
            'count(*) over (' ~ partition ~ ')'
        ) }} as integer
    )
{%- endmacro %}

{% macro quintile_score(worst_first) -%}
    cast(
        1 + {{ integer_divide(
            '5 * (rank() over (order by ' ~ worst_first ~ ') - 1)', 'count(*) over ()'
        ) }} as integer
    )
{%- endmacro %}

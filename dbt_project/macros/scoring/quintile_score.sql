{% macro quintile_score(worst_first) -%}
    (
        1 + {{ integer_divide(
            '5 * (rank() over (order by ' ~ worst_first ~ ') - 1)', 'count(*) over ()'
        ) }}
    )
{%- endmacro %}

{% macro divided_amount(amount, weight, whole, place) -%}
    {#- Differences of the rounded running sum: they add up to the amount exactly, and none is negative. -#}
    {%- set path = 'partition by ' ~ whole ~ ' order by ' ~ place ~ ' asc nulls last rows between unbounded preceding and ' -%}
    {%- set total = 'sum(' ~ weight ~ ') over (partition by ' ~ whole ~ ')' -%}
    cast(
        round({{ amount }} * sum({{ weight }}) over ({{ path }} current row) / {{ total }}, 2)
        - round({{ amount }} * coalesce(sum({{ weight }}) over ({{ path }} 1 preceding), 0) / {{ total }}, 2)
        as numeric(14, 2)
    )
{%- endmacro %}

{% macro group_pairs_sql(pairs_sql) -%}
    with pairs as (
        {{ pairs_sql }}
    )

    select
        left_number as left_group,
        right_number as right_group,
        cast(match_weight as {{ dbt.type_float() }}) as sum_of_weights,
        cast(1 as bigint) as compared_pairs,
        cast(match_weight as {{ dbt.type_float() }}) as best_weight
    from pairs
{%- endmacro %}

{% macro joined_pairs_sql(pairs, joins) -%}
    with renamed as (
        select
            coalesce(left_joins.kept_group, pairs.left_group) as left_group,
            coalesce(right_joins.kept_group, pairs.right_group) as right_group,
            pairs.sum_of_weights,
            pairs.compared_pairs,
            pairs.best_weight
        from {{ pairs }} as pairs
        left join {{ joins }} as left_joins
            on pairs.left_group = left_joins.joined_group
        left join {{ joins }} as right_joins
            on pairs.right_group = right_joins.joined_group
    )

    select
        least(left_group, right_group) as left_group,
        greatest(left_group, right_group) as right_group,
        sum(sum_of_weights) as sum_of_weights,
        sum(compared_pairs) as compared_pairs,
        max(best_weight) as best_weight
    from renamed
    where left_group <> right_group
    group by least(left_group, right_group), greatest(left_group, right_group)
{%- endmacro %}

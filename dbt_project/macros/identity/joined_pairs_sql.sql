{% macro joined_pairs_sql(pairs, joins) -%}
    with permitted as (
        select kept_group, joined_group from {{ joins }}
        where not is_forbidden
    ),

    renamed as (
        select
            coalesce(left_joins.kept_group, pairs.left_group) as left_group,
            coalesce(right_joins.kept_group, pairs.right_group) as right_group,
            pairs.sum_of_weights,
            pairs.compared_pairs,
            pairs.best_weight,
            case when forbidden.kept_group is null then pairs.forbidden_pairs else 1 end as forbidden_pairs
        from {{ pairs }} as pairs
        left join permitted as left_joins
            on pairs.left_group = left_joins.joined_group
        left join permitted as right_joins
            on pairs.right_group = right_joins.joined_group
        left join {{ joins }} as forbidden
            on
                forbidden.is_forbidden
                and pairs.left_group = forbidden.kept_group
                and pairs.right_group = forbidden.joined_group
    )

    select
        least(left_group, right_group) as left_group,
        greatest(left_group, right_group) as right_group,
        cast(sum(sum_of_weights) as bigint) as sum_of_weights,
        cast(sum(compared_pairs) as bigint) as compared_pairs,
        max(best_weight) as best_weight,
        max(forbidden_pairs) as forbidden_pairs
    from renamed
    where left_group <> right_group
    group by least(left_group, right_group), greatest(left_group, right_group)
{%- endmacro %}

{% macro group_joins_sql(pairs, groups) -%}
    with sizes as (
        select
            group_number,
            count(*) as number_of_records
        from {{ groups }}
        group by group_number
    ),

    attractions as (
        select
            pairs.left_group,
            pairs.right_group,
            (
                pairs.sum_of_weights
                + {{ var('identity_uncompared_weight') }} * (
                    left_sizes.number_of_records * right_sizes.number_of_records - pairs.compared_pairs
                )
            ) / (left_sizes.number_of_records * right_sizes.number_of_records)
            + {{ var('identity_best_weight_share') }} * pairs.best_weight as attraction
        from {{ pairs }} as pairs
        inner join sizes as left_sizes
            on pairs.left_group = left_sizes.group_number
        inner join sizes as right_sizes
            on pairs.right_group = right_sizes.group_number
        where pairs.best_weight > 0
    ),

    both_ways as (
        select left_group as this_group, right_group as other_group, attraction
        from attractions
        where attraction > 0
        union all
        select right_group as this_group, left_group as other_group, attraction
        from attractions
        where attraction > 0
    ),

    nearest as (
        select
            this_group,
            other_group,
            row_number() over (
                partition by this_group
                order by
                    attraction desc nulls last,
                    least(this_group, other_group) asc,
                    greatest(this_group, other_group) asc
            ) as rank
        from both_ways
    )

    select
        ones.this_group as kept_group,
        ones.other_group as joined_group
    from nearest as ones
    inner join nearest as others
        on ones.this_group = others.other_group and ones.other_group = others.this_group
    where ones.rank = 1 and others.rank = 1 and ones.this_group < ones.other_group
{%- endmacro %}

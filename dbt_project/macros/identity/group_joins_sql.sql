{% macro group_joins_sql(pairs, groups) -%}
    with sizes as (
        select
            group_number,
            count(*) as number_of_records
        from {{ groups }}
        group by group_number
    ),

    sized as (
        select
            pairs.*,
            left_sizes.number_of_records + right_sizes.number_of_records as number_of_records,
            left_sizes.number_of_records * right_sizes.number_of_records as number_of_pairs
        from {{ pairs }} as pairs
        inner join sizes as left_sizes
            on pairs.left_group = left_sizes.group_number
        inner join sizes as right_sizes
            on pairs.right_group = right_sizes.group_number
    ),

    attractions as (
        select
            left_group,
            right_group,
            (sum_of_weights + {{ var('identity_uncompared_weight') }} * 1000.0 * (number_of_pairs - compared_pairs))
            / number_of_pairs
            + {{ var('identity_best_weight_share') }} * best_weight as attraction
        from sized
        where
            best_weight > 0
            and forbidden_pairs = 0
            and number_of_records <= {{ var('identity_max_cluster_records') }}
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
            attraction,
            row_number() over (
                partition by this_group
                order by
                    attraction desc nulls last,
                    least(this_group, other_group) asc,
                    greatest(this_group, other_group) asc
            ) as attraction_rank
        from both_ways
    )

    select
        ones.this_group as kept_group,
        ones.other_group as joined_group,
        ones.attraction / 1000.0 as attraction
    from nearest as ones
    inner join nearest as others
        on ones.this_group = others.other_group and ones.other_group = others.this_group
    where ones.attraction_rank = 1 and others.attraction_rank = 1 and ones.this_group < ones.other_group
{%- endmacro %}

{% macro group_pairs_sql(evidence) -%}
    {#- Thousandths of a bit: whole numbers add up alike in any order, so groups do not depend on how rows lie. -#}
    select
        left_number as left_group,
        right_number as right_group,
        cast(round(match_weight * 1000) as bigint) as sum_of_weights,
        cast(1 as bigint) as compared_pairs,
        cast(round(match_weight * 1000) as bigint) as best_weight,
        0 as forbidden_pairs
    from {{ evidence }}
{%- endmacro %}

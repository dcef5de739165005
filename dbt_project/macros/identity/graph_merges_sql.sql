{% macro graph_merges_sql(pairs, parts) -%}
    {#- The parts to merge: the link between them is the first permitted one of both. Each part is in one row at most. -#}
    with part_pairs as (
        select
            least(left_parts.part, right_parts.part) as left_part,
            greatest(left_parts.part, right_parts.part) as right_part,
            min(pairs.link_rank) as link_rank,
            count(*) - count(pairs.link_rank) as forbidden_pairs
        from {{ pairs }} as pairs
        inner join {{ parts }} as left_parts
            on pairs.left_key = left_parts.node_key
        inner join {{ parts }} as right_parts
            on pairs.right_key = right_parts.node_key
        where left_parts.part <> right_parts.part
        group by least(left_parts.part, right_parts.part), greatest(left_parts.part, right_parts.part)
    ),

    permitted as (
        select left_part, right_part, link_rank from part_pairs
        where forbidden_pairs = 0
    ),

    ends as (
        select left_part as part, link_rank from permitted
        union all
        select right_part as part, link_rank from permitted
    ),

    first_links as (
        select part, min(link_rank) as link_rank from ends
        group by part
    )

    select
        permitted.left_part,
        permitted.right_part
    from permitted
    inner join first_links as left_links
        on permitted.left_part = left_links.part and permitted.link_rank = left_links.link_rank
    inner join first_links as right_links
        on permitted.right_part = right_links.part and permitted.link_rank = right_links.link_rank
{%- endmacro %}

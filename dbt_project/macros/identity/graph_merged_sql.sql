{% macro graph_merged_sql(parts, merges) -%}
    select
        parts.node_key,
        coalesce(merges.left_part, parts.part) as part
    from {{ parts }} as parts
    left join {{ merges }} as merges
        on parts.part = merges.right_part
{%- endmacro %}

{% macro graph_edges_sql(edges_sql, nodes) -%}
    with edges as (
        {{ edges_sql }}
    )

    select distinct
        least(left_nodes.node, right_nodes.node) as left_node,
        greatest(left_nodes.node, right_nodes.node) as right_node
    from edges
    inner join {{ nodes }} as left_nodes
        on edges.left_key = left_nodes.node_key
    inner join {{ nodes }} as right_nodes
        on edges.right_key = right_nodes.node_key
    where left_nodes.node <> right_nodes.node
{%- endmacro %}
